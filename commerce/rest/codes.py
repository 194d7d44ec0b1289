"""The problems of any endpoint, and those that several contexts share.

What only one context answers is registered by its own `rest`.
"""

from .problems import register

register(
    "bad-request",
    status=400,
    title="The request cannot be understood",
    text="The request is not well formed. Correct it; sending it again unchanged will not help.",
)
register(
    "malformed-json",
    status=400,
    title="The body is not valid JSON",
    text="The body is not JSON as RFC 8259 defines it, encoded in UTF-8. Correct the body.",
)
register(
    "query-invalid",
    status=400,
    title="A query parameter is not valid",
    text="A query parameter is missing, of the wrong type or out of range; `errors` names it.",
)
register(
    "cursor-invalid",
    status=400,
    title="The cursor is not valid",
    text="`after` is not a cursor of this list. Use the one in `page.next`, or start without it.",
)
register(
    "idempotency-key-missing",
    status=400,
    title="The Idempotency-Key header is missing",
    text="This operation moves stock or money, so that it needs a key that makes it safe to repeat."
    " Send a new UUID as `Idempotency-Key`, and the same one again when you retry.",
)
register(
    "idempotency-key-invalid",
    status=400,
    title="The Idempotency-Key header is not valid",
    text="An idempotency key has 1 to 255 printable ASCII characters. A UUID is a good one.",
)
register(
    "credentials-missing",
    status=401,
    title="Credentials are missing",
    text="This endpoint needs a credential. Shops send `X-Api-Key: pk_...`, partners"
    " `Authorization: Bearer sk_...`, customers `Authorization: Bearer` and their access token, and"
    " the holder of a cart `X-Cart-Token`.",
)
register(
    "credentials-invalid",
    status=401,
    title="The credentials are not accepted",
    text="The key is unknown or has been switched off. Ask the merchant for another one.",
)
register(
    "token-expired",
    status=401,
    title="The access token has expired",
    text="Access tokens are good for ten minutes. Get a new one with the refresh token.",
)
register(
    "forbidden",
    status=403,
    title="Not allowed",
    text="You are known, but you may not do this.",
)
register(
    "scope-missing",
    status=403,
    title="The key lacks a scope",
    text="The secret key may not do this. The merchant can give it the scope that `errors` names.",
)
register(
    "not-found",
    status=404,
    title="Not found",
    text="There is nothing here, or nothing that these credentials may see.",
)
register(
    "method-not-allowed",
    status=405,
    title="The method is not allowed here",
    text="This resource does not know the method; the `Allow` header lists those it knows.",
)
register(
    "idempotency-in-flight",
    status=409,
    title="The same request is being answered",
    text="A request with this Idempotency-Key has not ended yet. Wait and send it again: you will"
    " get the answer of the first one.",
)
register(
    "precondition-failed",
    status=412,
    title="Somebody changed it in the meantime",
    text="The version in `If-Match` is not the current one. Fetch the resource, look at what"
    " changed, and repeat your change with the new `ETag`.",
)
register(
    "body-too-large",
    status=413,
    title="The body is too large",
    text="The body is larger than this endpoint accepts. Send less at once.",
)
register(
    "media-type-unsupported",
    status=415,
    title="The media type is not supported",
    text="Send the body as `Content-Type: application/json`, in UTF-8 and without an encoding.",
)
register(
    "body-invalid",
    status=422,
    title="The body does not fit",
    text="The body is JSON, but a field is unknown, missing, of the wrong type or out of range;"
    " `errors` says which one and why.",
)
register(
    "idempotency-mismatch",
    status=422,
    title="The Idempotency-Key belongs to another request",
    text="This key was used with a different body. Use a new key for a new request.",
)
register(
    "precondition-required",
    status=428,
    title="The If-Match header is missing",
    text="Changes here must say which version they are based on, so that nobody's change is lost."
    " Fetch the resource and send its `ETag` as `If-Match`.",
)
register(
    "rate-limited",
    status=429,
    title="Too many requests",
    text="You are asking more often than your limit allows. Wait for `Retry-After` seconds.",
)
register(
    "internal-error",
    status=500,
    title="Something broke on our side",
    text="The request may or may not have had an effect. Repeat it with the same Idempotency-Key;"
    " if it keeps failing, tell the merchant the `trace_id`.",
)
register(
    "unavailable",
    status=503,
    title="Temporarily unavailable",
    text="A part of the shop does not answer right now. Repeat the request after `Retry-After`"
    " seconds; with the same Idempotency-Key it cannot happen twice.",
)
register(
    "out-of-stock",
    status=409,
    title="Out of stock",
    text="Fewer units are free than were asked for; nothing was kept aside."
    " `errors[].meta.available` says how many could be had.",
)
register(
    "not-started",
    status=409,
    title="The sale has not started",
    text="Nobody gets these goods before `errors[].meta.starts_at`. If the sale has a line, a cart"
    " can take its place with a POST to `errors[].meta.line` already, or to its own `places`.",
)
register(
    "waiting",
    status=409,
    title="Wait to be let in",
    text="The goods are sold in order of arrival, and the cart has not been let in. Take its place"
    " with a POST to `errors[].meta.line`, or to its own `places` (a customer's cart has no other),"
    " and ask there again until it says `admitted`."
    " `errors[].meta.position` is the place it has.",
)
register(
    "no-sale",
    status=404,
    title="In no sale",
    text="The SKU is in no sale: nobody has to wait for it. Put it in a cart.",
)
register(
    "ticket-invalid",
    status=422,
    title="Not a ticket of this cart",
    text="The ticket was given to another cart, for another sale, or not by this shop. Leave it"
    " out to take a place at the end of the line.",
)
register(
    "places-limit",
    status=429,
    title="Enough places for this network",
    text="So many carts from this network wait in the line already. Try again when some of them"
    " have been let in.",
)
register(
    "sold-out",
    status=409,
    title="Sold out",
    text="Everything is sold or in carts. Whoever waits keeps the place, and is let in if goods"
    " come back; `errors[].meta` holds it.",
)
register(
    "coupon-unknown",
    status=422,
    title="No such coupon",
    text="There is no such coupon, it is not valid now, or it is somebody else's. It was not kept."
    " Check how it is written; wrong codes are limited.",
)
register(
    "coupon-exhausted",
    status=409,
    title="The coupon has been used up",
    text="Other orders have used the coupon as often as it may be used. Go on without it.",
)
register(
    "coupon-used-before",
    status=409,
    title="The coupon was used by the same customer",
    text="The customer has used the coupon as often as one customer may. Go on without it.",
)
register(
    "coupon-sign-in",
    status=409,
    title="The coupon is for known customers",
    text="Its uses are counted for each customer, so it only counts for somebody signed in.",
)
register(
    "coupon-not-for-cart",
    status=409,
    title="The coupon does not fit the cart",
    text="The coupon is valid, but not for what is in the cart now. Enter it again when it is.",
)
register(
    "address-invalid",
    status=422,
    title="The e-mail or postal address is not valid",
    text="Something is missing or wrong; `errors` names every field.",
)
