"""Files of prices as merchants upload them: looked through by a worker before anything changes."""

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanWidget

from commerce.operations.files import MOST, NoFile
from commerce.operations.models import Operation

from ..service import works

ENDINGS = ".csv,.ndjson,.jsonl,.gz"
REASONS: dict[str, Promise] = {
    "unknown-kind": _("The name of the file has to end with .csv or .ndjson, perhaps with .gz."),
    "not-utf-8": _("The file is not UTF-8. In your spreadsheet, choose “CSV UTF-8” and try again."),
    "columns-missing": _("The first line has to name the columns sku, amount and currency."),
    "line-too-long": _("A line never ends."),
    "no-gzip-file": _("The file ends with .gz, but cannot be unpacked."),
    "file-too-large": _("A file has at most %(megabytes)s MB, unpacked."),
}


class UploadForm(forms.Form):
    """A file of prices, and whether it may change them very much."""

    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ENDINGS}),
        help_text=_(
            "CSV with the columns sku, amount and currency (before, minimum, price_list and"
            " from_quantity if you like), or NDJSON; .gz as well."
        ),
    )
    any_drift = forms.BooleanField(
        label=_("Prices may change very much"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=_("Otherwise one that becomes more than three times as high or low is left out."),
    )

    def upload(self, owner: str) -> Operation | None:
        """Keep the file, or tell in the form why it cannot be read."""
        file = self.cleaned_data["file"]
        drift = self.cleaned_data["any_drift"]
        try:
            return works.upload(file.file, name=file.name, owner=owner, any_drift=drift)
        except NoFile as refusal:
            words = str(REASONS[refusal.reason]) % {"megabytes": MOST // 2**20}
            self.add_error("file", words)
            return None
