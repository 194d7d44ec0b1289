"""Fills the benchmark's shop: goods, holds and carts, past the API because millions are wanted."""

import random
from ipaddress import IPv4Address
from uuid import UUID, uuid4

import msgspec
from django.core.management import call_command
from django.db import connection

from apps.cart.domain import Document, Wanted
from apps.cart.store import LIFETIME, places
from apps.customers.interface import Address
from commerce import ids
from commerce.proof import prove
from commerce.proving.load import request
from commerce.redis import client

HOT = "HOT"
UNITS = 1_000_000_000
TOTAL = {"amount": "34.90", "currency": "EUR"}  # of a full cart
BATCH = 10_000

PRODUCTS = """
INSERT INTO catalog_product
    (id, key, slug, kind, product_class, online, name, document, digest, version, updated_at)
SELECT gen_random_uuid(), sku, lower(sku), 'simple', 'Default', true, 'Good ' || sku,
    jsonb_build_object(
        'key', sku, 'kind', 'simple', 'slug', lower(sku), 'product_class', 'Default',
        'name', jsonb_build_object('en', 'Good ' || sku, 'fr', 'Article ' || sku),
        'summary', '{}'::jsonb, 'description', '{}'::jsonb, 'categories', '[]'::jsonb,
        'attributes', '{}'::jsonb, 'options', '[]'::jsonb, 'pictures', '[]'::jsonb,
        'components', '[]'::jsonb, 'related', '[]'::jsonb, 'tax_class', 'standard',
        'online', true, 'visibility', 'everywhere',
        'variants', jsonb_build_array(jsonb_build_object('sku', sku))
    ), '', 1, now()
FROM unnest(%s::text[]) AS wanted (sku)
"""
VARIANTS = """
INSERT INTO catalog_variant (sku, product_id, position, options, weight, external_id)
SELECT key, id, 0, '{}', 100, '' FROM catalog_product WHERE key = ANY(%s)
"""
PRICES = """
INSERT INTO pricing_price (sku, currency, minor) SELECT sku, 'EUR', 1000
FROM unnest(%s::text[]) AS wanted (sku)
"""
LEVELS = f"""
INSERT INTO stock_level (sku, location, on_hand) SELECT sku, 'main', {UNITS}
FROM unnest(%s::text[]) AS wanted (sku)
"""
LEDGER = f"""
INSERT INTO stock_movement (sku, location, kind, on_hand, allocated, reference)
SELECT sku, 'main', 'received', {UNITS}, 0, 'benchmark' FROM unnest(%s::text[]) AS wanted (sku)
"""
HOLDS = """
INSERT INTO stock_hold (cart, sku, location, quantity, expires_at)
SELECT gen_random_uuid(), 'B' || (n %% %s), 'main', 1, now() + interval '1 hour'
FROM generate_series(1, %s) AS n
"""
HELD = """
UPDATE stock_level AS level SET held = kept.units
FROM (SELECT sku, sum(quantity) AS units FROM stock_hold GROUP BY sku) AS kept
WHERE level.sku = kept.sku
"""


KEPT = """
WITH kept AS (
    INSERT INTO stock_hold (cart, sku, location, quantity, expires_at)
    SELECT cart, sku, 'main', 1, now() + interval '1 hour'
    FROM unnest(%s::uuid[], %s::text[]) AS wanted (cart, sku)
    RETURNING sku
)
UPDATE stock_level AS level SET held = held + units
FROM (SELECT sku, count(*) AS units FROM kept GROUP BY sku) AS added
WHERE level.sku = added.sku
"""
HOME = Address(
    name="Ann Doe", line1="1 Main Street", postal_code="10115", city="Berlin", country="DE"
)


def stock_up(skus: int, holds: int) -> None:
    """See to it that there are so many SKUs, and so many live holds spread over them."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT count(*) FROM stock_level")
        there = int(cursor.fetchone()[0])
        names = [*([] if there else [HOT]), *(f"B{n}" for n in range(max(0, there - 1), skus))]
        for first in range(0, len(names), BATCH):
            for statement in (PRODUCTS, VARIANTS, PRICES, LEVELS, LEDGER):
                cursor.execute(statement, [names[first : first + BATCH]])
        cursor.execute("TRUNCATE stock_hold")
        cursor.execute("UPDATE stock_level SET held = 0 WHERE held > 0")
        cursor.execute(HOLDS, [skus, holds])
        cursor.execute(HELD)
        cursor.execute("VACUUM ANALYZE")
    call_command("warm_carts")


def carts(count: int) -> list[tuple[str, str]]:
    """Make empty carts; gives their public names and their tokens."""
    made = [ids.new() for _ in range(count)]
    for first in range(0, count, BATCH):
        with client("carts").pipeline(transaction=False) as pipeline:
            for cart in made[first : first + BATCH]:
                pipeline.set(places(cart)[0], document(cart), ex=LIFETIME)
            pipeline.execute()
    return [(ids.public("cart", cart), prove("cart", cart)) for cart in made]


def full_carts(count: int, skus: int) -> list[tuple[str, str]]:
    """Make carts of three goods that are kept aside, sent to an address; gives names and tokens."""
    made = [ids.new() for _ in range(count)]
    wanted = {cart: [f"B{n}" for n in random.sample(range(skus), 3)] for cart in made}
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for first in range(0, count, BATCH):
            some = made[first : first + BATCH]
            cursor.execute(
                KEPT,
                [
                    [cart for cart in some for _ in wanted[cart]],
                    [sku for cart in some for sku in wanted[cart]],
                ],
            )
            with client("carts").pipeline(transaction=False) as pipeline:
                for cart in some:
                    pipeline.set(places(cart)[0], full(cart, wanted[cart]), ex=LIFETIME)
                pipeline.execute()
    return [(ids.public("cart", cart), prove("cart", cart)) for cart in made]


def full(cart: UUID, skus: list[str]) -> bytes:
    """Write a cart that can be ordered."""
    lines = tuple(Wanted(id=ids.new(), sku=sku, quantity=1, held=(sku,)) for sku in skus)
    document = Document(
        id=cart,
        version=1,
        currency="EUR",
        locale="en",
        lines=lines,
        email="ann@example.com",
        address=HOME,
        shipping="standard",
    )
    return msgspec.json.encode(document)


def document(cart: UUID) -> bytes:
    """Write an empty cart as the shop keeps it."""
    return msgspec.json.encode(Document(id=cart, version=1, currency="EUR", locale="en"))


def adding(cart: str, token: str, sku: str) -> bytes:
    """Write the request that puts one unit in a cart."""
    body = msgspec.json.encode({"sku": sku, "quantity": 1})
    return request("POST", f"/api/cart/v1/carts/{cart}/items", body, **shopper(token))


def replacing(cart: str, token: str, skus: tuple[str, ...]) -> bytes:
    """Write the request that makes a new cart contain one unit of each SKU."""
    body = msgspec.json.encode({"items": [{"sku": sku, "quantity": 1} for sku in skus]})
    path = f"/api/cart/v1/carts/{cart}/items"
    return request("PUT", path, body, If_Match='"1"', **shopper(token))


def paying(cart: str, token: str) -> bytes:
    """Write the request that authorises a payment for a cart."""
    body = msgspec.json.encode({"cart_id": cart, "method": "test"})
    return request("POST", "/api/payments/v1/sessions", body, **shopper(token))


def ordering(cart: str, token: str, session: str) -> bytes:
    """Write the request that orders a full cart."""
    wish = {
        "cart_id": cart,
        "cart_version": 1,
        "expected_total": TOTAL,
        "payment_session": session,
    }
    path = "/api/orders/v1/orders"
    return request("POST", path, msgspec.json.encode(wish), **shopper(token))


def shopper(token: str) -> dict[str, str]:
    """Write the headers of somebody at an address of their own, as a proxy passes them on."""
    return {
        "X_Cart_Token": token,
        "Idempotency_Key": str(uuid4()),
        "X_Forwarded_For": str(IPv4Address(random.randrange(0x0B000000, 0x7E000000))),
    }
