"""What the relay asks the orders worker to do every few seconds."""

from celery import shared_task

from . import service


@shared_task(queue="orders")
def recover(**later: object) -> None:
    """End what was begun and never decided."""
    service.recover()
