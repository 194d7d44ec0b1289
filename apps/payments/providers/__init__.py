"""Those who move the money: what every payment provider does, and which ones the shop has."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.utils.module_loading import import_string

from apps.payments.domain import (
    Answer,
    Forged,
    Given,
    Movement,
    Notice,
    Payment,
    Refunded,
    Standing,
)
from apps.payments.interface import Method, UnknownMethod
from commerce.money import Money


class Provider(ABC):
    """A payment provider behind one or more methods.

    Every call may be repeated: a payment is known by its key, a capture, a void and a refund by
    theirs, and the second time changes nothing. Raises NoAnswer when it cannot tell what happened.
    No card number, and nothing like one, ever passes through here: shoppers type it at the
    provider's.
    """

    methods: ClassVar[tuple[Method, ...]]
    paid_later: ClassVar[bool] = False  # an order is charged before the money comes
    light: ClassVar[bool] = False  # `authorise` blocks nobody, see commerce.greenlets
    name = ""  # what settings.PAYMENT_PROVIDERS calls it

    def offered(self) -> tuple[Method, ...]:
        """List the methods that new payments may use."""
        return self.methods

    def takes(self, amount: Money) -> bool:
        """Tell whether it is for payments of an amount."""
        return amount.minor > 0

    @classmethod
    def codes(cls) -> set[str]:
        """Return the codes of its methods, offered or not."""
        return {method.code for method in cls.methods}

    @abstractmethod
    def authorise(self, payment: Payment) -> Answer:
        """Ask for the money to be set aside."""

    @abstractmethod
    def find(self, payment: Payment) -> Answer | None:
        """Say how a payment stands; None if it never arrived."""

    @abstractmethod
    def capture(self, payment: Payment, amount: Money, *, key: str) -> Answer:
        """Take what was set aside, or a part and give up the rest; what is paid later stays."""

    def settle(self, payment: Payment, *, key: str) -> Answer:
        """Take note that the money has come; where it does not come by itself, take it."""
        return self.capture(payment, payment.amount, key=key)

    @abstractmethod
    def void(self, payment: Payment, *, key: str) -> Answer:
        """Give up what was set aside, or would be."""

    @abstractmethod
    def refund(self, payment: Payment, amount: Money, *, key: str) -> Refunded:
        """Give back something of what was taken."""

    def refunds(self, payment: Payment) -> tuple[Given, ...]:
        """List what was given back, as the provider knows it."""
        return ()

    def standing(self, payment: Payment) -> Standing | None:
        """Read from the provider's books what was taken and given back; None if it keeps none."""
        return None

    def standings(self, since: datetime) -> Iterator[Standing]:
        """Go through all payments in the provider's books that something happened to."""
        yield from ()

    def hear(self, body: bytes, headers: Mapping[str, str]) -> Notice:
        """Read what the provider says by itself; raises Forged if it was somebody else."""
        raise Forged

    def books(self, payment: Payment) -> tuple[Movement, ...]:
        """Show the provider's own lines about a payment."""
        return ()


def providers() -> list[Provider]:
    """Return the providers that settings.PAYMENT_PROVIDERS names."""
    return [made(name, **entry) for name, entry in settings.PAYMENT_PROVIDERS.items()]


def made(name: str, *, BACKEND: str, **options: Any) -> Provider:  # noqa: N803 - as in settings
    """Make a provider as the settings say."""
    provider: Provider = import_string(BACKEND)(**options)
    provider.name = name
    return provider


def provider_of(method: str) -> Provider:
    """Return the provider behind a method, offered or not: payments outlive the offer."""
    for provider in providers():
        if method in provider.codes():
            return provider
    raise UnknownMethod(method=method)


def offering(method: str) -> Provider:
    """Return the provider that takes new payments in this way."""
    for provider in providers():
        if method in {each.code for each in provider.offered()}:
            return provider
    raise UnknownMethod(method=method)
