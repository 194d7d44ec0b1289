"""A bank for trials, here in the shop: it says yes or no, asks the shopper, or falls silent.

Its books stand for the far side. They commit by themselves, as a real bank's would, so that a shop
that dies in between finds there what has happened.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop

from apps.payments.domain import Answer, Movement, NoAnswer, Payment, Refunded, Standing
from apps.payments.interface import Method, RefundStatus, Status
from apps.payments.models import BankEntry
from commerce.money import Money
from commerce.postgres import ask

from . import Provider

What = BankEntry.What
NOTE = {
    "en": "For trials only: no money moves.",
    "fr": "Pour essai seulement : aucun argent ne circule.",
}
REFUSED = gettext_noop("The bank has refused the payment. Please try another way to pay.")
DECLINED = gettext_noop("The payment was not confirmed at the bank.")
REACTIONS = {
    "test": What.AUTHORISATION,
    "test-refused": What.REFUSAL,
    "test-3ds": What.CHALLENGE,
    "test-timeout": What.AUTHORISATION,
}


WRITE = """
INSERT INTO payments_bankentry (key, payment, what, minor, currency) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING RETURNING id
"""
TAKE = """
INSERT INTO payments_bankentry (key, payment, what, minor, currency)
SELECT %s, payment, 'capture', %s, currency FROM payments_bankentry
WHERE payment = %s AND what = 'authorisation'
ON CONFLICT DO NOTHING RETURNING minor
"""
DECIDE = """
WITH written AS (
    INSERT INTO payments_bankentry (key, payment, what, minor, currency) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING RETURNING what, minor
)
SELECT what, minor, true FROM written
UNION ALL SELECT what, minor, false FROM payments_bankentry WHERE payment = %s
"""
LINES = "SELECT what, minor FROM payments_bankentry WHERE payment = %s"


class Bank(Provider):
    """Decides by the method: `test`, `test-refused`, `test-3ds`, `test-timeout`."""

    light = True

    methods = (
        Method("test", {"en": "Test card", "fr": "Carte de test"}, NOTE),
        Method("test-refused", {"en": "Refused test card", "fr": "Carte de test refusée"}, NOTE),
        Method(
            "test-3ds",
            {"en": "Test card to be confirmed", "fr": "Carte de test à confirmer"},
            NOTE,
        ),
        Method(
            "test-timeout",
            {"en": "Test card of a slow bank", "fr": "Carte de test d’une banque lente"},
            NOTE,
        ),
    )

    def offered(self) -> tuple[Method, ...]:
        return self.methods if settings.TEST_PAYMENTS else ()

    def authorise(self, payment: Payment) -> Answer:
        reaction = REACTIONS[payment.method]
        what = (payment.key, reaction.value, payment.amount.minor, payment.amount.currency)
        entries = ask(DECIDE, f"{reaction}:{payment.key}", *what, payment.key)
        if payment.method == "test-timeout" and any(is_new for _, _, is_new in entries):
            raise NoAnswer
        happened = {what: minor for what, minor, _ in entries}
        return standing_of(payment, happened or lines(payment))

    def find(self, payment: Payment) -> Answer | None:
        return stand(payment) if lines(payment) else None

    def capture(self, payment: Payment, amount: Money, *, key: str) -> Answer:
        if ask(TAKE, key, amount.minor, payment.key):
            return Answer(Status.CAPTURED, captured=amount)
        return stand(payment)

    def void(self, payment: Payment, *, key: str) -> Answer:
        write(payment, What.VOID, key=key)
        return stand(payment)

    def refund(self, payment: Payment, amount: Money, *, key: str) -> Refunded:
        first_time = not BankEntry.objects.filter(key=key).exists()
        write(payment, What.REFUND, key=key, amount=amount)
        if first_time and payment.method == "test-timeout":
            raise NoAnswer
        return Refunded(RefundStatus.MADE)

    def standing(self, payment: Payment) -> Standing | None:
        return next(added_up(BankEntry.objects.filter(payment=payment.key)), None)

    def standings(self, since: datetime) -> Iterator[Standing]:
        touched = BankEntry.objects.filter(at__gte=since).values("payment")
        return added_up(BankEntry.objects.filter(payment__in=touched))

    def books(self, payment: Payment) -> tuple[Movement, ...]:
        entries = BankEntry.objects.filter(payment=payment.key)
        return tuple(
            Movement(
                entry.at.isoformat(" ", "seconds"),
                entry.what,
                Money(entry.minor, entry.currency),
                entry.key,
            )
            for entry in entries
        )

    def confirm(self, payment: Payment) -> None:
        """Let the shopper say yes to a payment that waits for it."""
        self.decide(payment, What.AUTHORISATION)

    def decline(self, payment: Payment) -> None:
        """Let the shopper say no."""
        self.decide(payment, What.REFUSAL)

    def decide(self, payment: Payment, verdict: BankEntry.What) -> None:
        """Write the verdict down if one is waited for; the first one counts."""
        if stand(payment).status is Status.ACTION_REQUIRED:
            write(payment, verdict, key=f"{verdict}:{payment.key}")


def write(payment: Payment, what: BankEntry.What, *, key: str, amount: Money | None = None) -> bool:
    """Add a line to the books, unless it is there or their rules forbid it; tells if it was."""
    amount = amount or payment.amount
    return bool(ask(WRITE, key, payment.key, what.value, amount.minor, amount.currency))


def lines(payment: Payment) -> dict[str, int]:
    """Return what has happened to a payment, and the minor units of it."""
    return dict(ask(LINES, payment.key))


def stand(payment: Payment) -> Answer:
    """Read from the books how a payment stands."""
    return standing_of(payment, lines(payment))


def standing_of(payment: Payment, happened: Mapping[str, int]) -> Answer:
    """Tell how a payment stands after what has happened to it."""
    currency = payment.amount.currency
    if What.CAPTURE in happened:
        return Answer(Status.CAPTURED, captured=Money(happened[What.CAPTURE], currency))
    if What.VOID in happened:
        return Answer(Status.VOIDED)
    if What.AUTHORISATION in happened:
        return Answer(Status.AUTHORISED)
    if What.REFUSAL in happened:
        return Answer(Status.REFUSED, DECLINED if What.CHALLENGE in happened else REFUSED)
    if What.CHALLENGE in happened:
        with translation.override(payment.locale):
            return Answer(Status.ACTION_REQUIRED, action_url=reverse("bank", args=[payment.key]))
    return Answer(Status.PENDING)


def added_up(entries: QuerySet[BankEntry]) -> Iterator[Standing]:
    """Add up what was taken and given back, by payment."""
    sums = entries.values_list("payment", "currency").annotate(
        taken=Sum("minor", filter=Q(what=What.CAPTURE), default=0),
        given=Sum("minor", filter=Q(what=What.REFUND), default=0),
    )
    for payment, currency, taken, given in sums.order_by("payment").iterator():
        yield Standing(payment, Money(taken, currency), Money(given, currency))
