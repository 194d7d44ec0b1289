"""The form of a product: made from its document, and made into one again."""

from dataclasses import replace
from typing import Any, ClassVar

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.catalog.interface import Kind, Picture, ProductDraft, Variant, Visibility
from apps.catalog.models import Product
from apps.catalog.service.edit import try_out

from . import texts
from .rows import Column, Row, RowsField
from .sorts import Sort, area, line, listed


class DocumentForm(forms.ModelForm):  # type: ignore[type-arg]
    """Everything a merchant can say about a product; texts by language are added below."""

    visibility = listed(_("Visibility"), [(each.value, each.value) for each in Visibility])
    tax_class = line(_("Tax class"))
    categories = area(
        _("Categories"), help_text=_("One path a line, such as Kitchen/Mugs."), rows=3
    )
    product_class = listed(_("Product class"), [])
    attributes = area(
        _("Other properties"),
        help_text=_("One a line, such as material: Wool | Cotton. Its class has fields above."),
        rows=4,
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
    related = area(_("Similar products"), help_text=_("One key a line."), rows=3)
    accessories = area(_("Accessories"), help_text=_("One key a line."), rows=3)
    replacement = line(_("Successor"), required=False, help_text=_("Its key."))
    give_back = forms.MultipleChoiceField(
        label=_("Changed by hand"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Imports leave these fields. Tick one to have what the last import said."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    draft: ProductDraft
    sort: Sort

    class Meta:
        model = Product
        fields: ClassVar = ["key", "slug", "kind", "online", "online_from", "online_until"]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["product_class"].choices = self.sort.choices()  # type: ignore[attr-defined]
        self.initial["product_class"] = self.sort.code
        if not self.instance._state.adding:
            mine = [(name, name) for name in sorted(self.instance.owned)]
            self.fields["give_back"].choices = mine  # type: ignore[attr-defined]
            draft = stored(self.instance)
            self.initial.update(initial(draft), seen=self.instance.version)
            self.initial.update(self.sort.initial(draft.attributes))

    def clean(self) -> dict[str, Any]:
        """Make a draft of the fields and have the catalogue judge it."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned["seen"] not in (None, self.instance.version):
            raise ValidationError(_("Somebody else changed this product. Load it again."))
        made = drafted(cleaned, None if self.instance._state.adding else stored(self.instance))
        self.draft = replace(made, attributes=self.sort.read(cleaned) | made.attributes)
        if problems := try_out(self.draft).problems:
            raise ValidationError(list(problems))
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
        **texts.in_languages("slug", draft.slugs),
        "accessories": "\n".join(draft.accessories),
        "replacement": draft.replacement,
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
        slugs=texts.by_language("slug", fields),
        product_class=fields["product_class"],
        online=fields["online"],
        online_from=fields["online_from"],
        online_until=fields["online_until"],
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
        accessories=texts.lines(fields["accessories"]),
        replacement=fields["replacement"],
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
        if not first:
            made[f"slug_{locale}"] = line(f"{_('Slug')} ({locale})", required=False)
        made[f"summary_{locale}"] = area(f"{_('Summary')} ({locale})", rows=2)
        made[f"description_{locale}"] = area(f"{_('Description')} ({locale})", rows=8)
    return made


ProductForm: type[DocumentForm] = type("ProductForm", (DocumentForm,), spoken())
