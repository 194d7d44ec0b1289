"""Pay by invoice: promised at once, and settled when the merchant sees the money."""

from apps.payments.domain import Answer, Payment, Refunded
from apps.payments.interface import Method, RefundStatus, Status
from commerce.money import Money

from . import Provider


class Invoice(Provider):
    """Trusts the shopper; nobody outside is asked."""

    paid_later = True
    methods = (
        Method(
            "invoice",
            {"en": "Invoice", "fr": "Facture"},
            {
                "en": "Pay within 14 days of receiving your order.",
                "fr": "Payez dans les 14 jours suivant la réception de votre commande.",
            },
        ),
    )

    def authorise(self, payment: Payment) -> Answer:
        return Answer(Status.AUTHORISED)

    def find(self, payment: Payment) -> Answer | None:
        return Answer(Status.AUTHORISED)

    def capture(self, payment: Payment, amount: Money, *, key: str) -> Answer:
        return Answer(Status.AUTHORISED)

    def settle(self, payment: Payment, *, key: str) -> Answer:
        return Answer(Status.CAPTURED)

    def void(self, payment: Payment, *, key: str) -> Answer:
        return Answer(Status.VOIDED)

    def refund(self, payment: Payment, amount: Money, *, key: str) -> Refunded:
        return Refunded(RefundStatus.MADE)
