"""The same shop, built in three ways."""

import shutil
from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from commerce.testing import database
from commerce.testing.processes import running

ROLES = ("web", "worker", "relay")
REMOTE = "commerce.services.http.Remote"
WAYS = ("together", "loopback", "stock-apart")


@pytest.fixture(params=WAYS)
def house(request: pytest.FixtureRequest, settings: LazySettings) -> Iterator[str]:
    """Run the shop's processes; gives the address of the shop.

    Every service in the process that asks, every call through the wire format, or stock as a
    process of its own with a database of its own.
    """
    shutil.rmtree(settings.SEARCH_INDEX, ignore_errors=True)  # what earlier tests have sold
    match request.param:
        case "together":
            with running(*ROLES) as shop:
                yield shop.url
        case "loopback":
            with running(*ROLES, env={"HALLES_SERVICES": "*=loopback"}) as shop:
                yield shop.url
        case "stock-apart":
            with (
                database.another("stock") as books,
                running(
                    "web", settings="config.settings.split.stock", env={"DATABASE_URL": books}
                ) as alone,
            ):
                settings.SERVICES = settings.SERVICES | {
                    "stock": {"BACKEND": REMOTE, "LOCATION": alone.url}
                }
                with running(*ROLES, env={"HALLES_SERVICES": f"stock={alone.url}"}) as shop:
                    yield shop.url
