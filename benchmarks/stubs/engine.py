"""How fast the engine prices goods and carts, beside what Python itself takes to do sums."""

import gc
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from apps.pricing.domain.amounts import Currency
from apps.pricing.domain.cart import Cart, Line, Place
from apps.pricing.domain.conditions import ItemsTotalAtLeast, QuantityAtLeast
from apps.pricing.domain.effects import Effect, OrderFixed, OrderPercent, UnitFixed, UnitPercent
from apps.pricing.domain.engine import price, shelf_of
from apps.pricing.domain.goods import Good, Only
from apps.pricing.domain.lists import ListPrice, PriceList
from apps.pricing.domain.offers import BuyGet
from apps.pricing.domain.promotions import Promotion
from apps.pricing.domain.shelf import CatalogPromotion
from apps.pricing.domain.shipping import ShippingMethod
from apps.pricing.domain.snapshot import Snapshot
from apps.pricing.domain.taxes import TaxRate
from apps.pricing.domain.zones import Zone

LINES, UNITS, PROMOTIONS = 10, 3, 50
AT_ONCE = 0.1  # seconds that are measured together
STANDARD = "standard"


def measure(rounds: int) -> None:
    """Print what the engine takes."""
    cart, shop, plain = some_cart(), some_shop(PROMOTIONS), some_shop(0)
    quote = price(cart, shop)
    print(f"Python {platform.python_version()}, one core; {len(quote.entries)} entries explain")
    print(f"the cart of {LINES} lines of {UNITS} units under {PROMOTIONS} live promotions.")
    cases: dict[str, Callable[[], object]] = {
        f"sums of decimals, {LINES} lines x {PROMOTIONS}": bare,
        "shelf price of one good": lambda: shelf_of(cart, shop, "S0"),
        "cart without promotions": lambda: price(cart, plain),
        f"cart with {PROMOTIONS} promotions": lambda: price(cart, shop),
    }
    for name, call in cases.items():
        seconds = best(call, rounds)
        print(f"{name:34} {seconds * 1e3:8.3f} ms {1 / seconds:10,.0f}/s")


def best(call: Callable[[], object], rounds: int) -> float:
    """Return the seconds one call takes, in the best of so many rounds."""
    start = time.perf_counter()
    call()
    times = max(1, int(AT_ONCE / (time.perf_counter() - start)))
    found = float("inf")
    for _ in range(rounds):
        gc.collect()
        start = time.perf_counter()
        for _ in range(times):
            call()
        found = min(found, (time.perf_counter() - start) / times)
    return found


def bare() -> Decimal:
    """Take 50 per cents off ten lines with decimals, rounded, and do nothing else."""
    cent, percent = Decimal("0.01"), Decimal(1)
    lines = [Decimal(1000 + 37 * number) / 100 * UNITS for number in range(LINES)]
    for _ in range(PROMOTIONS):
        lines = [line - (line * percent / 100).quantize(cent) for line in lines]
    return sum(lines, Decimal(0))


def some_cart() -> Cart:
    """Fill a cart with ten goods."""
    lines = tuple(Line(f"S{number}", UNITS) for number in range(LINES))
    return Cart(lines, datetime(2030, 5, 1, tzinfo=UTC), place=Place("FR"))


def some_shop(promotions: int) -> Snapshot:
    """Open a shop with ten goods and so many promotions, all of which apply."""
    goods = {
        f"S{number}": Good(f"S{number}", f"P{number}", frozenset({f"C{number % 3}"}), STANDARD)
        for number in range(LINES)
    }
    prices = {sku: (ListPrice(1000 + 37 * number),) for number, sku in enumerate(goods)}
    some = Only(categories=frozenset({"C1"}))
    return Snapshot(
        currency=Currency("EUR"),
        goods=goods,
        lists=(PriceList("retail", prices),),
        reductions=(CatalogPromotion("summer", percent=Decimal(10), only=some),),
        promotions=tuple(map(promotion, range(promotions))),
        methods=(ShippingMethod("post", fee=490, tax_category=STANDARD),),
        rates=(
            TaxRate(
                *("vat", Decimal(20), frozenset({STANDARD}), Zone(countries=frozenset({"FR"}))),
                included=True,
            ),
        ),
    )


def promotion(number: int) -> Promotion:
    """Make a promotion of one of five kinds."""
    effects: tuple[Effect, ...] = (
        OrderFixed(5 + number),
        OrderPercent(Decimal(1)),
        UnitFixed(3, Only(categories=frozenset({f"C{number % 3}"}))),
        UnitPercent(Decimal(1), Only(products=frozenset({f"P{number % LINES}"}))),
        BuyGet(2, 1, Decimal(1)),
    )
    conditions = (ItemsTotalAtLeast(100), QuantityAtLeast(2))
    effect = effects[number % len(effects)]
    return Promotion(f"R{number}", "", conditions, (effect,), priority=number)
