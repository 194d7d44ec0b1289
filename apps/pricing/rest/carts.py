"""What a whole cart would cost, and why; nothing of it is kept."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from django.conf import settings
from msgspec import Meta

from commerce import ids, origin
from commerce.money import Money
from commerce.rest import throttles
from commerce.rest.credentials import address
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Amount, Body

from ..interface import (
    CartDraft,
    History,
    LineDraft,
    NoPrice,
    NoShipping,
    PricedCart,
    Reason,
    Refusal,
)
from ..service import PricingService
from . import problems  # noqa: F401
from .asking import CUSTOMER_ID, FOR_FEW, Country, Name, Sku, customer_id

MOST_LINES = 100
MOST_UNITS = 9_999  # of one SKU
GUESSES = 100  # codes that do not exist, from one address
GUESSES_IN = 3600  # seconds

Units = Annotated[int, Meta(ge=1, le=MOST_UNITS)]
Code = Annotated[str, Meta(min_length=1, max_length=60)]


class Wanted(Body, frozen=True):
    """Some units of a SKU."""

    sku: Sku
    quantity: Units


class Past(Body, frozen=True):
    """What the customer ordered before: how many orders, and what was spent in each currency."""

    orders: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    spent: Annotated[tuple[Amount, ...], Meta(max_length=20)] = ()


class WantedCart(Body, frozen=True):
    """A cart; what it costs is the shop's to say, so nothing here names a price.

    `currency` and `country` are the shop's own unless told, `shipping` is the code of a way of
    sending, and coupons are in the order in which they were entered. Who is to pay can be told with
    a secret key: a customer, customer groups, and a history of earlier orders in the place of the
    one that the shop knows of the customer.
    """

    lines: Annotated[tuple[Wanted, ...], Meta(min_length=1, max_length=MOST_LINES)]
    currency: str = ""
    country: Country | None = None
    shipping: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    coupons: Annotated[tuple[Code, ...], Meta(max_length=10)] = ()
    channel: Name = ""
    customer: str = ""
    groups: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    history: Past | None = None


class Line(msgspec.Struct):
    """A priced line; `total` is after discounts, and `tax` the part of it that is tax.

    So many units as `gifts` says cost nothing because a promotion gives them.
    """

    sku: str
    quantity: int
    unit: Amount
    total: Amount
    tax: Amount
    tax_rate: str
    gifts: int


class Coupon(msgspec.Struct):
    """Whether a code that was entered counts (`accepted`), or why it does not."""

    code: str
    answer: str


class Discount(msgspec.Struct):
    """What a promotion takes off the goods and off sending them."""

    promotion: str
    name: str
    amount: Amount


class Gift(msgspec.Struct):
    """Units of a SKU that a promotion makes free once they are in the cart."""

    promotion: str
    name: str
    sku: str
    units: int


class Explained(msgspec.Struct):
    """A change of the total by a rule; its `amount` is negative where something is taken off."""

    kind: str
    rule: str
    name: str
    target: str
    amount: Amount
    text: str


class Cart(msgspec.Struct):
    """What a cart costs. Prices contain tax; the amounts of `reasons` add up to `grand`."""

    lines: list[Line]
    subtotal: Amount
    shipping: Amount
    tax: Amount
    grand: Amount
    discounts: list[Discount]
    coupons: list[Coupon]
    gifts: list[Gift]
    reasons: list[Explained]


@endpoint(
    "POST",
    credentials=("pk", "sk"),
    body=WantedCart,
    limit="read",
    light=True,
    answers={200: Cart},
    problems=("line-doubled", "price-missing", "not-sent-there"),
)
def create(request: ApiRequest, *, body: WantedCart) -> Reply:
    """Price a cart and explain every cent; nothing is kept, held or used up."""
    draft = replace(drafted(body), **told_of(body, request.caller.credential))
    if request.caller.credential == "sk" or not draft.coupons:
        return Reply(200, written(priced(draft)))
    return Reply(200, written(guessed(draft, address(request))))


def drafted(body: WantedCart) -> CartDraft:
    """Put a cart as the service wants it; refuses one that names a SKU twice."""
    if body.currency and body.currency not in settings.CURRENCIES:
        detail = f"The shop sells in {', '.join(settings.CURRENCIES)}."
        error = ProblemError(pointer="/currency", code="not-offered", detail=detail)
        raise Problem("body-invalid", errors=[error])
    counted = Counter(line.sku for line in body.lines)
    if twice := {sku for sku, lines in counted.items() if lines > 1}:
        raise Problem("line-doubled", errors=places(body.lines, twice, "line-doubled"))
    return CartDraft(
        currency=body.currency or settings.CURRENCIES[0],
        lines=tuple(LineDraft(line.sku, line.quantity) for line in body.lines),
        country=body.country,
        shipping=body.shipping,
        coupons=body.coupons,
    )


def told_of(body: WantedCart, credential: str) -> dict[str, Any]:
    """Read who is to pay; shop fronts learn nothing that is made for few."""
    few = [name for name in ("customer", "groups", "history") if getattr(body, name)]
    if few and credential != "sk":
        errors = [ProblemError(pointer=f"/{name}", code="secret-key-needed") for name in few]
        raise Problem("body-invalid", detail=FOR_FEW, errors=errors)
    try:
        customer = customer_id(body.customer)
    except ids.UnknownId:
        error = ProblemError(pointer="/customer", code="invalid-value", detail=CUSTOMER_ID)
        raise Problem("body-invalid", errors=[error]) from None
    past = body.history and History(body.history.orders, tuple(spent(body.history.spent)))
    return {"customer": customer, "groups": body.groups, "channel": body.channel, "history": past}


def spent(amounts: Iterable[Amount]) -> Iterator[Money]:
    """Read what was spent; nobody spends less than nothing."""
    for place, amount in enumerate(amounts):
        pointer = f"/history/spent/{place}"
        if amount.amount.startswith("-"):
            raise Problem("body-invalid", errors=[below_nothing(pointer)])
        yield amount.money(pointer)


def below_nothing(pointer: str) -> ProblemError:
    """Point to an amount that is less than nothing."""
    return ProblemError(pointer=f"{pointer}/amount", code="invalid-value", detail="From 0 on.")


def guessed(draft: CartDraft, guesser: str) -> PricedCart:
    """Count a try before it is looked at, so that many at once are counted, and forgive good ones.

    The count is that of codes entered in carts. Carts without codes are priced all the same.
    """
    bucket = f"guesses:{origin.house()}", GUESSES * throttles.times(guesser), GUESSES_IN
    if wait := throttles.wait(*bucket):
        raise Problem("rate-limited", retry_after=wait)
    wrong = False
    try:
        found = priced(draft)
        wrong = any(each.refusal is Refusal.UNKNOWN for each in found.quote.coupons)
    finally:
        if not wrong:
            throttles.give_back(*bucket)
    return found


def priced(draft: CartDraft) -> PricedCart:
    """Ask for the price, and point to what it cannot be told of."""
    try:
        return PricingService().price_cart(cart=draft)
    except NoPrice as refusal:
        errors = places(draft.lines, set(refusal.skus), "price-missing")
        raise Problem("price-missing", errors=errors) from None
    except NoShipping:
        error = ProblemError(pointer="/shipping", code="not-sent-there")
        raise Problem("not-sent-there", errors=[error]) from None


def places(
    lines: Iterable[Wanted | LineDraft], skus: Container[str], code: str
) -> list[ProblemError]:
    """Point to the lines of some SKUs."""
    return [
        ProblemError(pointer=f"/lines/{place}/sku", code=code, meta={"sku": line.sku})
        for place, line in enumerate(lines)
        if line.sku in skus
    ]


def written(found: PricedCart) -> Cart:
    """Write a priced cart as the API does."""
    quote = found.quote
    return Cart(
        lines=[
            Line(
                sku=line.sku,
                quantity=line.quantity,
                unit=Amount.of(line.unit),
                total=Amount.of(line.total),
                tax=Amount.of(line.tax),
                tax_rate=line.tax_rate,
                gifts=line.gifts,
            )
            for line in quote.lines
        ],
        subtotal=Amount.of(quote.subtotal),
        shipping=Amount.of(quote.shipping),
        tax=Amount.of(quote.tax),
        grand=Amount.of(quote.grand),
        discounts=[
            Discount(each.promotion, each.name, Amount.of(each.amount)) for each in quote.discounts
        ],
        coupons=[
            Coupon(each.code, each.refusal.value if each.refusal else "accepted")
            for each in quote.coupons
        ],
        gifts=[Gift(each.promotion, each.name, each.sku, each.units) for each in quote.gifts],
        reasons=[explained(each) for each in found.reasons],
    )


def explained(reason: Reason) -> Explained:
    """Write why a total changed."""
    return Explained(
        kind=reason.kind,
        rule=reason.rule,
        name=reason.name,
        target=reason.target,
        amount=Amount.of(reason.amount),
        text=reason.text,
    )
