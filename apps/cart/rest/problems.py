"""What a cart refuses, as problems that say what to do."""

from typing import Any
from urllib.parse import quote

from apps.customers.interface import FieldProblem
from apps.pricing.interface import CouponRefused, Refusal
from apps.stock.interface import HoldLimit, LapsedTooOften, NotStarted, Waiting
from commerce import ids
from commerce.rest.problems import Problem, ProblemError, register

from ..domain import (
    MOST_LINES,
    MOST_UNITS,
    Frozen,
    Stale,
    TooMuch,
    TooOften,
    UnknownLine,
    UnknownSku,
)
from ..interface import CartMerged, CartOrdered, UnknownCart

register(
    "cart-ordered",
    status=409,
    title="The cart has been ordered",
    text="The cart has become an order and cannot change any more. Begin a new cart.",
)
register(
    "cart-frozen",
    status=423,
    title="The cart waits for its payment",
    text="It was frozen and does not change before `errors[].meta.until`. Order it, or thaw it with"
    " DELETE on its `freeze`.",
)
register(
    "cart-merged",
    status=410,
    title="The cart has been merged into another",
    text="Its lines are in the cart that `errors[].meta.into` names. Go on with that one.",
)
register(
    "already-extended",
    status=409,
    title="The holds have been given more time before",
    text="What a cart holds is given more time once. Order, or let it lapse and hold it again.",
)
register(
    "cart-limit",
    status=422,
    title="Too much for one cart",
    text=f"A cart keeps aside at most {MOST_UNITS} units of a SKU and {MOST_LINES} different SKUs.",
)
register(
    "unknown-sku",
    status=422,
    title="Unknown SKU",
    text="Nothing is sold under this SKU in the cart's currency. Look it up in the catalogue.",
)
register(
    "shipping-unknown",
    status=422,
    title="Not a way to send this cart",
    text="The cart cannot be sent there in this way. Ask for its shipping options first.",
)

register(
    "gift-card-unknown",
    status=422,
    title="No such gift card",
    text="There is no gift card with this code, or it cannot be spent now. Check how it is written;"
    " wrong codes are limited.",
)
register(
    "gift-card-empty",
    status=409,
    title="Nothing is left on the gift card",
    text="The gift card has been spent. Pay in another way.",
)
register(
    "gift-card-other-currency",
    status=409,
    title="The gift card is in another currency",
    text="It pays carts in `errors[].meta.currency` only.",
)

register(
    "hold-limit",
    status=409,
    title="Enough of it is kept aside already",
    text="All carts of a customer, or from the same network, may hold so many units of a SKU, and"
    " `errors[].meta` says how many (`most`) and which limit it is (`cap`). Buy or let go first.",
)
register(
    "lapsed-too-often",
    status=409,
    title="Kept aside in vain too often",
    text="The cart let its hold of the SKU lapse several times in a row. It may hold it again at"
    " `errors[].meta.until`; until then it can still be bought by other carts.",
)

COUPON_PROBLEMS = {
    Refusal.UNKNOWN: "coupon-unknown",
    Refusal.USED_UP: "coupon-exhausted",
    Refusal.USED_BY_CUSTOMER: "coupon-used-before",
    Refusal.SIGN_IN: "coupon-sign-in",
    Refusal.NOT_FOR_THIS_CART: "coupon-not-for-cart",
}
COUPONS = tuple(COUPON_PROBLEMS.values())
LINE = "/api/stock/v1/sales/{}/places"  # where a cart takes its place
CHANGES = (
    *("cart-ordered", "cart-frozen", "out-of-stock", "cart-limit", "unknown-sku"),
    *("hold-limit", "lapsed-too-often", "not-started", "waiting"),
)


class plainly:  # noqa: N801 - a context, like contextlib.suppress
    """Turns what a cart refuses into problems; what is short is left to whoever knows the body."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, refusal: BaseException | None, trace: object) -> None:
        if refusal and (problem := problem_of(refusal)):
            raise problem from None


def problem_of(refusal: BaseException) -> Problem | None:
    """Return the problem that a refusal amounts to."""
    match refusal:
        case CartMerged():
            return because("cart-merged", {"into": ids.public("cart", refusal.into)})
        case UnknownCart() | UnknownLine():
            return Problem("not-found")
        case CartOrdered():
            return because("cart-ordered", {"order": ids.public("ord", refusal.order)})
        case Frozen():
            return because("cart-frozen", {"until": refusal.until.isoformat()})
        case Stale():
            return Problem("precondition-failed", headers={"ETag": f'"{refusal.version}"'})
        case UnknownSku():
            return because("unknown-sku", {"sku": refusal.sku}, "/sku")
        case HoldLimit() | LapsedTooOften() | NotStarted() | Waiting():
            return not_kept(refusal)
        case TooOften():
            return Problem("rate-limited", retry_after=refusal.wait)
        case TooMuch():
            return because("cart-limit", {"most": refusal.most}, "/quantity")
    return None


def because(
    code: str, meta: dict[str, Any], pointer: str | None = None, *, retry_after: int | None = None
) -> Problem:
    """Make a problem with the one reason there is for it; it may help to retry, after seconds."""
    error = ProblemError(pointer=pointer, code=code, meta=meta)
    return Problem(code, errors=[error], retry_after=retry_after)


def not_kept(refusal: HoldLimit | LapsedTooOften | NotStarted | Waiting) -> Problem:
    """Say why stock keeps nothing aside although it may be there."""
    meta: dict[str, Any]
    match refusal:
        case HoldLimit():
            code, meta = "hold-limit", {"cap": refusal.cap.value, "most": refusal.most}
        case LapsedTooOften():
            code, meta = "lapsed-too-often", {"until": refusal.until.isoformat()}
        case NotStarted():
            code, meta = "not-started", {"starts_at": refusal.starts_at.isoformat()}
            meta["line"] = LINE.format(quote(refusal.sku, safe=""))
        case Waiting():
            code, meta = "waiting", {"position": refusal.position}
            meta["line"] = LINE.format(quote(refusal.sku, safe=""))
    return because(code, {"sku": refusal.sku, **meta}, "/quantity")


def coupon_refused(refusal: CouponRefused) -> Problem:
    """Say why a coupon gives the cart nothing."""
    return because(COUPON_PROBLEMS[refusal.refusal], {"coupon": refusal.code}, "/code")


def out_of_stock(*short: tuple[str, str, int]) -> Problem:
    """Say of each pointer and SKU how many units could be had."""
    errors = [
        ProblemError(
            pointer=pointer, code="out-of-stock", meta={"sku": sku, "available": available}
        )
        for pointer, sku, available in short
    ]
    return Problem("out-of-stock", errors=errors)


def address_invalid(wrong: list[tuple[str, FieldProblem]]) -> Problem:
    """Point to every field that is wrong; each comes with where it lies in the body."""
    errors = [
        ProblemError(pointer=f"{above}/{each.field}", code=each.code, detail=each.text)
        for above, each in wrong
    ]
    return Problem("address-invalid", errors=errors)


def not_offered(pointer: str, known: list[str]) -> Problem:
    """Refuse a currency or language that the shop does not have."""
    detail = f"The shop offers {', '.join(known)}."
    return Problem(
        "body-invalid", errors=[ProblemError(pointer=pointer, code="not-offered", detail=detail)]
    )
