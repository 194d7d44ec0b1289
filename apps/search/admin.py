"""What merchants keep for searching."""

from typing import ClassVar

from django.contrib import admin
from unfold.admin import ModelAdmin

from .models import Synonyms


@admin.register(Synonyms)
class SynonymsAdmin(ModelAdmin[Synonyms]):
    """Words that mean the same; a change counts within seconds, and nothing is indexed anew."""

    list_display: ClassVar = ["words", "language"]
    list_filter: ClassVar = ["language"]
    search_fields: ClassVar = ["words"]
    show_full_result_count = False
