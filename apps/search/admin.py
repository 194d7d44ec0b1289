"""What merchants keep for searching."""

from typing import ClassVar

from django.contrib import admin

from commerce.admin.lists import Listed

from .models import Synonyms


@admin.register(Synonyms)
class SynonymsAdmin(Listed):
    """Words that mean the same; a change counts within seconds, and nothing is indexed anew."""

    list_display: ClassVar = ["words", "language"]
    list_filter: ClassVar = ["language"]
    search_fields: ClassVar = ["words"]
