"""Nothing left to pay: gift cards, discounts or credit have paid all of it."""

from apps.payments.domain import Answer, Payment, Refunded
from apps.payments.interface import Method, RefundStatus, Status
from commerce.money import Money

from . import Provider


class Nothing(Provider):
    """Moves no money, and refuses to stand for any."""

    methods = (Method("nothing", {"en": "Nothing left to pay", "fr": "Plus rien à payer"}, {}),)

    def takes(self, amount: Money) -> bool:
        return not amount.minor

    def authorise(self, payment: Payment) -> Answer:
        if self.takes(payment.amount):
            return Answer(Status.AUTHORISED)
        return Answer(Status.REFUSED, "There is something left to pay.")

    def find(self, payment: Payment) -> Answer | None:
        return self.authorise(payment)

    def capture(self, payment: Payment, amount: Money, *, key: str) -> Answer:
        return Answer(Status.CAPTURED)

    def void(self, payment: Payment, *, key: str) -> Answer:
        return Answer(Status.VOIDED)

    def refund(self, payment: Payment, amount: Money, *, key: str) -> Refunded:
        return Refunded(RefundStatus.REFUSED, "Nothing was paid.")
