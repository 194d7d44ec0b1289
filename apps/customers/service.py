"""Who buys, and whether a parcel and a mail would reach them."""

from uuid import UUID

from babel import Locale
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from commerce import ids
from commerce.services import light

from . import domain
from .domain import Fault
from .interface import Address, Country, Customers, FieldProblem

LONGEST_EMAIL = 254  # characters, RFC 3696 erratum 1690
RECOGNISE = """
INSERT INTO customers_customer AS known (id, email, name, locale, guest)
VALUES (%s, %s, %s, %s, true)
ON CONFLICT (lower(email)) DO UPDATE
SET name = CASE known.name WHEN '' THEN excluded.name ELSE known.name END
RETURNING id
"""


class CustomersService(Customers):
    """Keeps customers in PostgreSQL; what addresses look like comes with a library."""

    def countries(self, *, locale: str) -> tuple[Country, ...]:
        names = Locale.parse(spoken(locale).replace("-", "_")).territories
        known = (
            Country(code, names[code], domain.required(code))
            for code in settings.DELIVERY_COUNTRIES
        )
        return tuple(sorted(known, key=lambda country: domain.alphabetical(country.name)))

    @light
    def check_address(self, *, address: Address, locale: str) -> tuple[FieldProblem, ...]:
        faults = domain.faults(address, delivered=settings.DELIVERY_COUNTRIES)
        with translation.override(spoken(locale)):
            return tuple(FieldProblem(each.field, each.code, words(each)) for each in faults)

    @light
    def check_email(self, *, email: str, locale: str) -> tuple[FieldProblem, ...]:
        fault = email_fault(email)
        with translation.override(spoken(locale)):
            return (FieldProblem("email", fault.code, words(fault)),) if fault else ()

    def recognise(self, *, email: str, name: str, locale: str) -> UUID:
        called = name.strip()[: domain.LONGEST["name"]]
        with connection.cursor() as cursor:
            cursor.execute(RECOGNISE, [ids.new(), email.strip(), called, spoken(locale)])
            customer: UUID = cursor.fetchone()[0]
        return customer


def spoken(locale: str) -> str:
    """Return a language the shop speaks."""
    return locale if locale in dict(settings.LANGUAGES) else str(settings.LANGUAGE_CODE)


def email_fault(email: str) -> Fault | None:
    """Find what is wrong with the form of an e-mail address."""
    address = email.strip()
    if not address:
        return Fault("email", "required")
    if len(address) > LONGEST_EMAIL:
        return Fault("email", "too-long", str(LONGEST_EMAIL))
    try:
        validate_email(address)
    except ValidationError:
        return Fault("email", "invalid")
    return None


def words(fault: Fault) -> str:
    """Say in the active language what to do about a fault."""
    match fault:
        case Fault(code="too-long"):
            return _("Use at most %(limit)s characters.") % {"limit": fault.hint}
        case Fault(field="postal_code", code="invalid", hint=example) if example:
            return _("Enter a postal code as this country writes it: %(example)s.") % {
                "example": example
            }
    return _(SENTENCES.get((fault.field, fault.code), UNPRINTABLE))


UNPRINTABLE = gettext_noop("Some of these characters cannot be printed on a label.")
SENTENCES = {
    ("name", "required"): gettext_noop("Enter the name of the person who receives the parcel."),
    ("line1", "required"): gettext_noop("Enter the street and the number."),
    ("city", "required"): gettext_noop("Enter the city."),
    ("region", "required"): gettext_noop("Enter the state, province or county."),
    ("region", "invalid"): gettext_noop("There is no such state or province in this country."),
    ("postal_code", "required"): gettext_noop("Enter the postal code."),
    ("country", "required"): gettext_noop("Choose the country."),
    ("country", "not-delivered"): gettext_noop("We do not deliver to this country."),
    ("phone", "invalid"): gettext_noop("Enter a phone number such as +33 1 23 45 67 89."),
    ("email", "required"): gettext_noop("Enter your e-mail address."),
    ("email", "invalid"): gettext_noop("Enter an e-mail address such as name@example.com."),
}
