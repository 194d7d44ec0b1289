"""Whether a parcel and a mail would reach people, and what is wrong with an address."""

from babel import Locale
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from .. import domain
from ..domain import Fault
from ..interface import Address, Country, FieldProblem

LONGEST_EMAIL = 254  # characters, RFC 3696 erratum 1690


def countries(locale: str) -> tuple[Country, ...]:
    """List the countries the shop delivers to, by name in the reader's language."""
    names = Locale.parse(spoken(locale).replace("-", "_")).territories
    known = (
        Country(code, names[code], domain.required(code)) for code in settings.DELIVERY_COUNTRIES
    )
    return tuple(sorted(known, key=lambda country: domain.alphabetical(country.name)))


def check_address(address: Address, locale: str) -> tuple[FieldProblem, ...]:
    """Return everything that is wrong with an address, in the reader's language."""
    faults = domain.faults(address, delivered=settings.DELIVERY_COUNTRIES)
    with translation.override(spoken(locale)):
        return tuple(FieldProblem(each.field, each.code, words(each)) for each in faults)


def check_email(email: str, locale: str) -> tuple[FieldProblem, ...]:
    """Return what is wrong with an e-mail address, in the reader's language."""
    fault = email_fault(email)
    with translation.override(spoken(locale)):
        return (FieldProblem("email", fault.code, words(fault)),) if fault else ()


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
