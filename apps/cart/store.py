"""Carts in Redis: a version and a document each, changed only by whoever saw the newest."""

from uuid import UUID

import msgspec
from redis.exceptions import RedisError

from commerce.redis import client
from commerce.services import ServiceUnavailable

from .domain import Document

LIFETIME = 30 * 24 * 3600  # seconds a cart is kept after its last change

# Replaces the document if its version is still the expected one, else tells the newest.
SWAP = """
local found = redis.call('HMGET', KEYS[1], 'version', 'document')
if (found[1] or '0') ~= ARGV[1] then return found[2] or '' end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'document', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return false
"""


class Changed(Exception):
    """Somebody else changed the cart first; `newest` is what it is now, None if it is gone."""

    def __init__(self, newest: Document | None) -> None:
        super().__init__("the cart has changed")
        self.newest = newest


def load(cart: UUID) -> Document | None:
    """Return the cart as it is kept, or None."""
    try:
        found = client("carts").hget(key(cart), "document")
    except RedisError as problem:
        raise ServiceUnavailable(reason=f"carts: {problem}") from problem
    return read(found) if found else None


def save(document: Document) -> Document:
    """Keep the next version of a cart; raises Changed if it was made from an older one."""
    following = msgspec.structs.replace(document, version=document.version + 1)
    values = (document.version, following.version, msgspec.json.encode(following), LIFETIME)
    try:
        newest = client("carts").eval(SWAP, 1, key(document.id), *values)
    except RedisError as problem:
        raise ServiceUnavailable(reason=f"carts: {problem}") from problem
    if newest is not None:
        raise Changed(read(newest) if newest else None)
    return following


def read(text: bytes | str) -> Document:
    """Read a kept document."""
    return msgspec.json.decode(text, type=Document)


def key(cart: UUID) -> str:
    """Name a cart's place in Redis."""
    return f"cart:{cart}"
