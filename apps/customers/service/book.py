"""A customer's own page in the book: name, language, addresses."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from .. import domain
from ..interface import Address, UnknownCustomer
from ..models import Customer, Place

MOST = 50  # addresses of one customer


class Stale(Exception):
    """It has changed since the caller saw it."""

    def __init__(self, version: int) -> None:
        super().__init__(f"it is at version {version}")
        self.version = version


class UnknownPlace(Exception):
    """The customer has no such address."""


class TooMany(Exception):
    """Nobody needs more addresses."""


def profile(customer: UUID) -> Customer:
    """Return somebody with an account; raises UnknownCustomer."""
    found = Customer.objects.filter(pk=customer, guest=False).first()
    if found is None:
        raise UnknownCustomer
    return found


def change_profile(customer: UUID, fields: dict[str, str], *, expected: int | None = None) -> None:
    """Change name or language; raises UnknownCustomer, Stale."""
    if "name" in fields:
        fields = fields | {"name": domain.called(fields["name"])}
    mine = Customer.objects.filter(pk=customer, guest=False)
    same = mine if expected is None else mine.filter(version=expected)
    if not same.update(**fields, version=F("version") + 1):
        raise Stale(profile(customer).version)


def places(customer: UUID) -> list[Place]:
    """List a customer's addresses, the preferred one first."""
    return list(Place.objects.filter(customer_id=customer))


def place(customer: UUID, name: UUID) -> Place:
    """Return one of a customer's addresses; raises UnknownPlace, also for somebody else's."""
    found = Place.objects.filter(customer_id=customer, pk=name).first()
    if found is None:
        raise UnknownPlace
    return found


def add_place(customer: UUID, address: Address, *, preferred: bool = False) -> Place:
    """Write an address down; the first one is preferred. Raises UnknownCustomer, TooMany."""
    with transaction.atomic():
        kept = lock(customer)
        if kept >= MOST:
            raise TooMany
        if preferred:
            prefer_none(customer)
        first = preferred or kept == 0
        return Place.objects.create(customer_id=customer, preferred=first, **vars(address))


def change_place(
    customer: UUID,
    name: UUID,
    address: Address,
    *,
    preferred: bool = False,
    expected: int | None = None,
) -> Place:
    """Write an address anew; raises UnknownPlace, Stale. The preferred one stays so."""
    with transaction.atomic():
        lock(customer)
        found = place(customer, name)
        if expected is not None and found.version != expected:
            raise Stale(found.version)
        if preferred and not found.preferred:
            prefer_none(customer)
        fields = vars(address) | {"preferred": preferred or found.preferred}
        Place.objects.filter(pk=name).update(**fields, version=F("version") + 1)
        return place(customer, name)


def remove_place(customer: UUID, name: UUID, *, expected: int | None = None) -> None:
    """Strike an address out; another one becomes the preferred one if this was it."""
    with transaction.atomic():
        lock(customer)
        found = place(customer, name)
        if expected is not None and found.version != expected:
            raise Stale(found.version)
        found.delete()
        if found.preferred and (other := Place.objects.filter(customer_id=customer).first()):
            Place.objects.filter(pk=other.pk).update(preferred=True)


def lock(customer: UUID) -> int:
    """Let one at a time change a customer's addresses; returns how many there are."""
    if not Customer.objects.select_for_update().filter(pk=customer, guest=False).exists():
        raise UnknownCustomer
    return Place.objects.filter(customer_id=customer).count()


def prefer_none(customer: UUID) -> None:
    """Make room for another preferred address."""
    Place.objects.filter(customer_id=customer, preferred=True).update(preferred=False)
