"""Carts over the API: every change keeps goods aside, and answers with the moment until when."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.urls import path

from apps.customers.interface import Address, FieldProblem, customers
from apps.pricing.interface import Basket, BasketLine, Quote, ShippingOption, pricing
from apps.stock.interface import OutOfStock
from commerce import ids
from commerce.proof import prove, proves
from commerce.rest import problems
from commerce.rest.endpoint import ApiRequest, Reply, endpoint, resource
from commerce.rest.problems import Problem, ProblemError

from . import service
from .domain import MOST_UNITS, Stale, TooMuch, UnknownLine, UnknownSku
from .interface import CartLine, CartOrdered, Contents, UnknownCart

problems.register(
    "out-of-stock",
    status=409,
    title="Out of stock",
    text="Fewer units are free than were asked for; nothing was kept aside. "
    "`errors[].meta.available` says how many could be had.",
)
problems.register(
    "cart-ordered",
    status=423,
    title="Cart ordered",
    text="The cart has become an order and cannot change any more. Begin a new cart.",
)
problems.register(
    "cart-limit",
    status=422,
    title="Too much for one cart",
    text="A cart keeps aside at most 10 units of a SKU and 20 different SKUs.",
)
problems.register(
    "unknown-sku",
    status=422,
    title="Unknown SKU",
    text="Nothing is sold under this SKU. Look it up in the catalogue.",
)
problems.register(
    "address-invalid",
    status=422,
    title="Address not complete",
    text="Something in the e-mail address or the postal address is missing or wrong; "
    "`errors` names every field.",
)
problems.register(
    "shipping-unknown",
    status=422,
    title="Not a way to send this cart",
    text="The cart cannot be sent there in this way. Ask for its shipping options first.",
)

Units = Annotated[int, msgspec.Meta(ge=1, le=MOST_UNITS)]
Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Text = Annotated[str, msgspec.Meta(max_length=200)]


class NewCart(msgspec.Struct, forbid_unknown_fields=True):
    """The currency prices are in, and the language the shopper reads."""

    currency: str = settings.CURRENCIES[0]
    locale: str = settings.LANGUAGE_CODE


class NewItem(msgspec.Struct, forbid_unknown_fields=True):
    """What to put in the cart, and how many units more."""

    sku: Sku
    quantity: Units = 1


class Quantity(msgspec.Struct, forbid_unknown_fields=True):
    """How many units a line shall have."""

    quantity: Units


class Place(msgspec.Struct, forbid_unknown_fields=True):
    """Where a parcel goes; `country` is ISO 3166-1 alpha-2."""

    name: Text
    line1: Text
    city: Text
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
    postal_code: Text = ""
    line2: Text = ""
    region: Text = ""
    phone: Text = ""


class Details(msgspec.Struct, forbid_unknown_fields=True):
    """What else a cart says; what is left out stays as it is."""

    email: Annotated[str, msgspec.Meta(max_length=254)] | msgspec.UnsetType = msgspec.UNSET
    shipping_address: Place | msgspec.UnsetType | None = msgspec.UNSET
    locale: str | msgspec.UnsetType = msgspec.UNSET
    currency: str | msgspec.UnsetType = msgspec.UNSET


class Shipping(msgspec.Struct, forbid_unknown_fields=True):
    """The code of one of the cart's shipping options."""

    option: Text


CHANGES = ("cart-ordered", "out-of-stock", "cart-limit")


@endpoint("POST", credentials=("pk", "sk"), body=NewCart, idempotency="accepted", limit="hold")
def create(request: ApiRequest, *, body: NewCart) -> Reply:
    """Begin a cart; its token is the only proof that it is yours."""
    check_choice("/currency", body.currency, settings.CURRENCIES)
    check_choice("/locale", body.locale, list(dict(settings.LANGUAGES)))
    made = service.create(currency=body.currency, locale=body.locale)
    token = {"token": prove("cart", made.id)}
    return Reply(201, cart_json(service.contents(made.id)) | token, version=made.version)


@endpoint("GET", credentials=("ct",))
def show(request: ApiRequest, cart: str) -> Reply:
    """Show the cart as it stands, with until when each line is held."""
    with plainly():
        found = service.contents(own(request, cart))
    return Reply(200, cart_json(found), version=found.version)


@endpoint(
    "PATCH",
    credentials=("ct",),
    body=Details,
    if_match=True,
    idempotency="accepted",
    problems=("address-invalid", "cart-ordered"),
)
def change(request: ApiRequest, cart: str, *, body: Details, expected: int) -> Reply:
    """Say who buys and where it goes; everything that is wrong is told at once."""
    name = own(request, cart)
    with plainly():
        service.patch(name, expected=expected, fields=checked(body))
        found = service.contents(name)
    return Reply(200, cart_json(found), version=found.version)


@endpoint("DELETE", credentials=("ct",), if_match=True, problems=("cart-ordered",))
def drop(request: ApiRequest, cart: str, *, expected: int) -> Reply:
    """Empty the cart and put everything back on the shelf."""
    with plainly():
        service.drop(own(request, cart), expected=expected)
    return Reply(204)


@endpoint(
    "POST",
    credentials=("ct",),
    body=NewItem,
    idempotency="required",
    limit="hold",
    problems=(*CHANGES, "unknown-sku"),
)
def add_item(request: ApiRequest, cart: str, *, body: NewItem) -> Reply:
    """Put goods in the cart, if they can be kept aside for it."""
    name = own(request, cart)
    with plainly():
        held = service.add(name, sku=body.sku, quantity=body.quantity)
    return Reply(201, item_json(held), version=held.version)


@endpoint(
    "PATCH",
    credentials=("ct",),
    body=Quantity,
    if_match=True,
    idempotency="accepted",
    limit="hold",
    problems=CHANGES,
)
def change_item(
    request: ApiRequest, cart: str, item: str, *, body: Quantity, expected: int
) -> Reply:
    """Change how many units a line has, and keep as many aside."""
    name = own(request, cart)
    with plainly():
        held = service.set_quantity(
            name, ids.parse("item", item), quantity=body.quantity, expected=expected
        )
    return Reply(200, item_json(held), version=held.version)


@endpoint(
    "DELETE", credentials=("ct",), if_match=True, idempotency="accepted", problems=("cart-ordered",)
)
def remove_item(request: ApiRequest, cart: str, item: str, *, expected: int) -> Reply:
    """Take a line out; its goods are free at once."""
    with plainly():
        after = service.remove(own(request, cart), ids.parse("item", item), expected=expected)
    return Reply(204, version=after.version)


@endpoint("GET", credentials=("ct",))
def shipping_options(request: ApiRequest, cart: str) -> Reply:
    """List the ways the cart can be sent to its address, or in the shop's own country."""
    with plainly():
        found = service.contents(own(request, cart))
    return Reply(200, {"data": [option_json(option) for option in ways(found)]})


@endpoint(
    "PUT",
    credentials=("ct",),
    body=Shipping,
    if_match=True,
    problems=("shipping-unknown", "cart-ordered"),
)
def choose_shipping(request: ApiRequest, cart: str, *, body: Shipping, expected: int) -> Reply:
    """Choose how the cart is sent."""
    name = own(request, cart)
    with plainly():
        if body.option not in {option.code for option in ways(service.contents(name))}:
            error = ProblemError(pointer="/option", code="shipping-unknown")
            raise Problem("shipping-unknown", errors=[error])
        service.patch(name, expected=expected, fields={"shipping": body.option})
        found = service.contents(name)
    return Reply(200, cart_json(found), version=found.version)


class CartName(msgspec.Struct):
    """Which cart is meant."""

    cart: str


@endpoint("GET", credentials=("ct",), query=CartName)
def shopper(request: ApiRequest, *, query: CartName) -> Reply:
    """Say in a few bytes what every page shows of a cart."""
    with plainly():
        found = service.summary(own(request, query.cart))
    body = {"version": found.version, "count": found.count, "held_until": found.held_until}
    return Reply(200, body, version=found.version)


def own(request: ApiRequest, cart: str) -> UUID:
    """Return the cart's id if the token proves that it was given to the caller."""
    name = ids.parse("cart", cart)
    if not proves("cart", name, request.caller.token):
        raise Problem("not-found")
    return name


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what a cart refuses into problems."""
    try:
        yield
    except (UnknownCart, UnknownLine):
        raise Problem("not-found") from None
    except CartOrdered as refusal:
        error = ProblemError(code="cart-ordered", meta={"order": ids.public("ord", refusal.order)})
        raise Problem("cart-ordered", errors=[error]) from None
    except Stale as refusal:
        raise Problem("precondition-failed", headers={"ETag": f'"{refusal.version}"'}) from None
    except UnknownSku as refusal:
        error = ProblemError(pointer="/sku", code="unknown-sku", meta={"sku": refusal.sku})
        raise Problem("unknown-sku", errors=[error]) from None
    except TooMuch as refusal:
        error = ProblemError(pointer="/quantity", code="cart-limit", meta={"most": refusal.most})
        raise Problem("cart-limit", errors=[error]) from None
    except OutOfStock as refusal:
        raise out_of_stock(refusal) from None


def out_of_stock(refusal: OutOfStock) -> Problem:
    """Say how many could be had of everything that is short."""
    errors = [
        ProblemError(
            pointer="/quantity",
            code="out-of-stock",
            meta={"sku": each.sku, "quantity": each.wanted, "available": each.available},
        )
        for each in refusal.shortages
    ]
    return Problem("out-of-stock", errors=errors)


def checked(body: Details) -> dict[str, object]:
    """Return the fields to change, or refuse with everything that is wrong with them."""
    locale = body.locale if isinstance(body.locale, str) else settings.LANGUAGE_CODE
    errors: list[ProblemError] = []
    fields: dict[str, object] = {}
    if isinstance(body.email, str):
        fields["email"] = body.email
        found = customers.check_email(email=body.email, locale=locale)
        errors += [field_error("", problem) for problem in found]
    if isinstance(body.shipping_address, Place):
        fields["address"] = address = Address(**msgspec.structs.asdict(body.shipping_address))
        wrong = customers.check_address(address=address, locale=locale)
        errors += [field_error("/shipping_address", problem) for problem in wrong]
    elif body.shipping_address is None:
        fields["address"] = None
    if errors:
        raise Problem("address-invalid", errors=errors)
    if isinstance(body.locale, str):
        check_choice("/locale", body.locale, list(dict(settings.LANGUAGES)))
        fields["locale"] = body.locale
    if isinstance(body.currency, str):
        check_choice("/currency", body.currency, settings.CURRENCIES)
        fields["currency"] = body.currency
    return fields


def field_error(above: str, problem: FieldProblem) -> ProblemError:
    """Point to the field of the body that is wrong."""
    return ProblemError(pointer=f"{above}/{problem.field}", code=problem.code, detail=problem.text)


def check_choice(pointer: str, given: str, known: list[str]) -> None:
    """Refuse a value that the shop does not offer."""
    if given not in known:
        detail = f"The shop offers {', '.join(known)}."
        error = ProblemError(pointer=pointer, code="not-offered", detail=detail)
        raise Problem("body-invalid", errors=[error])


def ways(found: Contents) -> tuple[ShippingOption, ...]:
    """How a cart can be sent."""
    lines = tuple(BasketLine(line.sku, line.quantity) for line in found.lines)
    country = found.address.country if found.address else None
    return pricing.shipping_options(basket=Basket(found.currency, lines, country))


def option_json(option: ShippingOption) -> dict[str, Any]:
    """Write a way of sending."""
    return {
        "code": option.code,
        "name": option.name,
        "price": option.price.to_json(),
        "days": option.days,
    }


def cart_json(found: Contents) -> dict[str, Any]:
    """Write a cart as the API does."""
    return {
        "id": ids.public("cart", found.id),
        "version": found.version,
        "state": found.state.value,
        "currency": found.currency,
        "locale": found.locale,
        "email": found.email or None,
        "shipping_address": found.address,
        "shipping": found.shipping,
        "items": [line_json(line, found.quote) for line in found.lines],
        "totals": totals_json(found.quote),
        "order": ids.public("ord", found.order) if found.order else None,
    }


def totals_json(quote: Quote) -> dict[str, Any]:
    """Write what a cart costs; tax is contained in the other figures."""
    return {
        "subtotal": quote.subtotal.to_json(),
        "shipping": quote.shipping.to_json(),
        "tax": quote.tax.to_json(),
        "grand": quote.grand.to_json(),
    }


def line_json(line: CartLine, quote: Quote) -> dict[str, Any]:
    """Write a line with its price and its hold."""
    priced = next(one for one in quote.lines if one.sku == line.sku)
    return {
        "id": ids.public("item", line.id),
        "sku": line.sku,
        "name": line.name,
        "options": line.options,
        "quantity": line.quantity,
        "unit": priced.unit.to_json(),
        "total": priced.total.to_json(),
        "hold": {"expires_at": line.held_until, "lapsed": line.lapsed},
    }


def item_json(held: service.Held) -> dict[str, Any]:
    """Write the line that a change was about, and the cart's new version."""
    return {
        "id": ids.public("item", held.line.id),
        "sku": held.line.sku,
        "quantity": held.line.quantity,
        "hold": {"expires_at": held.until},
        "cart": {"version": held.version},
    }


urlpatterns = [
    path("carts", create, name="carts"),
    path("carts/<str:cart>", resource(show, change, drop), name="cart-api"),
    path("carts/<str:cart>/items", add_item, name="cart-items"),
    path("carts/<str:cart>/items/<str:item>", resource(change_item, remove_item)),
    path("carts/<str:cart>/shipping-options", shipping_options),
    path("carts/<str:cart>/shipping", choose_shipping),
    path("shopper", shopper),
]
