"""Stripe: the shopper pays on its own page (Checkout), so that no card comes near the shop.

The page holds the money back (a PaymentIntent with manual capture), asks for 3-D Secure where the
bank wants it, and leads back. Whatever the browser brings, only what Stripe answers counts.
https://docs.stripe.com/payments/checkout, https://docs.stripe.com/api/idempotent_requests
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import stripe

from apps.payments.domain import (
    Answer,
    Given,
    Movement,
    NoAnswer,
    Notice,
    Payment,
    Refunded,
    Standing,
)
from apps.payments.interface import Method, RefundStatus, Status
from commerce import ids
from commerce.money import Money

from .. import Provider
from ..breaker import breaker
from .asking import answered, connected, is_repeated
from .notices import read
from .readings import ours, stand, stand_of_page, stand_of_refund, standing

ELSEWISE = (stripe.InvalidRequestError, stripe.IdempotencyError)  # it stands otherwise by now
CHARGED = {"expand": ["latest_charge"]}
T = TypeVar("T")


class Stripe(Provider):
    """Asks Stripe's API through its own library.

    WEBHOOK_SECRETS are all that are valid now: two while one takes the other's place. TIMEOUT is in
    seconds.
    """

    methods = (
        Method(
            "card",
            {"en": "Card", "fr": "Carte bancaire"},
            {
                "en": "You pay on the secure page of our payment provider.",
                "fr": "Vous payez sur la page sécurisée de notre prestataire de paiement.",
            },
        ),
    )

    def __init__(
        self,
        *,
        KEY: str,  # noqa: N803 - options are written as in settings
        WEBHOOK_SECRETS: Sequence[str] = (),  # noqa: N803
        URL: str = "https://api.stripe.com",  # noqa: N803
        TIMEOUT: float = 5.0,  # noqa: N803
    ) -> None:
        self.api = connected(KEY, URL, TIMEOUT).v1
        self.secrets = WEBHOOK_SECRETS

    def ask(self, question: Callable[[], T]) -> T:
        """Ask Stripe; raises NoAnswer when it did not say what it has done."""
        return breaker(self.name).call(lambda: answered(question))

    def ask_once(self, question: Callable[[Any], T], key: str) -> T:
        """Ask under a key; a failure that Stripe merely repeats is asked anew under another.

        It keeps its failures for a day, too. What had been done was looked at just before.
        """
        try:
            return self.ask(lambda: question({"idempotency_key": key}))
        except NoAnswer as silence:
            if not is_repeated(silence.__cause__):
                raise
            return self.ask(lambda: question({"idempotency_key": f"{key}:{ids.new()}"}))

    def authorise(self, payment: Payment) -> Answer:
        return stand_of_page(self.page(payment))

    def find(self, payment: Payment) -> Answer | None:
        if not payment.reference:
            return None
        if payment.reference.startswith("cs_"):
            return stand_of_page(self.page(payment))
        return stand(self.intent(payment))

    def capture(self, payment: Payment, amount: Money, *, key: str) -> Answer:
        intent = self.intent(payment)
        if intent is None or intent.status != "requires_capture":
            return stand(intent)
        try:
            return stand(
                self.ask_once(
                    lambda once: self.api.payment_intents.capture(
                        intent.id, {"amount_to_capture": amount.minor}, once
                    ),
                    key,
                )
            )
        except ELSEWISE:
            return stand(self.intent(payment))

    def void(self, payment: Payment, *, key: str) -> Answer:
        try:
            return self.give_up(payment, key)
        except ELSEWISE:
            return stand(self.intent(payment))

    def give_up(self, payment: Payment, key: str) -> Answer:
        """Close the page, or let the money go that was held back on it."""
        if not payment.reference.startswith("pi_"):
            page = self.page(payment)
            if page.status != "complete":
                if page.status == "open":
                    pages = self.api.checkout.sessions
                    self.ask_once(lambda once: pages.expire(page.id, {}, once), key)
                return Answer(Status.VOIDED)
        intent = self.intent(payment)
        if intent is None or intent.status in {"succeeded", "canceled"}:
            return stand(intent)
        intents = self.api.payment_intents
        return stand(self.ask_once(lambda once: intents.cancel(intent.id, {}, once), key))

    def refund(self, payment: Payment, amount: Money, *, key: str) -> Refunded:
        for given in self.refunds(payment):  # keys are forgotten after a day, refunds are not
            if given.key == key:
                return given.stands
        wanted: Any = {
            "payment_intent": self.known(payment),
            "amount": amount.minor,
            "metadata": {"payment": payment.key, "refund": key},
        }
        try:
            return stand_of_refund(
                self.ask_once(lambda once: self.api.refunds.create(wanted, once), key)
            )
        except stripe.InvalidRequestError as refusal:
            return Refunded(RefundStatus.REFUSED, refusal.user_message or "")

    def refunds(self, payment: Payment) -> tuple[Given, ...]:
        intent = self.known(payment)
        listed = self.ask(
            lambda: self.api.refunds.list({"payment_intent": intent, "limit": 100}).data
        )
        return tuple(
            Given(
                id=each.id,
                key=ours(each),
                amount=Money(each.amount, each.currency.upper()),
                stands=stand_of_refund(each),
            )
            for each in listed
        )

    def standing(self, payment: Payment) -> Standing | None:
        if not payment.reference.startswith("pi_"):
            return None
        return standing(self.charged(payment.reference))

    def standings(self, since: datetime) -> Iterator[Standing]:
        lately: Any = {"created": {"gte": int(since.timestamp())}, "limit": 100}
        listed: Any = lately | {"expand": ["data.latest_charge"]}
        for intent in self.each(lambda: self.api.payment_intents.list(listed)):
            yield standing(intent)
        for refund in self.each(lambda: self.api.refunds.list(lately)):
            yield standing(self.charged(str(refund.payment_intent)))

    def each(self, question: Callable[[], stripe.ListObject[Any]]) -> Iterator[Any]:
        """Go through a list of Stripe's from page to page."""
        listed = self.ask(question)
        while listed.data:
            yield from listed.data
            if not listed.has_more:
                return
            listed = self.ask(listed.next_page)

    def charged(self, intent: str) -> stripe.PaymentIntent:
        """Return what holds the money, with what was given back of it."""
        found: Any = CHARGED
        return self.ask(lambda: self.api.payment_intents.retrieve(intent, found))

    def hear(self, body: bytes, headers: Mapping[str, str]) -> Notice:
        return read(body, headers.get("Stripe-Signature", ""), self.secrets)

    def books(self, payment: Payment) -> tuple[Movement, ...]:
        intent = self.intent(payment)
        if intent is None:
            return ()
        taken = Money(intent.amount_received, intent.currency.upper())
        begun = datetime.fromtimestamp(intent.created, UTC).isoformat(" ")
        lines = [Movement(begun, intent.status, taken, intent.id)]
        lines += [
            Movement("", f"refund {given.stands.status.value}", given.amount, given.key or given.id)
            for given in self.refunds(payment)
        ]
        return tuple(lines)

    def page(self, payment: Payment) -> stripe.checkout.Session:
        """Return the page on which a payment is made; it is made once for a payment's key."""
        expand = {"expand": ["payment_intent"]}
        sessions, known = self.api.checkout.sessions, payment.reference
        if known:
            found: Any = expand
            return self.ask(lambda: sessions.retrieve(known, found))
        wanted: Any = page_for(payment) | expand
        return self.ask_once(lambda once: sessions.create(wanted, once), payment.key)

    def intent(self, payment: Payment) -> stripe.PaymentIntent | None:
        """Return what holds the money; None while the shopper is still on the page."""
        if payment.reference.startswith("pi_"):
            return self.ask(lambda: self.api.payment_intents.retrieve(payment.reference))
        held = self.page(payment).payment_intent
        return None if isinstance(held, str) else held

    def known(self, payment: Payment) -> str:
        """Name what holds the money; raises NoAnswer where that is not known."""
        if payment.reference.startswith("pi_"):
            return payment.reference
        intent = self.intent(payment)
        if intent is None:
            raise NoAnswer(f"nothing was paid for {payment.key}")
        return intent.id


def page_for(payment: Payment) -> dict[str, Any]:
    """Describe the page on which a payment is made."""
    named = {"payment": payment.key}
    return {
        "mode": "payment",
        "client_reference_id": payment.key,
        "metadata": named,
        "payment_intent_data": {"capture_method": "manual", "metadata": named},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": payment.amount.currency.lower(),
                    "unit_amount": payment.amount.minor,
                    "product_data": {"name": payment.title},
                },
            }
        ],
        "locale": payment.locale.partition("-")[0],
        "success_url": payment.back,
        "cancel_url": payment.back,
    }
