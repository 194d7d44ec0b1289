"""SKUs that merchants type, looked up before the transaction in which their form is saved."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from commerce.admin.lists import Listed

from ..service import sales
from ..service.move import unknown_skus

MOST = 500  # SKUs in one form


def typed(text: str) -> list[str]:
    """Read SKUs that are divided by lines or commas, each once."""
    return list(dict.fromkeys(sku for sku in text.replace(",", "\n").split("\n") if sku.strip()))


def wrong_with(skus: list[str]) -> list[str]:
    """Say in the merchant's words which SKUs are not on any shelf."""
    if len(skus) > MOST:
        return [gettext("At most %(most)d SKUs.") % {"most": MOST}]
    said = []
    if strange := sorted(unknown_skus(skus)):
        text = gettext("Neither the shelves nor the catalogue know %(skus)s.")
        said.append(text % {"skus": ", ".join(strange)})
    for sku, parts in sales.sets(tuple(skus)).items():
        text = gettext("%(sku)s is a set. Name what it is made of: %(parts)s.")
        said.append(text % {"sku": sku, "parts": ", ".join(parts)})
    return said


class KnownForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses what was found to be wrong with its SKUs."""

    wrong: tuple[str, ...] = ()
    names_skus = "sku"

    def clean(self) -> dict[str, Any]:
        """Say all that is wrong with the SKUs."""
        told: dict[str, Any] = super().clean() or {}
        if self.wrong and self.names_skus in self.fields:
            self.add_error(self.names_skus, [ValidationError(text) for text in self.wrong])
        return told


class NamesSkus(Listed):
    """Asks the catalogue about the SKUs in a form that was sent."""

    form: type[KnownForm]

    def changeform_view(self, request: HttpRequest, *place: Any, **more: Any) -> HttpResponseBase:
        """Look the SKUs up while no transaction waits for the answer."""
        if request.method == "POST":
            skus = typed(request.POST.get(self.form.names_skus, "").replace("\r", ""))
            vars(request)["wrong_skus"] = tuple(wrong_with([sku.strip() for sku in skus]))
        answer: HttpResponseBase = super().changeform_view(request, *place, **more)
        return answer

    def get_form(self, request: HttpRequest, *which: Any, **more: Any) -> type[KnownForm]:
        """Let the form know what was found."""
        made: type[KnownForm] = super().get_form(request, *which, **more)
        made.wrong = vars(request).get("wrong_skus", ())
        return made
