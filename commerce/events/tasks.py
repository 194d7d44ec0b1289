"""What workers are asked to do."""

from celery import shared_task

from . import inbox


@shared_task
def deliver(*, delivery: int, attempt: int, **later: object) -> None:
    """Handle one delivery; later producers may say more."""
    inbox.deliver(delivery=delivery, attempt=attempt)
