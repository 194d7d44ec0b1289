"""The problems of prices, promotions and coupons."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError

from commerce.rest.bodies import escape
from commerce.rest.problems import Problem, ProblemError, register

register(
    "price-missing",
    status=422,
    title="Not sold in this currency",
    text="A SKU has no price in this currency, or there is no such SKU. `errors` points to each:"
    " leave it out, or ask in another currency.",
)
register(
    "line-doubled",
    status=422,
    title="A SKU is in two lines",
    text="Each SKU is in one line, with all of its units. Add the quantities of the lines that"
    " `errors` points to.",
)
register(
    "not-sent-there",
    status=422,
    title="Not sent there in this way",
    text="The way of sending does not exist, does not go to the country, or has no price in the"
    " currency. Leave `shipping` out, or name another one.",
)
register(
    "prices-rejected",
    status=422,
    title="Prices that cannot be set",
    text="Nothing was changed. `errors` says what is wrong with each line: mend these, or send"
    " `error_policy=skip_failed` to leave them out. `price-drift` is a price that becomes more"
    " than three times as high or as low; `any_drift=true` sets it all the same.",
)
register(
    "promotion-exists",
    status=409,
    title="There is such a promotion",
    text="Another promotion has this key. Change that one, or choose another key.",
)
register(
    "promotion-invalid",
    status=422,
    title="The promotion does not fit together",
    text="Something in it cannot be read, or two things contradict each other; `errors` leads to"
    " each place, also within `terms`.",
)
register(
    "promotion-never-applies",
    status=409,
    title="The promotion would never apply",
    text="Its time has passed, or its limit or budget is reached; `errors[].meta.state` says which."
    " Change that first.",
)
register(
    "coupon-exists",
    status=409,
    title="There is such a coupon",
    text="Another coupon has this code, in small or capital letters. Choose another code.",
)
register(
    "coupon-invalid",
    status=422,
    title="The coupon does not fit together",
    text="A field is out of range; `errors` says which one.",
)
register(
    "coupon-not-needed",
    status=409,
    title="The promotion needs no coupon",
    text="It is open to everybody. Set its `by_coupon` first.",
)


def invalid(code: str, refusal: ValidationError) -> Problem:
    """Point to everything that does not fit."""
    return Problem(code, errors=list(reasons(refusal)))


def reasons(refusal: ValidationError) -> Iterator[ProblemError]:
    """Write what a model refuses; where its terms cannot be read, the place within them."""
    for name, errors in refusal.error_dict.items():
        for each in errors:
            path = ("" if name == "__all__" else name.removesuffix("_minor"), *told(each))
            yield ProblemError(
                pointer="".join(f"/{escape(str(step))}" for step in path if step != ""),
                code=each.code or "invalid-value",
                detail=" ".join(each.messages),
            )


def told(error: ValidationError) -> tuple[str | int, ...]:
    """Return the way into a document that an error tells."""
    path: tuple[str | int, ...] = (error.params or {}).get("path", ())
    return path
