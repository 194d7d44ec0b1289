"""What is sold, as little of it as a change of a cart needs, remembered in Redis for all processes.

The facts of catalogue and price list keep it true: what goes offline can be put in a cart for as
long as its fact is on its way, or for LASTS if that is never delivered, but never be ordered. A
currency that is missing is asked for anew. All of it may be lost at any moment.

No reading replaces a newer one: an entry is written over if it is what the writer has seen before
he asked the catalogue, or older than that by MARGIN. Facts write over everything, because what
they find is newer than what they tell of.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from zlib import crc32

import msgspec
from redis.exceptions import RedisError

from apps.catalog.interface import Component, catalog
from apps.pricing.interface import pricing
from commerce import clock
from commerce.redis import Command, lines

from .. import store
from ..domain import Wanted

LASTS = 24 * 3600  # seconds
MARGIN = 60  # seconds; no two clocks are further apart
PLACES = 65_536  # few enough SKUs in each, even of millions, for Redis to keep them packed
END = 8  # characters: the second from which on an entry is not good any more
WRITE = """
local kept = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if kept == ARGV[2] or string.sub(kept, 1, 8) < ARGV[3] then
    redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
end
"""

WRITER = msgspec.msgpack.Encoder()
READER = msgspec.msgpack.Decoder(tuple[tuple[str, ...], tuple[Component, ...]])


class Sold(msgspec.Struct, frozen=True):
    """Something that is sold: in which currencies, and of what it is put together."""

    sku: str
    currencies: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()

    @property
    def parts(self) -> tuple[Component, ...]:
        """The SKUs that are taken from stock when one unit is bought."""
        return self.components or (Component(self.sku, 1),)


class Inquiry:
    """What one change of a cart has been told about SKUs.

    Its `questions` about the SKUs that are known beforehand go to Redis when the turn at the cart
    begins, its `news` when the turn ends.
    """

    def __init__(self, *skus: str) -> None:
        self.named = skus
        self.seen: dict[str, bytes] = {}
        self.sold: dict[str, Sold] = {}
        self.news: list[Command] = []

    @property
    def questions(self) -> list[Command]:
        """Ask what is remembered of the SKUs that the change names."""
        return [question(sku) for sku in self.named]

    def go_with(self, turn: store.Turn) -> None:
        """Hear what the turn at a cart was answered, and have it take the news along."""
        self.take(self.named, turn.answers)
        turn.news = self.news

    def offered(self, skus: Iterable[str], currency: str) -> dict[str, Sold]:
        """Choose what is sold of some SKUs in a currency."""
        wanted = tuple(dict.fromkeys(skus))
        self.look(wanted)
        if missing := [sku for sku in wanted if currency not in self.currencies(sku)]:
            self.ask(missing, currency)
        return {sku: self.sold[sku] for sku in wanted if currency in self.currencies(sku)}

    def found(self, wanted: Collection[Wanted]) -> dict[str, Sold]:
        """Choose what is sold of some lines; what is kept aside as itself is not asked about."""
        plain = {line.sku: Sold(line.sku) for line in wanted if line.held == (line.sku,)}
        others = {line.sku for line in wanted} - plain.keys()
        self.look(others)
        if missing := others - self.sold.keys():
            self.ask(missing)
        return plain | {sku: self.sold[sku] for sku in others & self.sold.keys()}

    def currencies(self, sku: str) -> tuple[str, ...]:
        """Name the currencies in which a SKU is known to be sold."""
        return self.sold[sku].currencies if sku in self.sold else ()

    def look(self, skus: Iterable[str]) -> None:
        """Ask what is remembered of SKUs that the change did not name."""
        if new := [sku for sku in skus if sku not in self.seen]:
            self.take(new, tell([question(sku) for sku in new]))

    def take(self, skus: Iterable[str], answers: Iterable[Any]) -> None:
        """Read what is remembered; an error is as good as nothing."""
        now = moment()
        for sku, answer in zip(skus, answers, strict=True):
            self.seen[sku] = entry = answer if isinstance(answer, bytes) else b""
            if entry[:END] > now and (sold := unpacked(sku, entry)):
                self.sold[sku] = sold

    def ask(self, skus: Iterable[str], currency: str | None = None) -> None:
        """Ask catalogue and price list, and have it remembered.

        What was known of other currencies stays so, and does not become newer by it.
        """
        end = moment(LASTS)
        items = catalog.items(skus=tuple(sorted(skus)))
        priced = pricing.prices(skus=tuple(items), currency=currency) if currency else {}
        for sku, item in items.items():
            known = self.currencies(sku)
            more = (currency,) if currency and sku in priced else ()
            self.sold[sku] = Sold(sku, known + more, item.components)
            entry = packed(self.sold[sku], self.seen[sku][:END] if known else end)
            self.news.append(written(sku, entry, seen=self.seen[sku]))
            self.seen[sku] = entry


def question(sku: str) -> Command:
    """Ask what is remembered of a SKU."""
    return ("HGET", place(sku), sku)


def written(sku: str, entry: bytes, *, seen: bytes = b"") -> Command:
    """Write an entry over what was seen, or over what is older by far."""
    oldest = moment_before(entry[:END])
    return ("EVAL", WRITE, 1, place(sku), sku, seen, oldest, entry)


def place(sku: str) -> str:
    """Name the hash in which a SKU is remembered."""
    return numbered(crc32(sku.encode()) % PLACES)


def numbered(number: int) -> str:
    """Name one of the hashes, of which there are PLACES."""
    return f"goods:{number}"


def moment(later: int = 0) -> bytes:
    """Write a second from now on so that later ones compare as greater."""
    return b"%08x" % (int(clock.now().timestamp()) + later)


def moment_before(end: bytes) -> bytes:
    """Write the end of an entry that is older than one with this end by more than clocks differ."""
    return b"%08x" % (int(end, 16) - MARGIN)


def packed(sold: Sold, end: bytes) -> bytes:
    """Lay out an entry."""
    return end + WRITER.encode((sold.currencies, sold.components))


def unpacked(sku: str, entry: bytes) -> Sold | None:
    """Read an entry; of what is sold no more, nothing but the end is kept."""
    return Sold(sku, *READER.decode(entry[END:])) if entry[END:] else None


def tell(commands: Sequence[Command]) -> list[Any]:
    """Send commands of this memory and wait for the answers."""
    try:
        return lines("carts").ask_all(commands)
    except RedisError as problem:
        raise store.unavailable(problem) from problem
