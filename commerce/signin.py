"""Signing in, with five wrong passwords in a quarter of an hour and no more."""

import math
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import ngettext
from unfold.forms import AuthenticationForm

from commerce.rest import throttles
from commerce.rest.credentials import address

WRONG = 5  # passwords for one account from one address
WINDOW = 900  # seconds in which they are forgiven


class SignInForm(AuthenticationForm):
    """Counts every try before it looks at the password; the right one wipes the slate."""

    def clean(self) -> dict[str, Any]:
        """Refuse to look at all while there were too many wrong tries."""
        name = str(self.cleaned_data.get("username", "")).casefold()
        bucket = f"signin:{address(self.request)}:{name}"
        if wait := throttles.wait(bucket, WRONG, WINDOW):
            raise ValidationError(later(math.ceil(wait / 60)), code="too-many")
        cleaned: dict[str, Any] = super().clean()
        throttles.forget(bucket)
        return cleaned


def later(minutes: int) -> str:
    """Say when it is worth another try."""
    return (
        ngettext(
            "Too many wrong passwords. Please try again in %d minute.",
            "Too many wrong passwords. Please try again in %d minutes.",
            minutes,
        )
        % minutes
    )
