"""What strangers learn of who has an account: nothing, by words or by the clock."""

import json
import random
from collections.abc import Iterator
from math import erfc, sqrt
from secrets import token_hex
from typing import Any, NamedTuple

from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password

from apps.customers.models import Customer
from commerce import ids
from commerce.proving import load
from tests.gameday.shop import Outcome, Shop, anywhere, sized

API = "/api/customers/v1"
GUESS = {"grant_type": "password", "password": "a guess that is wrong"}
DOORS: dict[str, tuple[str, dict[str, str]]] = {
    "sign in": (f"{API}/tokens", GUESS),
    "register": (f"{API}/customers", {}),
    "reset": (f"{API}/password-resets", {}),
}
LIKELY = 0.01  # how likely a difference must be by chance alone
OWN = {"trace_id", "instance", "email"}  # what an answer says of its own request


class Heard(NamedTuple):
    """What a stranger hears at a door: the answers there are, and how long each of a pair took."""

    known: set[str]
    unknown: set[str]
    pairs: list[
        tuple[float, float]
    ]  # seconds for an address that is known, and for one that is not

    @property
    def tells(self) -> bool:
        """Whether it says in words who has an account."""
        return self.known != self.unknown or len(self.known) != 1


def s4(shop: Shop, scale: float) -> Outcome:
    """At 500 pairs of addresses, one with an account and one without, each door gives one answer
    and takes its time alike: a signed-rank test of the pairs finds p > 0.01 (once of two times).
    """
    people, counts, passed = members(sized(500, scale, 10)), {}, True
    for name, door in DOORS.items():
        heard = knock(shop, door, people)
        likely = p_value(heard.pairs)
        if likely <= LIKELY:
            likely = p_value(knock(shop, door, people).pairs)
        passed &= not heard.tells and likely > LIKELY
        counts[name] = {"answers": sorted(heard.known | heard.unknown), "p": round(likely, 4)}
    return Outcome(passed, {"pairs": len(people), **counts})


def s4_control(shop: Shop, scale: float) -> Outcome:
    """The same at a door that hashes a password only if there is one to compare it with."""
    with shop.without("hashing") as other:
        return s4(other, scale / 10)


def members(count: int) -> list[str]:
    """Make so many people with a password; returns their addresses."""
    hasher = PBKDF2PasswordHasher()
    password = make_password("blue teapots sing at noon", hasher=hasher)
    people = [address() for _ in range(count)]
    Customer.objects.bulk_create(
        Customer(id=ids.new(), email=email, password=password, guest=False) for email in people
    )
    return people


def address() -> str:
    """Make up an e-mail address."""
    return f"{token_hex(8)}@example.com"


def knock(shop: Shop, door: tuple[str, dict[str, str]], people: list[str]) -> Heard:
    """Ask once about everybody and once about nobody, one after the other, in any order."""
    order = [random.choice((True, False)) for _ in people]
    answers: list[str] = []

    def heard(status: int, head: bytes, body: bytes) -> None:
        answers.append(plain(status, json.loads(body or b"{}")))

    asked = requests(shop, door, zip(people, order, strict=True))
    times = load.everybody(shop.address, asked, lines=1, heard=heard).times
    told: dict[bool, set[str]] = {True: set(), False: set()}
    pairs = []
    for place, first in enumerate(order):
        mine, other = 2 * place + (not first), 2 * place + first
        told[True].add(answers[mine])
        told[False].add(answers[other])
        pairs.append((times[mine], times[other]))
    return Heard(told[True], told[False], pairs)


def requests(
    shop: Shop, door: tuple[str, dict[str, str]], people: Iterator[tuple[str, bool]]
) -> Iterator[bytes]:
    """Write what is asked, each from a connection of its own."""
    path, body = door
    for email, first in people:
        for asked in (email, address()) if first else (address(), email):
            headers = {"X_Api_Key": shop.place.key, "X_Forwarded_For": anywhere()}
            yield load.request(
                "POST", path, json.dumps(body | {"email": asked}).encode(), **headers
            )


def plain(status: int, body: dict[str, Any]) -> str:
    """Write an answer without what it says of its own request."""
    words = {name: said for name, said in body.items() if name not in OWN}
    return f"{status} {json.dumps(words, sort_keys=True)}"


def p_value(pairs: list[tuple[float, float]]) -> float:
    """Say how likely such differences are by chance (Wilcoxon's signed ranks, two-sided)."""
    apart = sorted((one - other for one, other in pairs if one != other), key=abs)
    count = len(apart)
    if not count:
        return 1.0
    ranks = sum(rank for rank, difference in enumerate(apart, start=1) if difference > 0)
    mean, spread = count * (count + 1) / 4, sqrt(count * (count + 1) * (2 * count + 1) / 24)
    return erfc(abs(ranks - mean) / spread / sqrt(2))
