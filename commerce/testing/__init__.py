"""What tests lean on: a database of their own, real processes, facts delivered on the spot."""

from importlib import import_module


def deliver_all() -> None:
    """Handle every due delivery in this process until none is left; a handler's error is raised."""
    # Imported when called, because pytest loads this package before Django has its models.
    import_module("commerce.testing.facts").deliver_all()
