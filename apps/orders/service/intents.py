"""Orders until they are decided: each written, read and moved on by one statement, on disk.

Nothing here needs the ORM, so that orders can be placed by code that shares its thread.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import convert, json
from msgspec.structs import replace

from commerce.events import Event, bell, parcel
from commerce.postgres import Words, ask

from ..domain import UNDECIDED, Reason, check_change
from ..interface import Status

CLAIM = timedelta(seconds=10)  # as long as one attempt may take
UNDECIDED_VALUES = Words(sorted(status.value for status in UNDECIDED))
ON_DISK = "SELECT set_config('synchronous_commit', 'on', true)"  # whatever the server's default
FIELDS = """
    id, cart, caller, key, fingerprint, status, payment, payment_session, version, email, locale,
    currency, subtotal, shipping, tax, grand, coupons, discounts, cards, shipping_option, address,
    refusal, customer
"""
LINE = "sku, name, options, quantity, unit, total, tax, tax_rate, ships, parts"
WRITE = f"""
WITH disk AS ({ON_DISK}), written AS (
    INSERT INTO orders_order ({FIELDS}, claimed_until)
    SELECT {FIELDS}, now() + %s FROM disk, jsonb_populate_record(null::orders_order, %s::jsonb)
    ON CONFLICT DO NOTHING
    RETURNING id, number
), lines AS (
    INSERT INTO orders_line (order_id, position, {LINE})
    SELECT written.id, position, {LINE} FROM written, jsonb_to_recordset(%s::jsonb) AS line (
        position smallint, sku text, name text, options jsonb, quantity integer, unit bigint,
        total bigint, tax bigint, tax_rate text, ships boolean, parts text[]
    )
), noted AS (
    INSERT INTO orders_event (order_id, actor, what, why) SELECT id, %s, 'placing', '' FROM written
)
SELECT number FROM written
"""
READ = """
SELECT jsonb_build_object(
    'id', id, 'number', number, 'status', status, 'cart', cart, 'caller', caller, 'key', key,
    'fingerprint', fingerprint, 'payment_session', payment_session, 'currency', currency,
    'grand', grand, 'country', address ->> 'country', 'coupons', coupons, 'discounts', discounts,
    'cards', cards, 'refusal', refusal, 'customer', customer, 'lines', (
        SELECT jsonb_agg(jsonb_build_object(
            'sku', sku, 'name', name, 'quantity', quantity, 'parts', parts
        ) ORDER BY position)
        FROM orders_line WHERE order_id = intent.id
    )
) FROM orders_order AS intent
"""
BY_ID = f"{READ} WHERE id = %s"
BY_WISH = f"{READ} WHERE caller = %s AND key = %s OR cart = %s AND status <> 'refused'"
TAKE = """
UPDATE orders_order SET claimed_until = now() + %s
WHERE id = %s AND status = ANY(%s::text[]) AND claimed_until <= now() RETURNING id
"""
LEAVE = """
UPDATE orders_order SET claimed_until = now()
WHERE id = %s AND status = ANY(%s::text[]) RETURNING id
"""
MOVE = f"""
WITH disk AS ({ON_DISK}), moved AS (
    UPDATE orders_order
    SET status = %s, version = version + 1, refusal = coalesce(%s::jsonb, refusal),
        accepted_at = CASE WHEN %s::boolean THEN now() ELSE accepted_at END
    FROM disk WHERE id = %s AND status = %s RETURNING id
), noted AS (
    INSERT INTO orders_event (order_id, actor, what, why) SELECT id, %s, %s, %s FROM moved
)
SELECT events_publish(%s::jsonb, %s::jsonb) FROM moved
"""


class Kept(msgspec.Struct, frozen=True):
    """What a line takes from stock, and what the shopper calls it."""

    sku: str
    name: str
    quantity: int
    parts: tuple[str, ...]


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """An order as whoever decides about it has to know it; `grand` is in minor units."""

    id: UUID
    number: str
    status: Status
    cart: UUID
    caller: str
    key: str
    fingerprint: str
    payment_session: UUID
    currency: str
    grand: int
    customer: UUID | None = None  # who was signed in
    country: str | None = None
    coupons: tuple[str, ...] = ()
    discounts: list[dict[str, Any]] = []
    cards: list[dict[str, Any]] = []
    refusal: tuple[Reason, ...] = ()
    lines: tuple[Kept, ...] = ()

    @property
    def is_undecided(self) -> bool:
        """Whether nobody was told yet what becomes of it."""
        return self.status in UNDECIDED


def write(row: dict[str, Any], lines: list[dict[str, Any]], *, actor: str) -> Intent | None:
    """Write an order down, or nothing if its cart or its key has one already."""
    values = [json.encode(value).decode() for value in (row, lines)]
    found = ask(WRITE, CLAIM, *values, actor)
    return intent(row | {"number": found[0][0], "lines": lines}) if found else None


def intent(row: dict[str, Any]) -> Intent:
    """Read an order from values as JSON has them."""
    country = (row.get("address") or {}).get("country")
    return convert({"country": country} | row, Intent, strict=False)


def read(order: UUID) -> Intent:
    """Return an order."""
    ((row,),) = ask(BY_ID, order)
    return intent(row)


def earlier(*, cart: UUID, caller: str, key: str) -> list[Intent]:
    """Find the order this key was used for, and the one that this cart has become."""
    return [intent(row) for (row,) in ask(BY_WISH, caller, key, cart)]


def claim(order: UUID) -> bool:
    """Take an undecided order for oneself, unless somebody else is at it."""
    return bool(ask(TAKE, CLAIM, order, UNDECIDED_VALUES))


def leave(order: UUID) -> None:
    """Let the next one have an order that is still undecided."""
    ask(LEAVE, order, UNDECIDED_VALUES)


def move(
    intent: Intent,
    after: Status,
    *,
    actor: str,
    why: str = "",
    refusal: tuple[Reason, ...] = (),
    facts: Iterable[Event] = (),
) -> Intent | None:
    """Move an order along the table, with its story and what is announced of it.

    None if it was not (any more) in the state that the caller has seen: nothing happened then.
    """
    check_change(intent.status, after)
    told = parcel(*facts)
    moved = ask(
        MOVE,
        after.value,
        json.encode(refusal).decode() if refusal else None,
        after is Status.ACCEPTED,
        intent.id,
        intent.status.value,
        actor,
        after.value,
        why,
        told.facts,
        told.consumers,
    )
    if moved and moved[0][0]:
        bell.ring()
    return replace(intent, status=after, refusal=refusal or intent.refusal) if moved else None
