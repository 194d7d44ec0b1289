"""The forms in which merchants say what happened to the goods."""

from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from .. import service
from ..domain.moves import LONGEST, MOST, Kind, Move, NotMoved, Outcome, Verdict
from ..interface import MAIN
from ..models import Level, Location

REFUSALS: dict[Verdict, tuple[str, Promise]] = {
    Verdict.UNKNOWN_SKU: ("sku", _("Neither the shelves nor the catalogue know this SKU.")),
    Verdict.UNKNOWN_LOCATION: ("location", _("There is no such location.")),
    Verdict.BELOW_ZERO: ("quantity", _("Only %(on_hand)d units are there.")),
    Verdict.BELOW_PROMISED: (
        "quantity",
        _("%(promised)d units are promised to carts and orders. Cancel orders first."),
    ),
    Verdict.TOO_MANY: ("quantity", _("That is more than fits on a shelf. Check the figure.")),
}


def locations() -> list[tuple[str, str]]:
    """List the places where goods may lie."""
    return list(Location.objects.order_by("priority", "code").values_list("code", "name"))


class MoveForm(forms.Form):
    """A SKU, a place, a figure, and why; sent twice, it counts once by its reference."""

    kind: ClassVar[Kind]
    title: ClassVar[Promise]
    least: ClassVar[int] = 1

    sku = forms.CharField(label=_("SKU"), max_length=LONGEST, widget=UnfoldAdminTextInputWidget)
    location = forms.ChoiceField(
        label=_("Location"), choices=locations, initial=MAIN, widget=UnfoldAdminSelectWidget
    )
    quantity = forms.IntegerField(
        label=_("Units"), max_value=MOST, widget=UnfoldAdminIntegerFieldWidget
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST, widget=UnfoldAdminTextInputWidget
    )
    reference = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        quantity = self.fields["quantity"]
        quantity.min_value = self.least  # type: ignore[attr-defined]
        quantity.validators.append(forms.IntegerField(min_value=self.least).validators[0])
        quantity.widget.attrs["min"] = self.least

    def move(self) -> Move:
        """Say it as the ledger does."""
        told = self.cleaned_data
        return Move(
            kind=self.kind,
            sku=told["sku"],
            location=told["location"],
            quantity=told["quantity"],
            reference=str(told["reference"]),
            reason=told["reason"],
            to=told.get("to", ""),
        )


class CountForm(MoveForm):
    """How many units are there."""

    kind, title, least = Kind.COUNTED, _("Count"), 0


class ReceiveForm(MoveForm):
    """How many units came."""

    kind, title = Kind.RECEIVED, _("Receive")


class ReturnForm(MoveForm):
    """How many units came back."""

    kind, title = Kind.RETURNED, _("Take back")


class TransferForm(MoveForm):
    """How many units went from one place to another."""

    kind, title = Kind.MOVED, _("Transfer")

    to = forms.ChoiceField(label=_("To"), choices=locations, widget=UnfoldAdminSelectWidget)
    field_order = ("sku", "location", "to", "quantity", "reason")

    def clean(self) -> dict[str, Any]:
        """Want two places."""
        told = super().clean() or {}
        if told.get("to") and told.get("to") == told.get("location"):
            self.add_error("to", _("The units are there already."))
        return told


class CorrectForm(MoveForm):
    """By how many units the figure was wrong."""

    kind, title, least = Kind.CORRECTED, _("Correct"), -MOST

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["quantity"].label = _("Units more, or fewer with a minus")

    def clean_quantity(self) -> int:
        """Want a difference."""
        units: int = self.cleaned_data["quantity"]
        if not units:
            raise forms.ValidationError(_("0 units correct nothing."))
        return units


def ask_for(
    door: ModelAdmin, request: HttpRequest, kind: type[MoveForm], level: Level | None
) -> HttpResponse:
    """Show the form, and write down what it says."""
    first = {"sku": level.sku, "location": level.location} if level else {}
    form = kind(request.POST or None, initial=first)
    if form.is_valid() and done(form, request.user.get_username()):
        door.message_user(request, _("The shelf is up to date."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:stock_level_changelist"))
    context = door.admin_site.each_context(request) | {"title": kind.title, "form": form}
    return TemplateResponse(request, "stock/adjust.html", context)


def done(form: MoveForm, actor: str) -> bool:
    """Make the move, or tell the merchant in the form why that cannot be."""
    try:
        service.move([form.move()], actor=actor)
    except NotMoved as refusal:
        field, text = refused(refusal.outcomes[0])
        form.add_error(field, text)
    return form.is_valid()


def refused(outcome: Outcome) -> tuple[str, str]:
    """Say why a move cannot be, and at which field."""
    field, text = REFUSALS[outcome.verdict]
    return field, str(text) % {"on_hand": outcome.on_hand, "promised": outcome.promised}
