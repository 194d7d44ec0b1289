"""The pages on which merchants say what products of one sort have to say of themselves."""

from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

import msgspec
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.catalog.domain import class_problems
from apps.catalog.interface import ProductClass as Described
from apps.catalog.interface import Trait
from apps.catalog.models import Attribute, ProductClass
from apps.catalog.service import CatalogService
from apps.catalog.service.narrow import misfits
from commerce.admin.lists import Listed

from . import texts
from .properties import spoken
from .rows import Column, Row, RowsField

TICKED = "x"
NAMED = 20  # products in a sentence


class WordsForm(forms.ModelForm):  # type: ignore[type-arg]
    """A class with its traits; the labels in each language are added below."""

    described: Described
    traits = RowsField(
        Column("attribute", _("Property")),
        Column("required", _("Required")),
        Column("variant", _("Chosen by")),
        Column("least", _("At least")),
        Column("most", _("At most")),
        label=_("Properties"),
        help_text=_("Codes in the order of the form; an x says yes. Limits are for numbers."),
    )

    class Meta:
        model = ProductClass
        fields: ClassVar = ["code", "open"]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.instance.pk:
            self.initial.update(texts.in_languages("label", self.instance.label))
            traits = msgspec.convert(self.instance.traits, tuple[Trait, ...])
            self.initial["traits"] = [row(trait) for trait in traits]

    def clean(self) -> dict[str, Any]:
        """Gather the class and have the rules judge it."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        self.described = Described(
            code=str(cleaned.get("code") or self.instance.code),
            label=texts.by_language("label", cleaned),
            traits=tuple(map(trait, cleaned["traits"])),
            open=bool(cleaned.get("open")),
        )
        known = set(Attribute.objects.values_list("code", flat=True))
        if problems := class_problems((self.described,), known, languages=texts.LANGUAGES):
            raise ValidationError(list(problems))
        return cleaned


def row(trait: Trait) -> Row:
    """Write a trait as a row."""
    return {
        "attribute": trait.attribute,
        "required": TICKED if trait.required else "",
        "variant": TICKED if trait.variant else "",
        "least": "" if trait.least is None else f"{trait.least:f}",
        "most": "" if trait.most is None else f"{trait.most:f}",
    }


def trait(row: Row) -> Trait:
    """Read a trait from its row."""
    return Trait(
        attribute=row["attribute"],
        required=bool(row["required"]),
        variant=bool(row["variant"]),
        least=limit(row["least"]),
        most=limit(row["most"]),
    )


def limit(text: str) -> Decimal | None:
    """Read a limit."""
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        number = Decimal("NaN")
    if number is not None and not number.is_finite():
        raise ValidationError(gettext("A limit is no number."))
    return number


ClassForm: type[WordsForm] = type("ClassForm", (WordsForm,), spoken())


@admin.register(ProductClass)
class ProductClassAdmin(Listed):
    """Classes by code; saving one names products that stand and do not fit it."""

    form = ClassForm
    list_display = ("code", "words", "open", "version")
    ordering = ("code",)
    search_fields = ("code",)

    @admin.display(description=_("Label"))
    def words(self, each: ProductClass) -> str:
        """Show the label in the shop's language."""
        return str(each.label.get(texts.LANGUAGES[0], each.code))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Products refer to the code."""
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: WordsForm, change: bool) -> None:
        """Save through the service, and tell which products do not fit any more."""
        CatalogService().describe(classes=(form.described,))
        obj.pk = ProductClass.objects.only("pk").get(code=form.described.code).pk
        found, more = misfits(form.described, None)
        if found:
            named = ", ".join(key for key, _ in found[:NAMED])
            keys = named + (", ..." if more or len(found) > NAMED else "")
            text = gettext("These products do not fit the class as it is now: %(keys)s")
            self.message_user(request, text % {"keys": keys}, messages.WARNING)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Products may still be of it."""
        return False
