"""Payments, as merchants look into them: our books and the provider's, side by side."""

from collections.abc import Iterable

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from commerce import ids
from commerce.admin.lists import LookedAt
from commerce.money import Money

from .models import Session
from .providers import provider_of

NAMED = {"pay": "id", "cart": "cart", "ord": "order"}
ROW = "<tr>" + '<td class="pr-6">{}</td>' * 4 + "</tr>"


@admin.register(Session)
class SessionAdmin(LookedAt):
    """Sessions change by what shoppers, workers and providers do, never by hand."""

    list_display = ("key", "method", "status", "amount", "started_at")
    list_filter = ("status", "method")
    search_fields = ("id",)
    search_help_text = _("The whole id of a payment, a cart or an order")
    fields = readonly_fields = (
        "key",
        "status",
        "reason",
        "method",
        "amount",
        "attempt",
        "cart_id",
        "order_id",
        "started_at",
        "our_books",
        "their_books",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Session], search_term: str
    ) -> tuple[QuerySet[Session], bool]:
        """Find by whole ids, as the API writes them."""
        if not (term := search_term.strip()):
            return queryset, False
        field = NAMED.get(term.partition("_")[0], "id")
        try:
            return queryset.filter(**{field: ids.parse(term.partition("_")[0], term)}), False
        except ids.UnknownId:
            return queryset.none(), False

    @admin.display(description=_("payment"), ordering="id")
    def key(self, session: Session) -> str:
        """Show the name by which shoppers and providers know it."""
        return session.key

    @admin.display(description=_("amount"))
    def amount(self, session: Session) -> str:
        """Show the amount as the merchant writes money."""
        return written(session.amount)

    @admin.display(description=_("cart"))
    def cart_id(self, session: Session) -> str:
        """Show the cart as the API names it."""
        return ids.public("cart", session.cart)

    @admin.display(description=_("order"))
    def order_id(self, session: Session) -> str:
        """Show the order as the API names it."""
        return ids.public("ord", session.order) if session.order else "–"

    @admin.display(description=_("our books"))
    def our_books(self, session: Session) -> str:
        """Show what we have written down."""
        return table(
            (localize(entry.at), entry.what, Money(entry.minor, entry.currency), "")
            for entry in session.entries.all()
        )

    @admin.display(description=_("the provider's books"))
    def their_books(self, session: Session) -> str:
        """Show what the provider has written down."""
        books = provider_of(session.method).books(session.payment)
        return table((line.at, line.what, line.amount, line.key) for line in books)


def written(money: Money) -> str:
    """Write an amount for whoever reads the page."""
    return money.format(get_language() or "en")


def table(lines: Iterable[tuple[str, str, Money, str]]) -> SafeString:
    """Write lines of books as a table."""
    rows = ((at, what, written(money), key) for at, what, money, key in lines)
    return format_html("<table>{}</table>", format_html_join("", ROW, rows))
