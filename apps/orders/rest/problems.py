"""Why an order was not accepted, as problems that say what to do."""

from django.urls import reverse

from commerce import ids
from commerce.rest.problems import Problem, ProblemError, register

from ..domain import AlreadyOrdered, NotPossible, Reason
from ..domain.life import NotAllowed

CONFLICTS = {  # what the client has in mind is not what is there (any more)
    "already-ordered": (
        "The cart has been ordered already",
        "One cart becomes one order. `Location`, or `errors[].meta.order`, names it.",
    ),
    "cart-changed": (
        "The cart has changed",
        (
            "`cart_version` is not the cart's version any more. Fetch the cart, show it to the"
            " shopper, and order with the version in `errors[].meta`."
        ),
    ),
    "price-changed": (
        "The total has changed",
        (
            "The cart does not cost `expected_total`. Show the shopper the total in"
            " `errors[].meta` and order again with it."
        ),
    ),
    "hold-expired": (
        "Goods are gone",
        (
            "Something was kept aside too long and others have taken it. `errors[].meta` says of"
            " which SKU and how many could be had; change the cart and try again."
        ),
    ),
    "no-longer-sold": (
        "Something is not sold any more",
        (
            "The cart holds something that went out of sale. `errors[].meta` names its SKU and the"
            " `item` to delete from the cart; order what is left then."
        ),
    ),
    "promotion-over": (
        "A promotion is over",
        (
            "What a promotion promised the cart has been given to other orders. `errors[].meta`"
            " names it; show the shopper the new total and order again with it."
        ),
    ),
    "gift-card-exhausted": (
        "A gift card does not hold as much any more",
        (
            "Another order has taken from it, or it cannot be spent any more. Show the shopper what"
            " is due now, and order with a payment session for that."
        ),
    ),
    "payment-unfinished": (
        "The payment is not finished",
        (
            "The shopper has to confirm the payment first, at `errors[].meta.action_url` if there"
            " is one. Order again, with a new key, when the session is authorised."
        ),
    ),
    "payment-refused": (
        "The payment was refused",
        "Start a new payment session, perhaps with another method, and order with it.",
    ),
    "payment-amount-differs": (
        "The payment is for another amount",
        "The session authorises another amount than the cart costs. Start a new session.",
    ),
}
OMISSIONS = {  # something is missing or cannot be right
    "account-missing": (
        "Files are bought by customers who are known",
        "Order with the customer's token, or take what is downloadable out of the cart.",
    ),
    "empty-cart": ("The cart is empty", "Put something in the cart first."),
    "email-missing": ("The e-mail address is missing", "Set `email` on the cart."),
    "email-invalid": ("The e-mail address is not valid", "Correct `email` on the cart."),
    "address-missing": (
        "The delivery address is missing",
        "Something in the cart has to be sent. Set `shipping_address` on the cart.",
    ),
    "address-incomplete": (
        "The delivery address is not complete or not valid",
        "Correct `shipping_address` on the cart; `errors[].meta` names the field.",
    ),
    "shipping-missing": (
        "No way of delivery is chosen",
        "Choose one of the cart's `shipping-options`.",
    ),
    "payment-missing": (
        "The payment session is missing",
        "Start a payment session for the cart and send its id as `payment_session`.",
    ),
    "payment-unknown": (
        "The payment session is unknown",
        "There is no such session for this cart. Start one and send its id.",
    ),
}
LIFE = {  # an order as it stands does not allow what is asked for
    "order-on-hold": (
        "The order is on hold",
        "Somebody has stopped it for a reason that its events tell. Release it first.",
    ),
    "order-not-ready": (
        "The order is not ready for this",
        "Its money is neither there nor promised. Look at its `payment` and try again later.",
    ),
    "order-over": (
        "The order is over",
        "It was cancelled, or all of it has been sent. Nothing was changed.",
    ),
    "quantity-too-high": (
        "There are not as many units",
        "`errors[].meta.lines` says of which lines, and how many are left. Nothing was changed.",
    ),
    "goods-missing": (
        "Goods are not in the house yet",
        "They were sold before they came. Receive them in the stock, then send the parcel again.",
    ),
    "order-packed": (
        "A parcel of the order is packed",
        "What is packed is not cancelled. Unpack it first, or let it go and take it back later.",
    ),
    "order-shipped": (
        "The order has been sent",
        "What has left cannot be cancelled. Cancel what has not, by `items`, or ask for a return.",
    ),
    "payment-moving": (
        "The order's money is moving",
        "The payment provider is being asked this moment. Try again in a few seconds.",
    ),
    "order-empty": (
        "Nothing of the order would be left",
        "That is no change but a cancellation. Cancel the whole order.",
    ),
    "edit-empty": ("Nothing would change", "Name units that will not be sent, or an address."),
    "address-country": (
        "The address lies in another country",
        "Tax and delivery were paid for another one. Cancel the order and place it anew.",
    ),
    "order-changed": (
        "The order has changed",
        "It is not as it was when the edit was looked at. Fetch it, and try the edit again.",
    ),
    "refund-too-high": (
        "There is not as much to give back",
        "`errors[].meta.left` says how much can be given back. Nothing was moved.",
    ),
    "return-gone": (
        "The return stands elsewhere",
        "`errors[].meta.state` says where: each step is taken once, in its order.",
    ),
    "shipment-gone": (
        "The parcel is not there any more",
        "It has left already, or was unpacked; `errors[].meta.state` says which.",
    ),
}
COUPONS = ("coupon-unknown", "coupon-exhausted", "coupon-used-before", "coupon-sign-in")
for code, (title, text) in CONFLICTS.items():
    register(code, status=409, title=title, text=text)
for code, (title, text) in LIFE.items():
    register(code, status=409, title=title, text=text)
for code, (title, text) in OMISSIONS.items():
    register(code, status=422, title=title, text=text)
register(
    "order-not-possible",
    status=409,
    title="The cart cannot be ordered",
    text="There are several reasons; `errors` holds all of them. Mend each as its code says.",
)
register(
    "checkout-busy",
    status=503,
    title="Too many orders at once",
    text="Orders are being confirmed more slowly than they come in. Nothing was ordered; the cart"
    " keeps its goods. Repeat the request after `Retry-After` seconds.",
)

IN_BODY = {"cart_id", "cart_version", "expected_total", "payment_session"}
BUSY_SECONDS = 10


def not_possible(refusal: NotPossible) -> Problem:
    """Tell all reasons; one kind of reason gives the problem its own code."""
    codes = {reason.code for reason in refusal.reasons}
    return Problem(
        codes.pop() if len(codes) == 1 else "order-not-possible",
        errors=[error_of(reason) for reason in refusal.reasons],
    )


def error_of(reason: Reason) -> ProblemError:
    """Point into the body where the reason lies there, else to the cart, naming its field."""
    if reason.where in IN_BODY:
        pointer, meta = f"/{reason.where}", reason.meta
    else:
        pointer, meta = "/cart_id", reason.meta | {"field": reason.where}
    return ProblemError(code=reason.code, detail=reason.text, pointer=pointer, meta=meta or None)


def not_allowed(refusal: NotAllowed) -> Problem:
    """Say why an order cannot be changed like this."""
    code = refusal.refusal.value
    return Problem(code, errors=[ProblemError(code=code, meta=refusal.meta or None)])


def already_ordered(refusal: AlreadyOrdered) -> Problem:
    """Lead to the order that the cart has become."""
    order = ids.public("ord", refusal.order)
    meta = {"order": order, "number": refusal.number}
    return Problem(
        "already-ordered",
        errors=[ProblemError(code="already-ordered", pointer="/cart_id", meta=meta)],
        headers={"Location": reverse("orders-order", args=[order])},
    )


def in_progress() -> Problem:
    """Ask for a moment of patience: another attempt is under way."""
    return Problem("idempotency-in-flight", retry_after=1)


def busy() -> Problem:
    """Ask to come back when the workers have caught up."""
    return Problem("checkout-busy", retry_after=BUSY_SECONDS)
