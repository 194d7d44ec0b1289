"""Cart promotions: which apply, and in which order they work."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .amounts import whole
from .cart import Cart
from .conditions import Condition, asks_past, most_uses, named
from .coupons import Coupon, Uses
from .effects import Effect
from .offers import Gift
from .period import ALWAYS, Period
from .policy import First, Policy
from .sheet import Giver, Sheet
from .shipping import Sent, ShippingOff


@dataclass(frozen=True)
class Promotion:
    """A rule for carts: when all conditions hold, the effects work one after the other."""

    key: str
    name: str = ""
    conditions: tuple[Condition, ...] = ()
    effects: tuple[Effect | ShippingOff, ...] = ()
    coupons: tuple[Coupon, ...] = ()  # if any, one of them has to be entered
    priority: int = 0
    exclusive: bool = False  # applies alone
    stop: bool = False  # no other applies after it
    channels: frozenset[str] = frozenset()
    period: Period = ALWAYS
    on_reduced: bool = True  # works on goods that a catalogue promotion has reduced already
    uses_left: int | None = None
    uses_left_for_customer: int | None = None
    budget: int | None = None  # steps it may still give away

    def __post_init__(self) -> None:
        whole(f"What is left of {self.key}", self.uses_left, self.uses_left_for_customer)
        whole(f"The budget of {self.key}", self.budget)

    @property
    def names(self) -> frozenset[str]:
        """The promotions its conditions speak of."""
        return frozenset().union(*map(named, self.conditions))

    @property
    def asks_past(self) -> bool:
        """Whether it depends on earlier orders."""
        return any(map(asks_past, self.conditions))

    @property
    def most_uses(self) -> int | None:
        """How many orders of one customer can fulfil its conditions, where they set a limit."""
        limits = map(most_uses, self.conditions)
        return min((limit for limit in limits if limit is not None), default=None)

    def opened_by(self, sheet: Sheet, codes: Iterable[str], uses: Mapping[str, Uses]) -> bool:
        """Tell whether it needs no coupon or a good one is there."""
        now = sheet.cart.now
        return not self.coupons or any(
            coupon.code in codes and coupon.refusal(now, uses.get(coupon.code, Uses())) is None
            for coupon in self.coupons
        )

    def applies(self, sheet: Sheet) -> bool:
        """Tell whether a cart fulfils it now; what it gives away fulfils nothing."""
        cart = sheet.cart
        asked = sheet.without(gifts) if (gifts := gifts_of(self.effects)) else sheet
        return (
            self.period.holds(cart.now)
            and (not self.channels or cart.channel in self.channels)
            and 0 not in (self.uses_left, self.uses_left_for_customer)
            and all(condition.holds(asked) for condition in self.conditions)
            and (knows_past(cart) or not self.asks_past)
        )


def gifts_of(effects: Iterable[Effect | ShippingOff]) -> dict[str, int]:
    """Count the units of each good that effects give away."""
    given: dict[str, int] = {}
    for effect in effects:
        if isinstance(effect, Gift):
            given[effect.sku] = given.get(effect.sku, 0) + effect.units
    return given


def knows_past(cart: Cart) -> bool:
    """Tell whether it is known what the customer ordered before."""
    return cart.customer is not None and cart.customer.past_known


def in_order(promotions: Iterable[Promotion], policy: Policy) -> list[Promotion]:
    """Sort by priority; where priorities are equal the order stays."""
    sign = -1 if policy.first is First.HIGHEST else 1
    return sorted(promotions, key=lambda each: sign * each.priority)


def with_absent(promotions: tuple[Promotion, ...]) -> tuple[Promotion, ...]:
    """Add those that are spoken of but not there, as promotions that never apply."""
    there = {each.key for each in promotions}
    spoken_of = {name for each in promotions for name in each.names}
    return promotions + tuple(Promotion(key, uses_left=0) for key in sorted(spoken_of - there))


def work(promotions: list[Promotion], sheet: Sheet, policy: Policy) -> list[Sent]:
    """Let promotions work, and return what they do to the fee for sending.

    If one that applies is exclusive, the first such works alone. Otherwise each is asked of the
    cart as those before left it.
    """
    alone = next((each for each in promotions if each.exclusive and each.applies(sheet)), None)
    sent: list[Sent] = []
    for promotion in promotions if alone is None else [alone]:
        if promotion.exclusive is (alone is None) or not promotion.applies(sheet):
            continue
        sent += give(promotion, sheet, policy)
        if promotion.stop:
            break
    return sent


def give(promotion: Promotion, sheet: Sheet, policy: Policy) -> list[Sent]:
    """Let the effects of one promotion work."""
    sheet.applied.add(promotion.key)
    giver = Giver(promotion.key, promotion.name, promotion.on_reduced, promotion.budget)
    sent = []
    for effect in promotion.effects:
        if isinstance(effect, ShippingOff):
            sent.append(Sent(effect, giver))
        else:
            giver = effect.work(sheet, giver, policy)
    return sent
