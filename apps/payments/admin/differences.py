"""Where the books of providers differ from ours, and the looks at them, for merchants."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from commerce.admin.lists import LookedAt

from ..models import Difference, Reconciliation
from ..service import named
from .page import written


@admin.register(Difference)
class DifferenceAdmin(LookedAt):
    """Amounts that are others over there; they go by themselves when the books agree."""

    list_display = ("payment", "provider", "what", "ours_say", "theirs_say", "found_at", "gone_at")
    list_filter = ("provider", "what", ("gone_at", admin.EmptyFieldListFilter))
    search_fields = ("payment__exact",)
    fields = readonly_fields = ("our_payment", *list_display)

    @admin.display(description=_("ours"))
    def ours_say(self, difference: Difference) -> str:
        """Show what our books say."""
        return written(difference.ours)

    @admin.display(description=_("theirs"))
    def theirs_say(self, difference: Difference) -> str:
        """Show what the provider's books say."""
        return written(difference.theirs)

    @admin.display(description=_("our payment"))
    def our_payment(self, difference: Difference) -> str | SafeString:
        """Lead to the payment, if it is one of ours."""
        session = named(difference.payment)
        if session is None:
            return "–"
        return format_html('<a href="../../../session/{}/change/">{}</a>', session.pk, session.key)


@admin.register(Reconciliation)
class ReconciliationAdmin(LookedAt):
    """Each day's look at each provider's books."""

    list_display = ("day", "provider", "payments", "differences", "ended_at")
    list_filter = ("provider",)
    fields = readonly_fields = list_display
