"""What follows from what providers say. Every step can be taken again."""

from commerce.events import repeatable_on

from . import service
from .events import ProviderSpoke


@repeatable_on(ProviderSpoke, queue="orders")
def learn(fact: ProviderSpoke) -> None:
    """Ask the provider how the payment stands."""
    service.learn(session=fact.session)
