"""What the customers context offers the others."""

from dataclasses import dataclass
from uuid import UUID

from commerce.services import Service, ServiceError, connect, operation


@dataclass(frozen=True)
class Address:
    """Where a parcel or an invoice goes; `country` is ISO 3166-1 alpha-2."""

    name: str
    line1: str
    city: str
    country: str
    postal_code: str = ""
    line2: str = ""
    region: str = ""
    phone: str = ""


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field, as a code for programs and a sentence for people."""

    field: str
    code: str
    text: str


@dataclass(frozen=True)
class Country:
    """A country the shop delivers to, with the address fields it needs."""

    code: str
    name: str
    required: tuple[str, ...]


@dataclass(frozen=True)
class Shopper:
    """Somebody who has signed in; `groups` are the codes that price lists and promotions name."""

    id: UUID
    email: str
    name: str
    locale: str
    groups: tuple[str, ...] = ()
    cart: UUID | None = None  # the one live cart
    address: Address | None = None  # where parcels usually go


class UnknownCustomer(ServiceError):
    """There is no such customer, or nobody is signed in."""


class Customers(Service):
    """Knows the people who buy, and what a deliverable address is."""

    name = "customers"
    errors = (UnknownCustomer,)

    @operation
    def countries(self, *, locale: str) -> tuple[Country, ...]:
        """List the countries the shop delivers to, by name in the reader's language."""

    @operation
    def check_address(self, *, address: Address, locale: str) -> tuple[FieldProblem, ...]:
        """Return everything that is wrong with an address, in the reader's language."""

    @operation
    def check_email(self, *, email: str, locale: str) -> tuple[FieldProblem, ...]:
        """Return what is wrong with an e-mail address, in the reader's language."""

    @operation
    def recognise(self, *, email: str, name: str, locale: str) -> UUID:
        """Return the customer with this e-mail address, remembering a new one as a guest."""

    @operation
    def signed_in(self, *, session: UUID) -> Shopper:
        """Return who has signed in; the caller has shown that the session is his."""

    @operation
    def shopper(self, *, customer: UUID) -> Shopper:
        """Return a customer who is known to be signed in."""

    @operation
    def keep_cart(self, *, customer: UUID, cart: UUID, former: UUID | None) -> UUID:
        """Make a cart the live one in the place of a former one; returns the one that is now."""


customers = connect(Customers)


def signed_in(session: UUID | None) -> Shopper | None:
    """Return who has signed in, if there is a session and it is still good."""
    try:
        return customers.signed_in(session=session) if session else None
    except UnknownCustomer:
        return None
