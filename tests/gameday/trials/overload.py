"""More than the shop can do."""

from collections import Counter

from commerce.proving import load
from tests.gameday.shop import Outcome, Shop, adding, named

BUSY = {429, 503}


def t21(shop: Shop, scale: float) -> Outcome:
    """Three times as much as it can do: no collapse, the excess is told, and it recovers."""
    sku, seconds = named(), max(2.0, 60 * scale)
    shop.sell(sku, 1_000_000)

    def requests(count: float) -> list[bytes]:
        return [adding(cart, sku) for cart in shop.carts(int(count))]

    def best() -> float:
        some = requests(1_000 * seconds)
        return load.everybody(shop.address, some, lines=16, seconds=seconds / 2).rate(201)

    before = best()
    flood = requests(3 * before * seconds)
    told: Counter[int] = Counter()

    def heard(status: int, head: bytes, body: bytes) -> None:
        told[status] += status not in BUSY or b"retry-after" in head.lower()

    lines = min(1800, max(400, round(2.5 * before)))  # so many wait longer than anybody should
    under = load.offered(
        shop.address, flood, rate=3 * before, lines=lines, seconds=seconds, heard=heard
    )
    after = load.offered(
        shop.address, requests(before / 2 * 3), rate=before / 2, lines=32, seconds=3
    )
    most = (before + best()) / 2  # machines have slower and faster minutes
    good, excess = under.rate(201) / most, sum(told[status] for status in BUSY)
    counts = {
        "most /s": round(most),
        "offered /s": round(3 * before),
        "goodput of most": round(good, 2),
        "excess told to come back": excess,
        "answers": dict(under.statuses),
        "p99 ms afterwards": round(after.percentile(99), 1),
    }
    passed = (
        good >= 0.9 and excess > 0 and set(told) <= {201, *BUSY} and after.percentile(99) < 1000
    )
    return Outcome(passed, counts)


def t21_control(shop: Shop, scale: float) -> Outcome:
    """The same at a door where everybody is served, however long they have waited."""
    with shop.without("patience") as other:
        return t21(other, scale / 2)
