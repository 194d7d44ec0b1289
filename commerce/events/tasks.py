"""What workers are asked to do."""

from collections.abc import Sequence

from celery import shared_task

from . import inbox, recurring
from .trim import trim as forget


@shared_task
def deliver(
    *, delivery: int, attempt: int, others: Sequence[tuple[int, int]] = (), **later: object
) -> None:
    """Handle a delivery, and others that travel with it; later producers may say more.

    One that fails keeps none of the others waiting.
    """
    inbox.each_alone(handle, [(delivery, attempt), *others])


def handle(message: tuple[int, int]) -> None:
    """Handle a delivery that was tried so often when the message was sent."""
    delivery, attempt = message
    inbox.deliver(delivery=delivery, attempt=attempt)


@shared_task
def deliver_together(*, deliveries: Sequence[int], **later: object) -> None:
    """Handle deliveries to one consumer that takes many."""
    inbox.deliver_together(deliveries)


@recurring.every(600)
def trim(**later: object) -> None:
    """Forget what was handled long ago."""
    forget()
