"""Delivers facts on the spot, without broker, relay or worker."""

from commerce.events import inbox, relay


def deliver_all() -> None:
    """Handle every due delivery in this process until none is left; a handler's error is raised."""
    while due := relay.claim(limit=1):
        for delivery in due:
            inbox.deliver(delivery=delivery.pk, attempt=delivery.attempts)
