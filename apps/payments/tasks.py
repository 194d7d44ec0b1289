"""What workers do about payments without being told by a fact."""

from commerce.events.recurring import every

from . import service


@every(10, queue="orders")
def pursue_refunds(**later: object) -> None:
    """Ask again for refunds that providers were silent about."""
    service.pursue_refunds()


@every(600)
def reconcile(**later: object) -> None:
    """Compare our books with those of providers, once a night."""
    service.reconcile_due()
