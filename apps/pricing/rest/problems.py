"""The problems of prices, promotions and coupons."""

from commerce.rest.problems import register

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
