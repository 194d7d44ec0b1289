"""The lines of a cart."""

from collections import Counter

from apps.stock.interface import OutOfStock
from commerce import ids
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.idempotency import InFlight, Once, Replayed

from .. import service
from .bodies import Added, Cart, Items, NewItem, Quantity, added_body
from .carts import own, reply
from .problems import CHANGES, out_of_stock, plainly


@endpoint(
    "POST",
    light=True,
    credentials=("cu", "ct"),
    body=NewItem,
    idempotency="kept",
    limit="hold",
    answers={201: Added},
    problems=CHANGES,
)
def add(request: ApiRequest, cart: str, *, body: NewItem, once: Once) -> Reply:
    """Put goods in the cart, if they can be kept aside for it."""
    name = own(request, cart)
    receipt: service.Receipt[service.Held] = service.Receipt(
        once.place, lambda held: written(once, added(held))
    )
    try:
        with plainly():
            held = service.add(name, sku=body.sku, quantity=body.quantity, receipt=receipt)
    except service.Answered as earlier:
        raise Replayed(earlier.kept) from None
    except service.Twin:
        raise InFlight from None
    except OutOfStock as refusal:
        [short] = refusal.shortages
        more = max(0, short.available - (short.wanted - body.quantity))
        raise out_of_stock(("/quantity", short.sku, more)) from None
    return added(held)


def added(held: service.Held) -> Reply:
    """Say what was put in the cart."""
    return Reply(201, added_body(held), version=held.version)


def written(once: Once, reply: Reply) -> bytes:
    """Write an answer as it is kept with the cart."""
    return once.written(reply.status, reply.fields, reply.content)


@endpoint(
    "PATCH",
    light=True,
    credentials=("cu", "ct"),
    body=Quantity,
    if_match=True,
    idempotency="accepted",
    limit="hold",
    answers={200: Added},
    problems=CHANGES,
)
def change(request: ApiRequest, cart: str, item: str, *, body: Quantity, expected: int) -> Reply:
    """Change how many units a line has, and keep as many aside; a lapsed line is held again."""
    name, line = own(request, cart), ids.parse("item", item)
    try:
        with plainly():
            held = service.set_quantity(name, line, quantity=body.quantity, expected=expected)
    except OutOfStock as refusal:
        [short] = refusal.shortages
        raise out_of_stock(("/quantity", short.sku, short.available)) from None
    return Reply(200, added_body(held), version=held.version)


@endpoint(
    "DELETE",
    light=True,
    credentials=("cu", "ct"),
    if_match=True,
    idempotency="accepted",
    problems=("cart-ordered", "cart-frozen"),
)
def remove(request: ApiRequest, cart: str, item: str, *, expected: int) -> Reply:
    """Take a line out; its goods are free at once."""
    with plainly():
        after = service.remove(own(request, cart), ids.parse("item", item), expected=expected)
    return Reply(204, version=after.version)


@endpoint(
    "PUT",
    light=True,
    credentials=("cu", "ct"),
    body=Items,
    if_match=True,
    idempotency="accepted",
    limit="hold",
    answers={200: Cart},
    problems=CHANGES,
)
def replace_all(request: ApiRequest, cart: str, *, body: Items, expected: int) -> Reply:
    """Say everything that the cart shall contain: all of it is kept aside, or nothing changes."""
    name, wanted = own(request, cart), Counter[str]()
    for each in body.items:
        wanted[each.sku] += each.quantity
    try:
        with plainly():
            service.replace_all(name, wanted, expected=expected)
            return reply(service.contents(name))
    except OutOfStock as refusal:
        places = {each.sku: f"/items/{index}/quantity" for index, each in enumerate(body.items)}
        short = [(places[each.sku], each.sku, each.available) for each in refusal.shortages]
        raise out_of_stock(*short) from None
