"""The form of a product: made from its document, and made into one again."""

from dataclasses import replace
from typing import Any, ClassVar

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from apps.catalog.interface import Kind, Picture, ProductDraft, Variant, Visibility
from apps.catalog.models import Product
from apps.catalog.service import CatalogService

from . import texts
from .rows import Column, Row, RowsField


def line(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Make a field of one line."""
    widget = UnfoldAdminTextInputWidget()
    return forms.CharField(label=label, required=required, help_text=help_text, widget=widget)


def area(label: Any, *, help_text: Any = "", rows: int = 4) -> forms.CharField:
    """Make a field of several lines."""
    widget = UnfoldAdminTextareaWidget({"rows": rows})
    return forms.CharField(label=label, required=False, help_text=help_text, widget=widget)


def listed(label: Any, choices: Any) -> forms.ChoiceField:
    """Make a field with a few choices."""
    return forms.ChoiceField(label=label, choices=choices, widget=UnfoldAdminSelectWidget())


class DocumentForm(forms.ModelForm):  # type: ignore[type-arg]
    """Everything a merchant can say about a product; texts by language are added below."""

    visibility = listed(_("Visibility"), [(each.value, each.value) for each in Visibility])
    tax_class = line(_("Tax class"))
    categories = area(
        _("Categories"), help_text=_("One path a line, such as Kitchen/Mugs."), rows=3
    )
    attributes = area(
        _("Properties"), help_text=_("One a line, such as material: Wool | Cotton."), rows=6
    )
    options = line(
        _("Options"),
        required=False,
        help_text=_("What shoppers choose by, such as color, size. Only configurable products."),
    )
    variants = RowsField(
        Column("sku", _("SKU")),
        Column("choice", _("Choice")),
        Column("weight", _("Weight (g)")),
        Column("external_id", _("External id")),
        label=_("Variants"),
        help_text=_("A choice is written color=Blue, size=M. Other products have one SKU."),
    )
    components = area(_("Components"), help_text=_("Of bundles and groups, one a line: 2 x POT."))
    pictures = RowsField(
        Column("asset", _("Picture")),
        Column("choice", _("Shows")),
        *(Column(f"alt_{locale}", f"Alt ({locale})") for locale in texts.LANGUAGES),
        label=_("Pictures"),
        preview="picture",
        help_text=_("A picture is named by its key, which the list of stored pictures shows."),
    )
    related = area(_("Related products"), help_text=_("One key a line."), rows=3)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    draft: ProductDraft

    class Meta:
        model = Product
        fields: ClassVar = ["key", "slug", "kind", "product_class", "online"]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not self.instance._state.adding:
            self.initial.update(initial(stored(self.instance)), seen=self.instance.version)

    def clean(self) -> dict[str, Any]:
        """Make a draft of the fields and have the catalogue judge it."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned["seen"] not in (None, self.instance.version):
            raise ValidationError(_("Somebody else changed this product. Load it again."))
        self.draft = drafted(
            cleaned, None if self.instance._state.adding else stored(self.instance)
        )
        (outcome,) = CatalogService().check(drafts=(self.draft,))
        if outcome.problems:
            raise ValidationError(list(outcome.problems))
        return cleaned


def stored(product: Product) -> ProductDraft:
    """Return the document of a product."""
    return msgspec.convert(product.document, ProductDraft)


def initial(draft: ProductDraft) -> dict[str, Any]:
    """Spread a draft over the fields of the form."""
    return {
        **texts.in_languages("name", draft.name),
        **texts.in_languages("summary", draft.summary),
        **texts.in_languages("description", draft.description),
        "visibility": draft.visibility.value,
        "tax_class": draft.tax_class,
        "categories": "\n".join(draft.categories),
        "attributes": texts.attributes(draft.attributes),
        "options": ", ".join(draft.options),
        "variants": [
            {
                "sku": variant.sku,
                "choice": texts.choice(variant.options),
                "weight": str(variant.weight),
                "external_id": variant.external_id,
            }
            for variant in draft.variants
        ],
        "components": texts.components(draft.components),
        "pictures": [
            {
                "asset": p.asset,
                "choice": texts.choice(p.options),
                **texts.in_languages("alt", p.alt),
            }
            for p in draft.pictures
        ],
        "related": "\n".join(draft.related),
    }


def drafted(fields: dict[str, Any], before: ProductDraft | None) -> ProductDraft:
    """Gather a draft from the fields, laid over what the form does not show."""
    kind = Kind(fields["kind"])
    key = before.key if before else fields["key"]
    start = before or ProductDraft(key=key, kind=kind, name={}, slug=fields["slug"])
    return replace(
        start,
        kind=kind,
        slug=fields["slug"],
        product_class=fields["product_class"],
        online=fields["online"],
        name=texts.by_language("name", fields),
        summary=texts.by_language("summary", fields),
        description=texts.by_language("description", fields),
        visibility=Visibility(fields["visibility"]),
        tax_class=fields["tax_class"],
        categories=texts.lines(fields["categories"]),
        attributes=texts.read_attributes(fields["attributes"]),
        options=tuple(code.strip() for code in fields["options"].split(",") if code.strip()),
        variants=tuple(map(variant, fields["variants"])),
        components=texts.read_components(fields["components"]),
        pictures=tuple(map(picture, fields["pictures"])),
        related=texts.lines(fields["related"]),
    )


def variant(row: Row) -> Variant:
    """Read a variant from its row."""
    weight = row["weight"] or "0"
    if not (weight.isascii() and weight.isdigit()):
        raise ValidationError(f"The weight of {row['sku']} is no whole number of grams.")
    choice = texts.read_choice(row["choice"])
    return Variant(row["sku"], choice, int(weight[:12]), row["external_id"])


def picture(row: Row) -> Picture:
    """Read a picture from its row."""
    return Picture(row["asset"], texts.by_language("alt", row), texts.read_choice(row["choice"]))


def spoken() -> dict[str, forms.Field]:
    """Make the fields of the texts, one for each language."""
    made: dict[str, forms.Field] = {}
    for locale in texts.LANGUAGES:
        first = locale == texts.LANGUAGES[0]
        made[f"name_{locale}"] = line(f"{_('Name')} ({locale})", required=first)
        made[f"summary_{locale}"] = area(f"{_('Summary')} ({locale})", rows=2)
        made[f"description_{locale}"] = area(f"{_('Description')} ({locale})", rows=8)
    return made


ProductForm: type[DocumentForm] = type("ProductForm", (DocumentForm,), spoken())
