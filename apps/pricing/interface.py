"""What the pricing context offers the others."""

from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from commerce.money import Money
from commerce.services import Service, ServiceError, connect, operation


@dataclass(frozen=True)
class Price:
    """What one unit costs with tax; `before` is the struck-out price of a reduced one.

    A price list without a name is the standard one. Where a list has several prices of a SKU, the
    one counts that begins at the highest quantity reached; no promotion goes below the minimum.
    """

    sku: str
    unit: Money
    before: Money | None = None
    price_list: str = ""
    from_quantity: int = 1
    minimum: Money | None = None


@dataclass(frozen=True)
class Audience:
    """Who sees a price: somebody in a channel, perhaps known, perhaps of some customer groups."""

    channel: str = ""
    groups: tuple[str, ...] = ()
    customer: UUID | None = None


EVERYBODY = Audience()


@dataclass(frozen=True)
class LineDraft:
    """Something to be priced: one unit or more."""

    sku: str
    quantity: int

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError(f"{self.quantity} units of {self.sku} cannot be priced")


@dataclass(frozen=True)
class History:
    """What a customer has ordered before; orders that were cancelled count for nothing."""

    orders: int = 0
    spent: tuple[Money, ...] = ()  # so far, an amount for each currency

    def __post_init__(self) -> None:
        if self.orders < 0 or any(each.minor < 0 for each in self.spent):
            raise ValueError("Nobody has ordered less than nothing")


@dataclass(frozen=True)
class CartDraft:
    """Everything a total depends on; no country means the shop's own, no shipping none yet.

    A known customer's `history` is looked up unless it is told. While there is neither, no
    promotion that asks about earlier orders applies.
    """

    currency: str
    lines: tuple[LineDraft, ...]
    country: str | None = None
    shipping: str | None = None  # code of a shipping option
    coupons: tuple[str, ...] = ()  # codes as they were entered, the last one last
    customer: UUID | None = None
    channel: str = ""
    groups: tuple[str, ...] = ()  # of customers
    gift_cards: tuple[UUID, ...] = ()  # in the order in which they pay
    history: History | None = None

    @property
    def audience(self) -> Audience:
        """Whose prices these are."""
        return Audience(self.channel, self.groups, self.customer)


@dataclass(frozen=True)
class QuoteLine:
    """A priced line; `total` is after discounts, and `tax` is the part of it that is tax."""

    sku: str
    quantity: int
    unit: Money
    total: Money
    tax: Money
    tax_rate: str  # per cent: "20"
    gifts: int = 0  # units of it that cost nothing because a promotion gives them

    @property
    def before(self) -> Money:
        """What its units cost before discounts."""
        return self.unit * self.quantity


class Refusal(Enum):
    """Why a coupon gives nothing; who guesses codes learns nothing from `UNKNOWN`."""

    UNKNOWN = "unknown"  # there is none, or not now, or it is somebody else's
    USED_UP = "used-up"
    USED_BY_CUSTOMER = "used-by-customer"
    SIGN_IN = "sign-in"  # counted for each customer, so it has to be known who it is
    NOT_FOR_THIS_CART = "not-for-this-cart"
    REPLACED = "replaced"  # by another one that was entered later


@dataclass(frozen=True)
class CouponAnswer:
    """Whether a code that was entered counts, and if not, why."""

    code: str
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Discount:
    """What a promotion takes off the goods of a cart and off sending them."""

    promotion: str
    name: str
    amount: Money


@dataclass(frozen=True)
class Gift:
    """Units of a SKU that a promotion makes free once they are in the cart."""

    promotion: str
    name: str
    sku: str
    units: int


@dataclass(frozen=True)
class GiftCard:
    """A gift card and what is on it; `hint` is the end of its code."""

    id: UUID
    hint: str
    balance: Money


@dataclass(frozen=True)
class CardPayment:
    """What a gift card or store credit pays of a cart, and what it holds before it does."""

    card: UUID
    hint: str  # empty for store credit
    amount: Money
    balance: Money


@dataclass(frozen=True)
class Debit:
    """What an order takes from a gift card or store credit."""

    card: UUID
    amount: Money


@dataclass(frozen=True)
class Quote:
    """What a cart costs after discounts. Prices contain tax; `grand` = `subtotal` + `shipping`."""

    lines: tuple[QuoteLine, ...]
    subtotal: Money
    shipping: Money
    tax: Money
    grand: Money
    discounts: tuple[Discount, ...] = ()
    coupons: tuple[CouponAnswer, ...] = ()
    cards: tuple[CardPayment, ...] = ()
    gifts: tuple[Gift, ...] = ()  # that are not in the cart yet

    @property
    def due(self) -> Money:
        """What is left to pay after gift cards and store credit."""
        return self.grand - sum((c.amount for c in self.cards), Money.zero(self.grand.currency))

    @property
    def goods(self) -> Money:
        """What the goods cost before discounts."""
        return sum((line.before for line in self.lines), Money.zero(self.grand.currency))

    @property
    def sending(self) -> Money:
        """What sending costs before discounts: `goods` + `sending` - discounts = `grand`."""
        off = sum((each.amount for each in self.discounts), Money.zero(self.grand.currency))
        return self.grand + off - self.goods

    @property
    def counting(self) -> tuple[str, ...]:
        """The coupons that count."""
        return tuple(each.code for each in self.coupons if each.refusal is None)


@dataclass(frozen=True)
class Reason:
    """A change of a cart's total, and the rule that made it."""

    kind: str  # what the rule did: "price", "discount", "shipping" and so on
    rule: str  # its key
    name: str  # what the merchant calls it
    target: str  # a SKU, or what else was changed
    amount: Money  # added; negative where something was taken
    text: str  # all of it in a sentence for the merchant


@dataclass(frozen=True)
class PricedCart:
    """What a cart costs, and why: the reasons add up to `quote.grand`."""

    quote: Quote
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class ShippingOption:
    """A way to get the goods to the shopper."""

    code: str
    name: dict[str, str]  # by locale
    price: Money
    days: tuple[int, ...] = field(default=())  # earliest and latest working day


class NoPrice(ServiceError):
    """These SKUs have no price in this currency, so they cannot be sold in it."""

    skus: tuple[str, ...]
    currency: str


class UnknownPriceList(ServiceError):
    """There is no price list of this name. Nothing was changed."""

    price_list: str


class NoShipping(ServiceError):
    """The cart cannot be sent there, or not in this way."""

    country: str
    option: str


class CouponRefused(ServiceError):
    """An order cannot use this coupon. Nothing was claimed."""

    code: str
    refusal: Refusal


class PromotionOver(ServiceError):
    """A promotion has been given as often as it may, or all that it may. Nothing was claimed."""

    promotion: str


class UnknownGiftCard(ServiceError):
    """There is no gift card with this code, or it cannot be spent now."""

    code: str


class GiftCardRefused(ServiceError):
    """The card does not hold as much any more, or cannot be spent. Nothing was claimed."""

    card: UUID


class ClaimUndone(ServiceError):
    """The order has given back what it claimed, or was never to claim anything."""

    order: UUID


class Pricing(Service):
    """Knows what things cost, with tax and delivery."""

    name = "pricing"
    errors = (
        *(NoPrice, UnknownPriceList, NoShipping, UnknownGiftCard),
        *(CouponRefused, PromotionOver, GiftCardRefused, ClaimUndone),
    )

    @operation
    def prices(
        self, *, skus: tuple[str, ...], currency: str, audience: Audience = EVERYBODY
    ) -> dict[str, Price]:
        """Return what one unit of each SKU costs now; those without a price are left out."""

    @operation
    def quote(self, *, cart: CartDraft) -> Quote:
        """Price a whole cart."""

    @operation
    def price_cart(self, *, cart: CartDraft) -> PricedCart:
        """Price a whole cart, and explain every cent."""

    @operation
    def shipping_options(self, *, cart: CartDraft) -> tuple[ShippingOption, ...]:
        """List how the cart can be sent, cheapest first; nothing if nothing needs sending."""

    @operation
    def set_prices(self, *, prices: tuple[Price, ...]) -> int:
        """Set prices by SKU, currency, list and quantity; returns how many that changed."""

    @operation
    def gift_card(self, *, code: str) -> GiftCard:
        """Return the gift card with a code, for whoever knows it."""

    @operation
    def claim(
        self,
        *,
        order: UUID,
        coupons: tuple[str, ...],
        customer: UUID | None = None,
        discounts: tuple[Discount, ...] = (),
        cards: tuple[Debit, ...] = (),
    ) -> None:
        """Use coupons, what promotions gave and gift cards: all or nothing, once an order."""

    @operation
    def unclaim(self, *, order: UUID) -> None:
        """Give back what an order claimed; it can claim nothing after that."""

    @operation
    def restore(self, *, order: UUID, key: str, cards: tuple[Debit, ...]) -> None:
        """Put some of what an order took from gift cards back on them, once for each key."""

    @operation
    def record_purchase(
        self, *, order: UUID, customer: UUID, version: int, spent: Money, counts: bool
    ) -> None:
        """Keep what an order counts for in a customer's history, as its latest version says."""


pricing = connect(Pricing)
