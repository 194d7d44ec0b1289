"""What clients send about carts and what they get."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec
from django.conf import settings
from msgspec import UNSET, Meta, UnsetType

from apps.customers.interface import Address
from apps.pricing import interface as pricing
from apps.pricing.interface import (
    CardPayment,
    CouponAnswer,
    Discount,
    QuoteLine,
    ShippingOption,
)
from commerce import ids
from commerce.rest.shapes import Amount, Body

from .. import domain
from ..domain import MOST_UNITS
from ..interface import CartLine, Contents, GoneLine
from ..service import Held

Units = Annotated[int, Meta(ge=1, le=MOST_UNITS)]
Sku = Annotated[str, Meta(min_length=1, max_length=255)]
Text = Annotated[str, Meta(max_length=200)]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$")]


class NewCart(Body, frozen=True):
    """The currency prices are in, and the language the shopper reads."""

    currency: str = settings.CURRENCIES[0]
    locale: str = settings.LANGUAGE_CODE


class NewItem(Body, frozen=True):
    """What to put in the cart, and how many units more."""

    sku: Sku
    quantity: Units = 1


class Quantity(Body, frozen=True):
    """How many units a line shall have."""

    quantity: Units


class Items(Body, frozen=True):
    """Everything the cart shall contain."""

    items: Annotated[tuple[NewItem, ...], Meta(max_length=100)]


class Place(Body, frozen=True):
    """Where a parcel goes; `country` is ISO 3166-1 alpha-2."""

    name: Text
    line1: Text
    city: Text
    country: Country
    postal_code: Text = ""
    line2: Text = ""
    region: Text = ""
    phone: Text = ""

    def address(self) -> Address:
        """Read it as the customers context knows it."""
        return Address(**msgspec.structs.asdict(self))


class Details(Body, frozen=True):
    """What else a cart says; what is left out stays as it is."""

    email: Annotated[str, Meta(max_length=254)] | UnsetType = UNSET
    shipping_address: Place | UnsetType | None = UNSET
    locale: str | UnsetType = UNSET
    currency: str | UnsetType = UNSET


class Choice(Body, frozen=True):
    """The code of one of the cart's shipping options."""

    option: Text


class Merge(Body, frozen=True):
    """The cart that gets the lines, and the token that proves it unless it is a customer's own."""

    into: str
    token: str = ""


class CartName(msgspec.Struct, kw_only=True, frozen=True):
    """Which cart is meant."""

    cart: str


class Hold(msgspec.Struct, frozen=True):
    """Until when goods are kept aside; of a lapsed hold, how many could be had again."""

    expires_at: datetime | None
    lapsed: bool = False
    available: int | None = None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the cart; goods that nobody counts need no hold."""

    id: str
    sku: str
    name: dict[str, str]
    options: dict[str, str]
    quantity: int
    unit: Amount
    total: Amount
    hold: Hold | None


class Gone(msgspec.Struct, frozen=True):
    """A line that is sold no more: it is in no total and no hold, and should be deleted."""

    id: str
    sku: str
    name: dict[str, str]
    quantity: int


class Coupon(msgspec.Struct, frozen=True):
    """A code that was entered; `refusal` says why it does not count, if it does not.

    "unknown" (or not valid now), "used-up", "used-by-customer", "sign-in", "not-for-this-cart",
    "replaced" (by one that was entered later).
    """

    code: str
    refusal: str | None


class Reduction(msgspec.Struct, frozen=True):
    """What a promotion takes off; line totals and `totals` are without it already."""

    promotion: str
    name: str
    amount: Amount


class GiftCard(msgspec.Struct, frozen=True, kw_only=True):
    """A gift card that pays: the end of its code, what is on it, and what it pays of this cart."""

    id: str
    hint: str
    balance: Amount
    pays: Amount


class Gift(msgspec.Struct, frozen=True):
    """Units of a SKU that a promotion makes free once they are in the cart."""

    promotion: str
    name: str
    sku: str
    units: int


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What the cart costs after discounts; the other figures contain the tax.

    `due` is what is left of `grand` when gift cards have paid.
    """

    subtotal: Amount
    shipping: Amount
    tax: Amount
    grand: Amount
    due: Amount


class Cart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A cart as it stands; `gone` are its lines that are sold no more.

    `extended`: its holds have been given more time, which happens once. `frozen_until`: neither it
    nor its prices change before.
    """

    id: str
    version: int
    state: str
    currency: str
    locale: str
    email: str | None
    shipping_address: Address | None
    shipping: str | None
    items: list[Item]
    extended: bool
    gone: list[Gone]
    coupons: list[Coupon]
    discounts: list[Reduction]
    gift_cards: list[GiftCard]
    gifts: list[Gift]
    totals: Totals
    order: str | None
    token: str | UnsetType = UNSET
    frozen_until: datetime | None = None


class Missing(msgspec.Struct, frozen=True):
    """What could not be kept aside of a SKU: so many units were wanted, so many are in the cart."""

    sku: str
    wanted: int
    kept: int


class Kept(msgspec.Struct, frozen=True):
    """A cart after something that keeps aside whatever is there, and what was not there."""

    cart: Cart
    missing: list[Missing]


class Version(msgspec.Struct, frozen=True):
    """A cart's version."""

    version: int


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """The line that a change was about, and the cart's new version."""

    id: str
    sku: str
    quantity: int
    hold: Hold | None
    cart: Version


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """A way to send the cart, with the working days it takes."""

    code: str
    name: dict[str, str]
    price: Amount
    days: tuple[int, ...]


class Options(msgspec.Struct, frozen=True):
    """Every way to send the cart, the cheapest first; none if nothing has to be sent."""

    data: list[Option]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What every page shows of a cart."""

    version: int
    count: int
    held_until: datetime | None


def cart_body(found: Contents, token: str | UnsetType = UNSET) -> Cart:
    """Write a cart."""
    priced = {line.sku: line for line in found.quote.lines}
    return Cart(
        id=ids.public("cart", found.id),
        version=found.version,
        state=found.state.value,
        currency=found.currency,
        locale=found.locale,
        email=found.email or None,
        shipping_address=found.address,
        shipping=found.shipping,
        items=[item_body(line, priced[line.sku]) for line in found.lines],
        extended=found.extended,
        gone=[gone_body(line) for line in found.gone],
        coupons=[coupon_body(each) for each in found.quote.coupons],
        discounts=[reduction_body(each) for each in found.quote.discounts],
        gift_cards=[card_body(each) for each in found.quote.cards],
        gifts=[gift_body(each) for each in found.quote.gifts],
        totals=totals(found),
        order=ids.public("ord", found.order) if found.order else None,
        token=token,
        frozen_until=found.frozen_until,
    )


def kept_body(found: Contents, missing: Iterable[domain.Missing]) -> Kept:
    """Write a cart, and what could not be kept aside for it."""
    return Kept(cart_body(found), [Missing(each.sku, each.wanted, each.kept) for each in missing])


def gone_body(line: GoneLine) -> Gone:
    """Write a line that is sold no more."""
    return Gone(ids.public("item", line.id), line.sku, line.name, line.quantity)


def coupon_body(answer: CouponAnswer) -> Coupon:
    """Write whether a coupon counts."""
    return Coupon(answer.code, answer.refusal.value if answer.refusal else None)


def reduction_body(discount: Discount) -> Reduction:
    """Write what a promotion takes off."""
    return Reduction(discount.promotion, discount.name, Amount.of(discount.amount))


def card_body(payment: CardPayment) -> GiftCard:
    """Write what a gift card pays."""
    return GiftCard(
        id=ids.public("card", payment.card),
        hint=payment.hint,
        balance=Amount.of(payment.balance),
        pays=Amount.of(payment.amount),
    )


def gift_body(gift: pricing.Gift) -> Gift:
    """Write a gift that is not in the cart yet."""
    return Gift(gift.promotion, gift.name, gift.sku, gift.units)


def item_body(line: CartLine, priced: QuoteLine) -> Item:
    """Write a line with its price and its hold."""
    held = line.held_until is not None or line.lapsed
    return Item(
        id=ids.public("item", line.id),
        sku=line.sku,
        name=line.name,
        options=line.options,
        quantity=line.quantity,
        unit=Amount.of(priced.unit),
        total=Amount.of(priced.total),
        hold=Hold(line.held_until, line.lapsed, line.available) if held else None,
    )


def totals(found: Contents) -> Totals:
    """Write what a cart costs."""
    quote = found.quote
    return Totals(
        subtotal=Amount.of(quote.subtotal),
        shipping=Amount.of(quote.shipping),
        tax=Amount.of(quote.tax),
        grand=Amount.of(quote.grand),
        due=Amount.of(quote.due),
    )


def added_body(held: Held) -> Added:
    """Write the line that a change was about."""
    return Added(
        id=ids.public("item", held.line.id),
        sku=held.line.sku,
        quantity=held.line.quantity,
        hold=Hold(held.until) if held.until else None,
        cart=Version(held.version),
    )


def option_body(option: ShippingOption) -> Option:
    """Write a way to send a cart."""
    return Option(
        code=option.code, name=option.name, price=Amount.of(option.price), days=option.days
    )
