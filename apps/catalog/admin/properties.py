"""The pages on which merchants find words for properties and their values."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.catalog.domain import word_problems
from apps.catalog.interface import Attribute as Described
from apps.catalog.interface import Type
from apps.catalog.models import Attribute
from apps.catalog.service import CatalogService
from commerce.admin.lists import Listed

from . import texts
from .rows import Column, RowsField
from .sorts import line, listed


class WordsForm(forms.ModelForm):  # type: ignore[type-arg]
    """An attribute with its words; the labels in each language are added below."""

    described: Described
    type = listed(_("Type"), [(each.value, each.value) for each in Type])
    values = RowsField(
        Column("value", _("Value")),
        *(Column(f"label_{locale}", locale) for locale in texts.LANGUAGES),
        label=_("Values"),
        help_text=_("Their order here is their order in the shop."),
    )

    class Meta:
        model = Attribute
        fields: ClassVar = ["code", "type", "unit", "facet", "searchable"]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.instance.pk:
            self.initial.update(texts.in_languages("label", self.instance.label))
            self.initial["values"] = [
                {"value": value, **texts.in_languages("label", labels)}
                for value, labels in self.instance.values
            ]

    def clean(self) -> dict[str, Any]:
        """Gather the words and have the rules judge them."""
        cleaned = super().clean() or self.cleaned_data
        self.described = Described(
            code=str(cleaned.get("code") or self.instance.code),
            label=texts.by_language("label", cleaned),
            values={row["value"]: texts.by_language("label", row) for row in cleaned["values"]},
            facet=bool(cleaned.get("facet")),
            type=Type(cleaned.get("type") or Type.TEXT),
            unit=cleaned.get("unit") or "",
            searchable=bool(cleaned.get("searchable")),
        )
        if problems := word_problems((), (self.described,), languages=texts.LANGUAGES):
            raise ValidationError(list(problems))
        return cleaned


def spoken() -> dict[str, forms.Field]:
    """Make the fields of the label, one for each language."""
    first = texts.LANGUAGES[0]
    return {
        f"label_{one}": line(f"{_('Label')} ({one})", required=one == first)
        for one in texts.LANGUAGES
    }


AttributeForm: type[WordsForm] = type("AttributeForm", (WordsForm,), spoken())


@admin.register(Attribute)
class AttributeAdmin(Listed):
    """Properties in the order in which shoppers see them."""

    form = AttributeForm
    list_display = ("code", "words", "type", "unit", "facet", "searchable")
    ordering = ("id",)
    search_fields = ("code",)

    @admin.display(description=_("Label"))
    def words(self, attribute: Attribute) -> str:
        """Show the label in the shop's language."""
        return str(attribute.label[texts.LANGUAGES[0]])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Products refer to the code."""
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: WordsForm, change: bool) -> None:
        """Save through the service."""
        CatalogService().describe(attributes=(form.described,))
        obj.pk = Attribute.objects.only("pk").get(code=form.described.code).pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Products may still have it."""
        return False
