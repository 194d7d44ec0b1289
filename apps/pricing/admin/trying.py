"""The page on which a merchant tries a promotion on a cart before anybody gets it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.catalog.interface import UnknownProduct, catalog
from commerce import clock
from commerce.money import Money
from commerce.services import ServiceUnavailable

from ..domain.amounts import Currency
from ..domain.conflicts import Verdict
from ..domain.explanation import SHIPPING, Entry
from ..domain.quotation import Quote
from ..interface import CartDraft, History, LineDraft, NoPrice
from ..models import Price, Promotion, ShippingOption
from ..models.fields import COUNTRY
from ..service import trials
from ..service.trials import Company, Meeting, Trial
from .prices import currencies
from .sentences import Teller

LINES = 6  # of a sample cart
MOST_UNITS = 9_999
SUGGESTIONS = 40
MOST_NAMES = 5  # of products that are looked up for a sentence
VERDICTS: dict[Verdict, Promise] = {
    Verdict.ONE_COUPON: _("A cart has one coupon: the one entered last decides."),
    Verdict.MINE_ALONE: _("This one applies alone: the other gives nothing then."),
    Verdict.OTHER_ALONE: _("The other applies alone: this one gives nothing then."),
    Verdict.MINE_STOPS: _("This one goes first and lets no other apply after it."),
    Verdict.OTHER_STOPS: _("The other goes first and lets no other apply after it."),
    Verdict.MINE_FIRST: _("Both apply, this one first; the other works on what is left."),
    Verdict.OTHER_FIRST: _("Both apply, the other first; this one works on what is left."),
}


def ways() -> list[tuple[str, Any]]:
    """Offer the ways of sending, and none."""
    shown = ShippingOption.objects.filter(active=True).order_by("code")
    return [("", _("None yet")), *((option.code, str(option)) for option in shown)]


class TryForm(forms.Form):
    """A sample cart: what is in it, where it goes, and when it is priced."""

    country = forms.CharField(
        label=_("Country"),
        required=False,
        validators=[COUNTRY],
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "FR", "maxlength": 2}),
    )
    shipping = forms.ChoiceField(
        label=_("Sent by"), choices=ways, required=False, widget=UnfoldAdminSelectWidget
    )
    coupon = forms.CharField(
        label=_("Coupon"),
        required=False,
        max_length=60,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Of another promotion; for this one none is needed here."),
    )
    at = forms.DateTimeField(
        label=_("Moment"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text=_("Empty: now."),
    )

    groups = forms.CharField(
        label=_("Customer groups"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "wholesale, staff"}),
    )
    channel = forms.CharField(
        label=_("Channel"), required=False, max_length=60, widget=UnfoldAdminTextInputWidget()
    )
    orders = forms.IntegerField(
        label=_("Earlier orders"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
        help_text=_("Empty: a stranger. 0: somebody who has never ordered."),
    )
    spent = forms.DecimalField(
        label=_("Spent on them"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=4,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=currencies, required=False, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, entered: QueryDict, promotion: Promotion) -> None:
        super().__init__(entered)
        self.entered = entered
        if promotion.currency:
            del self.fields["currency"]

    def lines(self) -> list[tuple[str, str]]:
        """Return what was entered in the lines, and as many empty ones as there is room for."""
        entered = zip(self.entered.getlist("sku"), self.entered.getlist("units"), strict=False)
        filled = [(sku.strip(), units.strip()) for sku, units in entered if sku.strip()][:LINES]
        return filled + [("", "1")] * (LINES - len(filled))

    def clean(self) -> dict[str, Any]:
        """Add up the lines of each SKU."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        counted: dict[str, int] = {}
        for sku, units in self.lines():
            if sku and not (units.isdecimal() and 1 <= int(units) <= MOST_UNITS):
                text = gettext("%(sku)s: units are a whole number from 1 to 9,999.")
                raise forms.ValidationError(text % {"sku": sku})
            if sku:
                counted[sku] = counted.get(sku, 0) + int(units)
        if not counted:
            raise forms.ValidationError(gettext("Put something in the cart."))
        cleaned["lines"] = tuple(LineDraft(sku, units) for sku, units in counted.items())
        return cleaned

    def cart(self, promotion: Promotion) -> CartDraft:
        """Make a cart of what was entered, in the promotion's currency if it has one."""
        told = self.cleaned_data
        currency = promotion.currency or told.get("currency") or settings.CURRENCIES[0]
        groups = (each.strip() for each in told["groups"].split(","))
        return CartDraft(
            currency=currency,
            lines=told["lines"],
            country=told["country"] or None,
            shipping=told["shipping"] or None,
            coupons=(told["coupon"],) if told["coupon"] else (),
            groups=tuple(each for each in groups if each),
            channel=told["channel"].strip(),
            history=self.history(currency),
        )

    def history(self, currency: str) -> History | None:
        """Say what the customer ordered before; nothing of a stranger."""
        orders, spent = self.cleaned_data["orders"], self.cleaned_data["spent"]
        if orders is None and spent is None:
            return None
        steps = Currency(currency).steps(spent or Decimal(0))
        return History(orders or 0, (Money(steps, currency),))


@dataclass(frozen=True)
class Row:
    """A line of both carts side by side; the widths draw it, in per cent of the dearest line."""

    name: str
    quantity: int
    without: str
    beside: str
    off: str
    left: int
    taken: int
    gifts: int = 0


def page(request: HttpRequest, promotion: Promotion) -> dict[str, Any]:
    """Gather what the page shows: the form, what came of it, and whom the promotion meets."""
    form = TryForm(request.GET if "sku" in request.GET else sample(promotion), promotion)
    told = {
        "promotion": promotion,
        "form": form,
        "lines": form.lines(),
        "sentence": Teller(promotion.currency, names(promotion.terms)).tell(promotion.terms),
        "company": meetings(trials.company(promotion, clock.now())),
    }
    if not form.is_valid():
        return told
    return told | result(promotion, form)


def result(promotion: Promotion, form: TryForm) -> dict[str, Any]:
    """Try the promotion, or say why that cannot be done."""
    at = form.cleaned_data["at"] or clock.now()
    try:
        trial = trials.try_out(promotion, form.cart(promotion), at)
    except NoPrice as refusal:
        text = gettext("No price in %(currency)s: %(skus)s.")
        words = {"currency": refusal.currency, "skus": ", ".join(refusal.skus)}
        return {"problem": text % words}
    except ServiceUnavailable:
        return {"problem": gettext("The catalogue does not answer right now. Try again.")}
    except ValueError as problem:
        return {"problem": str(problem)}
    return {
        "rows": compared(trial),
        "totals": totals(trial),
        "steps": steps(trial.beside, promotion.key),
        "silent": silent(promotion, trial),
        "saved": trial.beside.currency.words(trial.without.grand - trial.beside.grand),
        "gives": trials.gives(trial.beside, promotion.key),
        "at": timezone.localtime(at),
    }


def compared(trial: Trial) -> list[Row]:
    """Put the lines of both carts side by side."""
    plain = {line.sku: line.total for line in trial.without.lines}
    words = trial.beside.currency.words
    dearest = max((line.unit * line.quantity for line in trial.beside.lines), default=0) or 1
    rows = []
    for line in trial.beside.lines:
        before = plain.get(line.sku, line.total)
        rows.append(
            Row(
                name=line.sku,
                quantity=line.quantity,
                without=words(before),
                beside=words(line.total),
                off=words(before - line.total) if before != line.total else "",
                left=round(100 * line.total / dearest),
                taken=round(100 * max(before - line.total, 0) / dearest),
                gifts=line.gifts,
            )
        )
    return rows


def totals(trial: Trial) -> list[tuple[str, str, str, bool]]:
    """Put goods, sending, tax and total of both carts side by side."""
    words = trial.beside.currency.words

    def taxes(quote: Quote) -> int:
        return quote.tax_added + quote.tax_included

    pairs = (
        (gettext("Goods"), trial.without.subtotal, trial.beside.subtotal),
        (gettext("Sending"), trial.without.shipping, trial.beside.shipping),
        (gettext("Tax in it"), taxes(trial.without), taxes(trial.beside)),
        (gettext("Total"), trial.without.grand, trial.beside.grand),
    )
    return [(name, words(one), words(other), one != other) for name, one, other in pairs]


def steps(quote: Quote, key: str) -> list[tuple[str, str, bool]]:
    """Explain the price with the promotion, its own steps marked."""
    return [
        (entry.sentence(quote.currency), signed(entry, quote), entry.rule == key)
        for entry in quote.entries
        if entry.target != SHIPPING or entry.amount
    ]


def signed(entry: Entry, quote: Quote) -> str:
    """Write what a step added or took."""
    sign = "−" if entry.amount < 0 else "+"
    return f"{sign} {quote.currency.words(abs(entry.amount))}"


def silent(promotion: Promotion, trial: Trial) -> list[str]:
    """Say why the promotion gives nothing, as far as it can be told."""
    if trials.gives(trial.beside, promotion.key):
        return []
    said = [
        gettext("A gift waits: put %(units)s × %(sku)s in the cart.")
        % {"units": offer.units, "sku": offer.sku}
        for offer in trial.beside.offers
        if offer.key == promotion.key
    ]
    if not trial.in_time:
        said.append(gettext("At this moment its time has not come, or has passed."))
    teller = Teller(promotion.currency)
    conditions = promotion.terms.get("conditions", [])
    for number in trial.failing:
        holds = teller.condition(conditions[number], negated=False)
        said.append(gettext("Not fulfilled: %s.") % holds)
    text = gettext("Nothing in this cart is meant, or another promotion leaves nothing to it.")
    return said or [text]


def meetings(company: Company) -> dict[str, Any]:
    """Say whom a promotion meets, and what decides."""
    return {
        "shadow": company.shadow,
        "met": [(each.other, sentence(each), VERDICTS[each.verdict]) for each in company.meetings],
    }


def sentence(meeting: Meeting) -> str:
    """Say what the other promotion does."""
    return Teller(meeting.other.currency).tell(meeting.other.terms)


def names(terms: Mapping[str, Any]) -> dict[str, str]:
    """Look up what the products are called that a promotion speaks of."""
    language, found = get_language() or settings.LANGUAGE_CODE, {}
    for slug in spoken_of(terms)[:MOST_NAMES]:
        try:
            name = catalog.product(slug=slug).draft.name
        except (UnknownProduct, ServiceUnavailable):
            continue
        found[slug] = name.get(language) or next(iter(name.values()), slug)
    return found


def spoken_of(told: Any) -> list[str]:
    """List the slugs of products anywhere in terms."""
    if isinstance(told, dict):
        own = [str(each) for each in told.get("products", [])]
        own += [str(each) for each in told.get("names", [])]
        return own + [slug for each in told.values() for slug in spoken_of(each)]
    if isinstance(told, list):
        return [slug for each in told for slug in spoken_of(each)]
    return []


def sample(promotion: Promotion) -> QueryDict:
    """Fill a cart with what the promotion speaks of, or with whatever is sold."""
    told = QueryDict(mutable=True)
    told["country"] = settings.HOME_COUNTRY
    skus = meant(promotion) or suggested("")[:2]
    told.setlist("sku", skus)
    told.setlist("units", ["2"] * len(skus))
    return told


def meant(promotion: Promotion) -> list[str]:
    """List a few SKUs that a promotion speaks of."""
    found = []
    for slug in spoken_of(promotion.terms)[:MOST_NAMES]:
        try:
            found += [variant.sku for variant in catalog.product(slug=slug).draft.variants[:1]]
        except (UnknownProduct, ServiceUnavailable):
            continue
    return found[:LINES]


def suggested(beginning: str) -> list[str]:
    """List some SKUs with prices that begin so, read in the order of the index."""
    rows = Price.objects.filter(sku__gte=beginning).order_by("sku").values_list("sku", flat=True)
    near = dict.fromkeys(rows[:SUGGESTIONS])
    return [sku for sku in near if sku.startswith(beginning)]
