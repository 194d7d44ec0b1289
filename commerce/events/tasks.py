"""What workers are asked to do."""

from collections.abc import Sequence

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from . import inbox, recurring
from .trim import trim as forget


@shared_task
def deliver(
    *, delivery: int, attempt: int, others: Sequence[tuple[int, int]] = (), **later: object
) -> None:
    """Handle a delivery, and others that travel with it; later producers may say more.

    One that fails keeps none of the others waiting.
    """
    problems = []
    for number, tried in [(delivery, attempt), *others]:
        try:
            inbox.deliver(delivery=number, attempt=tried)
        except SoftTimeLimitExceeded:
            raise
        except Exception as problem:
            problems.append(problem)
    if problems:
        raise problems[0] if len(problems) == 1 else ExceptionGroup("deliveries failed", problems)


@recurring.every(600)
def trim(**later: object) -> None:
    """Forget what was handled long ago."""
    forget()
