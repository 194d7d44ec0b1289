"""Checkouts whose payment is declined too late, for `python -m tests.gameday.decliners`.

Each line on the way in is a wish, and the step before or after which whoever takes it dies. The
last word says how it ended.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import django

django.setup()

from django.db import connections

from apps.orders.domain import NotPossible, Wish
from apps.orders.interface import Status
from apps.orders.service import accept, intents, place
from apps.payments.models import Session
from commerce import ids
from commerce.money import Money

take, move = accept.take, intents.move


class Fragile:
    """A context on the way to which, or back, somebody dies."""

    def __init__(self, context: Any, verb: str, after: bool) -> None:
        self.context, self.verb, self.after = context, verb, after

    def __getattr__(self, name: str) -> Any:
        ask = getattr(self.context, name)
        return dying(ask, self.after) if name == self.verb else ask


def dying(step: Callable[..., Any], after: bool) -> Callable[..., Any]:
    """Die before a step, or after it, however it ends."""

    def die(*values: Any, **named: Any) -> Any:
        try:
            return step(*values, **named) if after else None
        finally:
            os.kill(os.getpid(), signal.SIGKILL)

    return die


def arm(step: str, after: bool) -> None:
    """Have this process die at a step."""
    context, _, verb = step.partition(".")
    if verb:
        setattr(accept, context, Fragile(getattr(accept, context), verb, after))
        return

    def moving(intent: Any, to: Status, **values: Any) -> Any:
        chosen = dying(move, after) if to.value == step else move
        return chosen(intent, to, **values)

    intents.move = moving


def declined(intent: Any) -> None:
    """Have the bank change its mind once everything looked good."""
    Session.objects.filter(pk=intent.payment_session).update(status="voided")
    take(intent)


def try_to(asked: dict[str, Any]) -> None:
    """Order, and die on the way if there is a step at which to."""
    if asked["step"]:
        arm(asked["step"], asked["after"])
    accept.take = declined
    wish = Wish(
        cart=ids.parse("cart", asked["cart"]),
        cart_version=asked["version"],
        expected_total=Money.from_json(asked["total"]),
        payment_session=ids.parse("pay", asked["session"]),
    )
    with suppress(NotPossible):
        place(wish=wish, caller="ct:gameday", key=asked["cart"])
    connections.close_all()


def main() -> None:
    """Take every wish in a process of its own."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                try_to(json.loads(line))
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
