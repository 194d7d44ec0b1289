"""How codes are written."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

COUNTRY = RegexValidator(r"^[A-Z]{2}\Z", "Use a country code of two capital letters, as in FR.")
CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", "Use a currency code of three capital letters: EUR.")
COUPON = RegexValidator(r"^[A-Za-z0-9_-]+\Z", _("Use letters, digits and hyphens."))
CODE = RegexValidator(r"^[a-z][a-z0-9-]*\Z", "Use small letters, digits and hyphens.")
