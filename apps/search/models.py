"""What merchants say about searching."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .domain import words_of

LANGUAGES = [("en", _("English")), ("fr", _("French"))]


class Synonyms(models.Model):
    """Words that shoppers use for the same thing; who asks for one finds all."""

    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    words = models.CharField(
        _("words"),
        max_length=500,
        help_text=_("Separated by commas: sofa, couch, settee. A word may be several: bed linen."),
    )

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["language", "words"], name="search_synonyms_once")
        ]

    def __str__(self) -> str:
        return str(self.words)

    def clean(self) -> None:
        """Refuse what would never do anything."""
        if len(self.terms()) < 2:
            raise ValidationError({"words": gettext("Name at least two different words.")})

    def terms(self) -> tuple[tuple[str, ...], ...]:
        """Return the words as they are compared; each may consist of several."""
        found = dict.fromkeys(words_of(term) for term in self.words.split(","))
        return tuple(term for term in found if term)
