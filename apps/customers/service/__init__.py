"""Who buys, who has signed in, and whether a parcel and a mail would reach them."""

from uuid import UUID

from commerce.services import light

from ..interface import Address, Country, Customers, FieldProblem, Shopper
from . import addresses, people


class CustomersService(Customers):
    """Keeps customers in PostgreSQL; what addresses look like comes with a library."""

    def countries(self, *, locale: str) -> tuple[Country, ...]:
        return addresses.countries(locale)

    @light
    def check_address(self, *, address: Address, locale: str) -> tuple[FieldProblem, ...]:
        return addresses.check_address(address, locale)

    @light
    def check_email(self, *, email: str, locale: str) -> tuple[FieldProblem, ...]:
        return addresses.check_email(email, locale)

    def recognise(self, *, email: str, name: str, locale: str) -> UUID:
        return people.recognise(email, name, locale)

    @light
    def signed_in(self, *, session: UUID) -> Shopper:
        return people.signed_in(session)

    @light
    def shopper(self, *, customer: UUID) -> Shopper:
        return people.shopper(customer)

    @light
    def keep_cart(self, *, customer: UUID, cart: UUID, former: UUID | None) -> UUID:
        return people.keep_cart(customer, cart, former)
