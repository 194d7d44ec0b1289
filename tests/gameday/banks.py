"""Banks that die with whoever asks them, for `python -m tests.gameday.banks NAME`.

It reads orders, has a process of its own take the money of each, and says how each ended.
"""

import os
import signal
import sys
from typing import Any
from uuid import UUID, uuid4

import django

django.setup()

from django.conf import settings
from django.db import connections

from apps.payments.domain import Answer, Payment
from apps.payments.interface import Status, payments
from apps.payments.providers import bank
from commerce.money import Money


class Bank(bank.Bank):
    """Behaves."""


class DyingBank(Bank):
    """Takes the money, and the life of who asked."""

    def capture(self, payment: Payment, amount: Money, *, key: str) -> Answer:
        super().capture(payment, amount, key=key)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


class ForgetfulBank(Bank):
    """Takes the money as often as it is asked to."""

    def capture(self, payment: Payment, amount: Money, *, key: str) -> Answer:
        bank.write(payment, bank.What.CAPTURE, key=f"{uuid4()}", amount=amount)
        return Answer(Status.CAPTURED)


class DyingForgetfulBank(ForgetfulBank):
    """Does so, and takes the life of who asked."""

    def capture(self, payment: Payment, amount: Money, *, key: str) -> Answer:
        super().capture(payment, amount, key=key)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def take(order: UUID) -> int:
    """Take the money of an order in a process of its own; gives how that ended."""
    connections.close_all()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        payments.capture(order=order)
        connections.close_all()
        os._exit(0)
    finally:
        os._exit(1)


def main(name: str) -> None:
    """Take the money of every order on the way in."""
    providers: dict[str, Any] = settings.PAYMENT_PROVIDERS
    providers["test"] = {"BACKEND": f"tests.gameday.banks.{name}"}
    for order in sys.stdin.read().split():
        print(take(UUID(order)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
