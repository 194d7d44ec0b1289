"""Does what a case does: fills a cart, enters coupons, gives an address, buys."""

from collections import Counter
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from apps.pricing.domain.cart import BadLine, Cart, Customer, Line, Place
from apps.pricing.domain.coupons import Uses
from apps.pricing.domain.engine import price
from apps.pricing.domain.explanation import Kind
from apps.pricing.domain.quotation import Quote

from .places import place
from .reading import TODAY, YEAR, Unknown, country, known, moment, names
from .world import WRAPPING, World

if TYPE_CHECKING:
    from datetime import datetime

GIVEN_BY_PROMOTIONS = frozenset({Kind.DISCOUNT, Kind.SHIPPING_DISCOUNT})


class Shopper:
    """Somebody with a cart in the world of a case."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self.world = World(case)
        self.lines: dict[str, Line] = {}
        self.codes: tuple[str, ...] = ()
        self.method: str | None = None
        self.place: Place | None = None
        self.email: str | None = None
        self.wrapped = False
        self.shown_in: str | None = None
        self.now: datetime = self.world.now() or TODAY
        self.accepted = True
        self.refused: Why | None = None
        self.placed = False
        self.shown: Quote | None = None
        self.bought_up: dict[str, int] = {}
        for step in case["do"]:
            ((deed, told),) = step.items()
            getattr(self, deed, self.strange)(told)
            if deed not in ("time_passes", "catalog_promotion_ends", "place_order"):
                self.shown = self.quote()

    def strange(self, told: Any) -> None:
        raise Unknown(f"something is done: {told}")

    def quote(self) -> Quote:
        return price(self.cart(), self.world.snapshot())

    def cart(self) -> Cart:
        return Cart(
            lines=tuple(self.lines.values()),
            now=self.now,
            channel=self.world.channel,
            customer=self.customer(),
            place=self.place,
            shipping=self.method,
            coupons=self.codes,
            extras=frozenset({WRAPPING}) if self.wrapped else frozenset(),
        )

    def customer(self) -> Customer | None:
        """Return the customer, once an account or an e-mail address tells who it is."""
        told = self.world.given.get("customer", {})
        if not told.get("logged_in", bool(told)):
            if self.email is None:
                return None
            past = self.world.given.get("guest_history", {})
            told = past if past.get("email") == self.email else {}
        known(
            told,
            *("logged_in", "email", "group", "past_orders", "past_orders_cancelled"),
            *("past_uses_of_coupon", "that_order_was_cancelled", "default_country"),
        )
        self.remember(told)
        orders, home = told.get("past_orders", 0), told.get("default_country")
        cancelled = told.get("past_orders_cancelled", told.get("that_order_was_cancelled", 0))
        return Customer(
            key="somebody",
            groups=names(told.get("group")),
            orders=orders,
            orders_cancelled=orders if cancelled is True else int(cancelled),
            place=Place(country(home)) if home else None,
        )

    def remember(self, told: Mapping[str, Any]) -> None:
        """Note how often the customer has used the coupons of the case."""
        used, cancelled = told.get("past_uses_of_coupon", 0), told.get("that_order_was_cancelled")
        freed = min(used, 1) if cancelled else 0
        for each in self.world.given.get("promotions", []):
            code = each.get("coupon", {}).get("code")
            if code and used:
                self.world.uses[code] = Uses(used, freed, used, freed)

    def sku(self, told: Mapping[str, Any]) -> str:
        """Return what is meant: a variant, or of a product one in the cart, or else its first."""
        wanted = told.get("variant", told["product"])
        meant = [g["key"] for g in self.world.goods if wanted in (g["key"], g["product"])]
        if not meant:
            raise Unknown(wanted)
        return str(next((sku for sku in meant if sku in self.lines), meant[0]))

    def stock(self) -> dict[str, int]:
        """Return how many there are of everything that is counted."""
        counts = self.world.kind == "prestashop"
        return {
            good["key"]: int(good["stock"]) - self.bought_up.get(good["key"], 0)
            for good in self.world.goods
            if "stock" in good and good.get("stock_tracked", counts)
        }

    def needed(self, sku: str, units: int) -> Counter[str]:
        """Return what so many units are made of: themselves, and the parts of a pack."""
        needed = Counter({sku: units})
        for part, each in self.world.parts(sku).items():
            needed += self.needed(part, units * each)
        return needed

    def short(self) -> list[str]:
        """Name the lines that need something there is not enough of, packs and all together."""
        stock = self.stock()
        each = {sku: self.needed(sku, line.quantity) for sku, line in self.lines.items()}
        total = sum(each.values(), Counter[str]())
        scarce = {sku for sku, free in stock.items() if total[sku] > free}
        return [sku for sku, needed in each.items() if scarce & needed.keys()]

    def put(self, sku: str, quantity: int, **words: int) -> None:
        """Have so many of something, unless that cannot be."""
        before = dict(self.lines)
        try:
            self.lines[sku] = Line(sku, quantity, **words)
            self.quote()
            self.accepted = sku not in self.short()
            self.refused = None if self.accepted else Why.STOCK
        except BadLine:
            self.accepted, self.refused = False, Why.QUANTITY
        if not self.accepted:
            self.lines = before

    def add(self, told: Mapping[str, Any]) -> None:
        known(told, "product", "variant", "qty", "line_discount")
        sku = self.sku(told)
        before = self.lines[sku].quantity if sku in self.lines else 0
        if told["qty"] < 1:
            self.accepted, self.refused = False, Why.QUANTITY
            return
        discount = self.world.steps(told.get("line_discount")) or 0
        self.put(sku, before + told["qty"], discount=discount)

    def set_quantity(self, told: Mapping[str, Any]) -> None:
        known(told, "product", "variant", "qty")
        self.put(self.sku(told), told["qty"])

    def remove(self, told: Mapping[str, Any]) -> None:
        known(told, "product", "variant")
        del self.lines[self.sku(told)]
        self.accepted = True

    def clear_cart(self, told: Any) -> None:
        self.lines.clear()

    def override_unit_price(self, told: Mapping[str, Any]) -> None:
        line = self.lines[self.sku(told)]
        custom = self.world.steps(figure(told))
        self.lines[line.sku] = Line(line.sku, line.quantity, custom, line.discount)

    def enter_coupon(self, told: str) -> None:
        self.codes = (*self.codes, told)

    def remove_coupon(self, told: Any) -> None:
        self.codes = tuple(code for code in self.codes if isinstance(told, str) and code != told)

    def set_address(self, told: Mapping[str, Any]) -> None:
        known(told, "country", "region", "state", "postcode", "zone", "email")
        self.email = told.get("email", self.email)
        if told.keys() - {"email"}:
            self.place = place(told)

    def choose_shipping(self, told: str) -> None:
        self.method = told

    def choose_gift_wrapping(self, told: bool) -> None:
        self.wrapped = told

    def use_channel(self, told: str) -> None:
        self.world.channel = told

    def switch_display_currency(self, told: str) -> None:
        self.shown_in = told

    def catalog_promotion_ends(self, told: Any) -> None:
        running = self.world.given["catalog_promotions"]
        self.world.ended |= {told} if isinstance(told, str) else {each["key"] for each in running}

    def time_passes(self, told: Any) -> None:
        """Let the time come that was in the future, or a certain day."""
        self.now = self.now + 2 * YEAR if isinstance(told, str) else moment(told) or self.now

    def someone_else_buys(self, told: Mapping[str, Any]) -> None:
        known(told, "product", "variant", "qty")
        sku = self.sku(told)
        self.bought_up[sku] = self.bought_up.get(sku, 0) + told.get("qty", 1)

    def merchant_sets_on_hand(self, told: Mapping[str, Any]) -> None:
        sku = self.sku(told)
        (good,) = (each for each in self.world.goods if each["key"] == sku)
        good["stock"], good["stock_tracked"] = figure(told), True

    def complete_address_shipping_payment(self, told: Any) -> None:
        """Give what an order needs; where nothing is said, nothing of it concerns prices."""
        if isinstance(told, Mapping):
            known(told, "address", "shipping", "payment")
            self.set_address(told.get("address", {}))
            self.method = told.get("shipping", self.method)

    def pay_order(self, told: Any) -> None:
        """Pay; prices are no longer asked for."""

    def cancel_order(self, told: Any) -> None:
        """Cancel; the order's figures stay what they were."""

    def refund_order(self, told: Any) -> None:
        """Pay back; the order's figures stay what they were."""

    def place_order(self, told: Any) -> None:
        """Buy, if the cart still costs what was shown; if not, the new price is shown."""
        now, shown = self.quote(), self.shown
        changed = None if shown is None or now.entries == shown.entries else shown
        lacking = Why.STOCK if self.short() else None if self.lines else Why.QUANTITY
        self.refused = lacking or (why(changed, now) if changed else None)
        self.placed = self.refused is None
        self.shown = now


class Why(Enum):
    """Why something was refused, with what other shops may call it."""

    STOCK = "stock available insufficient sold short"
    QUANTITY = "quantity empty limit"
    COUPON = "coupon code voucher promotion"
    PROMOTION = "promotion rule discount eligible integrity"
    PRICE = "price total catalog amount changed"

    def means(self, told: str) -> bool:
        """Tell whether another shop's words say the same."""
        return any(word in told.lower() for word in self.value.split())


def why(shown: Quote, now: Quote) -> Why:
    """Say why a cart no longer costs what was shown."""

    def gave(quote: Quote) -> set[str]:
        return {entry.rule for entry in quote.entries if entry.kind in GIVEN_BY_PROMOTIONS}

    return Why.PROMOTION if gave(shown) != gave(now) else Why.PRICE


def figure(told: Mapping[str, Any]) -> Any:
    """Return the one figure that is said of a good."""
    (said,) = told.keys() - {"product", "variant"}
    return told[said]
