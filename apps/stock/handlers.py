"""What the stock does about its own facts."""

from commerce.events import repeatable_on

from .events import BackInStock
from .service import alerts


@repeatable_on(BackInStock)
def mail_alerts(fact: BackInStock) -> None:
    """Tell those who wait, each once."""
    alerts.mail(fact.sku)
