"""Runs a request once for each Idempotency-Key, however often it is sent.

Follows draft-ietf-httpapi-idempotency-key-header-07: the key is claimed in one step before any
work is done, so that of two simultaneous twins only one runs.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

import msgspec
from django.http import HttpRequest, HttpResponse

from commerce.redis import script

from .answers import Answer
from .problems import Problem

KEY = re.compile(r"[\x21-\x7e]{1,255}")
CLAIM_SECONDS = 60  # then a request that died may be sent again
BRIEF_SECONDS = 10  # the same where two that run at once do no harm
KEPT_SECONDS = 86_400
RETRY_AFTER = 1  # seconds

CLAIM = """
local held = redis.call('GET', KEYS[1])
if held then return held end
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2])
return false
"""
FINISH = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What Redis holds for a key: a claim, and once it is known, the answer."""

    fingerprint: str
    claimant: str
    status: int = 0
    headers: dict[str, str] = {}
    body: bytes = b""


ENTRY = msgspec.msgpack.Decoder(Entry)


@dataclass(frozen=True)
class Claim:
    """The right to run a request; it ends with `keep` or `release`."""

    place: str
    entry: Entry

    def keep(self, response: HttpResponse) -> None:
        """Remember the answer for a day, unless it asks the client to try again."""
        if response.status_code >= 400 and response.has_header("Retry-After"):
            return self.release()
        if response.status_code >= 500:
            return self.release()
        answer = msgspec.structs.replace(
            self.entry,
            status=response.status_code,
            headers=dict(response.items()),
            body=response.content,
        )
        return self._finish(encode(answer))

    def release(self) -> None:
        """Let the next request with this key run."""
        self._finish(b"")

    def _finish(self, answer: bytes) -> None:
        arguments = encode(self.entry), answer, KEPT_SECONDS
        script("idempotency", FINISH).soon(keys=[self.place], args=arguments)


class Replayed(Exception):
    """The request has been answered before; a view raises it that keeps its answers itself."""

    def __init__(self, kept: bytes) -> None:
        super().__init__("answered before")
        self.kept = kept


class InFlight(Exception):
    """The same request is being answered; raised likewise."""


class Once(msgspec.Struct, frozen=True):
    """A request with its key, for a view that keeps the answer in the step that has its effect.

    Nothing has to be claimed then, and no crash comes between the two.
    """

    place: str  # tells this request from all others
    fingerprint: str

    def written(self, status: int, headers: dict[str, str], body: bytes) -> bytes:
        """Write an answer, to be kept for KEPT_SECONDS at `place`."""
        return encode(
            Entry(
                fingerprint=self.fingerprint,
                claimant="",
                status=status,
                headers=headers,
                body=body,
            )
        )

    def replay(self, kept: bytes) -> HttpResponse:
        """Answer with what was kept."""
        return replay(ENTRY.decode(kept), self.fingerprint)


def once_of(request: HttpRequest, *, owner: str, key: str) -> Once:
    """Read the key of a request."""
    check_key(key)
    place = digest(owner, str(request.method), request.path, key)
    return Once(place, digest(request.META.get("QUERY_STRING", ""), request.body))


def claim_key(request: HttpRequest, *, owner: str, key: str, seconds: int) -> Claim | HttpResponse:
    """Claim a key for a request, at most so long, or return the answer it was given before."""
    once = once_of(request, owner=owner, key=key)
    entry = Entry(fingerprint=once.fingerprint, claimant=secrets.token_hex(8))
    held = script("idempotency", CLAIM)(keys=[once.place], args=[encode(entry), seconds])
    if held is None or held == encode(entry):
        return Claim(once.place, entry)
    return once.replay(held)


def check_key(key: str) -> None:
    """Refuse what is no key."""
    if not KEY.fullmatch(key):
        raise Problem("idempotency-key-invalid")


def replay(held: Entry, fingerprint: str) -> HttpResponse:
    """Answer with what the first request got; refuse another body, and a twin in flight."""
    if held.fingerprint != fingerprint:
        raise Problem("idempotency-mismatch")
    if not held.status:
        raise Problem("idempotency-in-flight", retry_after=RETRY_AFTER)
    headers = held.headers | {"Idempotency-Replayed": "true"}
    return Answer(held.body, held.status, headers)


def digest(*parts: str | bytes) -> str:
    """Hash parts so that no two different lists of parts look the same."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def encode(entry: Entry) -> bytes:
    """Write an entry as Redis holds it."""
    return msgspec.msgpack.encode(entry)
