"""What of payments waits for somebody, for the merchant's first page."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commerce.admin.panels import Figure, Panel, panel

from ..models import Difference


@panel(gettext_lazy("Payments"), permission="payments.view_difference")
def today() -> Panel:
    """Say how many amounts differ between the providers' books and ours."""
    differing = Difference.objects.filter(gone_at__isnull=True).count()
    place = reverse("admin:payments_difference_changelist") + "?gone_at__isempty=1"
    name = _("Amounts that differ between providers and us")
    return Panel(waiting=(Figure(name, str(differing), place),) if differing else ())
