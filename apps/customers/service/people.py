"""The people themselves: known by their e-mail address, and by having signed in."""

from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Lower

from commerce import ids
from commerce.postgres import Row, ask

from .. import domain
from ..interface import Address, Shopper, UnknownCustomer
from ..models import Customer
from .addresses import email_fault, spoken

RECOGNISE = """
INSERT INTO customers_customer AS known (id, email, name, locale, guest)
VALUES (%s, %s, %s, %s, true)
ON CONFLICT (lower(email)) DO UPDATE
SET name = CASE known.name WHEN '' THEN excluded.name ELSE known.name END
RETURNING id
"""
SHOPPER = """
SELECT c.id, c.email, c.name, c.locale, c.cart,
    ARRAY(
        SELECT g.code FROM customers_customer_groups AS of
        JOIN customers_group AS g ON g.id = of.group_id
        WHERE of.customer_id = c.id ORDER BY g.code
    ),
    p.name, p.line1, p.city, p.country, p.postal_code, p.line2, p.region, p.phone
FROM customers_customer AS c
LEFT JOIN customers_place AS p ON p.customer_id = c.id AND p.preferred
WHERE c.id = {whom} AND NOT c.guest
"""
KNOWN = SHOPPER.format(whom="%s")
SIGNED_IN = SHOPPER.format(
    whom="(SELECT customer_id FROM customers_session WHERE id = %s AND expires_at > now())"
)
KEEP_CART = """
UPDATE customers_customer SET cart = %s
WHERE id = %s AND cart IS NOT DISTINCT FROM %s RETURNING cart
"""
CART = "SELECT cart FROM customers_customer WHERE id = %s"


def recognise(email: str, name: str, locale: str) -> UUID:
    """Return the customer with an address, remembering a new one as a guest."""
    row = one(RECOGNISE, ids.new(), email.strip(), domain.called(name), spoken(locale))
    assert row is not None
    customer: UUID = row[0]
    return customer


def signed_in(session: UUID) -> Shopper:
    """Return whose session it is, in one query; raises UnknownCustomer when it is over."""
    return shown(one(SIGNED_IN, session))


def shopper(customer: UUID) -> Shopper:
    """Return somebody with an account; raises UnknownCustomer for anybody else."""
    return shown(one(KNOWN, customer))


def keep_cart(customer: UUID, cart: UUID, former: UUID | None) -> UUID:
    """Make a cart the live one if the former one still is; returns whichever is now."""
    row = one(KEEP_CART, cart, customer, former) or one(CART, customer)
    if row is None:
        raise UnknownCustomer
    live: UUID = row[0]
    return live


def by_email(email: str) -> Customer | None:
    """Find whom an address belongs to, whatever its capitals; what is no address finds nobody."""
    if email_fault(email):
        return None
    people = Customer.objects.alias(lower_email=Lower("email"))
    return people.filter(lower_email=Lower(Value(email.strip()))).first()


def shown(row: Row | None) -> Shopper:
    """Turn a row into a value."""
    if row is None:
        raise UnknownCustomer
    customer, email, name, locale, cart, groups, *address = row
    place = Address(*address) if address[0] is not None else None
    return Shopper(customer, email, name, locale, tuple(groups), cart, place)


def one(statement: str, *values: str | UUID | None) -> Row | None:
    """Ask for one row, in code that shares its thread as well."""
    rows = ask(statement, *values)
    return rows[0] if rows else None
