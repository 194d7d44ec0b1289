"""VAT numbers of the European Union, by format, and who owes the tax.

Formats as published for VIES (https://ec.europa.eu/taxation_customs/vies/#/faq, question 11);
reverse charge by Directive 2006/112/EC, Articles 138 and 196.
"""

import re

FORMATS = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "ES": r"[A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z]",
    "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}",
    "GR": r"\d{9}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-Z]",
    "IT": r"\d{11}",
    "LT": r"\d{9}|\d{12}",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"[A-Z0-9+*]{10}\d{2}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
}
PREFIXES = {country: country for country in FORMATS} | {"EL": "GR"}
SPACING = re.compile(r"[\s.-]")


def country_of(number: str) -> str | None:
    """Return the country whose VAT number this may be by its format; None if it is none."""
    plain = SPACING.sub("", number).upper()
    country = PREFIXES.get(plain[:2]) if plain[:2] != "GR" else None
    return country if country and re.fullmatch(FORMATS[country], plain[2:]) else None


def reversed_(number: str, *, home: str, destination: str) -> bool:
    """Tell whether the buyer owes the tax: a business of one member state buys from another."""
    buyer = country_of(number)
    states = FORMATS.keys()
    return buyer is not None and home in states and destination in states and home != destination
