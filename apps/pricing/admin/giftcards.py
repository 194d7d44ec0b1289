"""Gift cards and store credit, as merchants issue and stop them; what was spent is looked at."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from commerce.admin.lists import Listed
from commerce.money import Money

from ..models import GiftCard, GiftCardUse
from ..service import giftcards
from .prices import AmountField, AmountsForm, amount


class IssueForm(AmountsForm):
    """A card to be issued."""

    amounts: ClassVar = {"amount": "issued_minor"}
    amount = AmountField()

    class Meta:
        model = GiftCard
        fields = ("currency", "until", "customer", "note")

    def clean(self) -> dict[str, Any]:
        """Refuse to issue nothing."""
        cleaned = super().clean()
        if "amount" in cleaned and not self.instance.issued_minor:
            self.add_error("amount", _("A card needs an amount."))
        return cleaned


class StopForm(forms.ModelForm):  # type: ignore[type-arg]
    """What may change of a card that was issued."""

    class Meta:
        model = GiftCard
        fields = ("is_live", "until", "note")


class Uses(TabularInline):
    """The orders that a card has paid for."""

    model = GiftCardUse
    fields = readonly_fields = ("order", "minor")
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: GiftCard | None = None) -> bool:
        """Orders alone take from cards."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: GiftCard | None = None) -> bool:
        """What was taken stays."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: GiftCard | None = None) -> bool:
        """What was taken stays."""
        return False


@admin.register(GiftCard)
class GiftCardAdmin(Listed):
    """Gift cards, the last one first; a code is told when a card is issued, and never again."""

    list_display = ("__str__", "left", "issued", "is_live", "until", "note", "issued_at")
    list_filter = ("is_live", "currency")
    search_fields = ("hint__iexact", "note__istartswith")
    search_help_text = _("A whole code, or the end of one")
    ordering = ("-id",)
    inlines = (Uses,)

    def get_form(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        """Ask for an amount at first, and never again."""
        return super().get_form(request, obj, form=StopForm if obj else IssueForm, **options)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show what there is to tell."""
        if obj is None:
            return ("amount", "currency", "until", "customer", "note")
        return ("left", "issued", "is_live", "until", "customer", "note", "issued_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Let only that change which changes no money."""
        return () if obj is None else ("left", "issued", "customer", "issued_at")

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show what was spent of a card that there is."""
        return self.inlines if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: GiftCard | None = None) -> bool:
        """Money does not vanish; a card is stopped."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find a card also by its code, of which only the digest is known."""
        found, distinct = super().get_search_results(request, queryset, search_term)
        if search_term.strip():
            found = queryset.filter(Q(pk__in=found) | Q(digest=giftcards.digest(search_term)))
        return found, distinct

    def save_model(self, request: HttpRequest, obj: GiftCard, form: Any, change: bool) -> None:
        """Issue a card and tell its code, or keep what was changed of one."""
        if change:
            super().save_model(request, obj, form, change)
            return
        worth = Money(obj.issued_minor, obj.currency)
        card, code = giftcards.issue(worth, until=obj.until, customer=obj.customer, note=obj.note)
        obj.pk = card.pk
        if code:
            text = _("The code is %(code)s. Write it down: it is told this once, and kept nowhere.")
            messages.success(request, text % {"code": code})

    @admin.display(description=_("left"), ordering="balance_minor")
    def left(self, card: GiftCard) -> str:
        """Show what is left in major units."""
        return f"{amount(card.balance_minor, card.currency)} {card.currency}"

    @admin.display(description=_("issued"), ordering="issued_minor")
    def issued(self, card: GiftCard) -> str:
        """Show what was on it at first."""
        return f"{amount(card.issued_minor, card.currency)} {card.currency}"
