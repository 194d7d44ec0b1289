"""Bought files are fetched by a signed link, a few times, for a while, and not once paid back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.db.models.functions import Now

from apps.media.interface import Download
from commerce import ids
from commerce.proof import prove

from .. import service
from ..domain import NotPossible
from ..models import Grant
from .conftest import fill
from .fakes import cart_line
from .test_papers import bought

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
EVE = "staff:eve"
ADA = ids.new()
BOOK = (cart_line("BOOK", 1, ships=False), cart_line("MUG", 1))


@pytest.fixture
def file(shop, settings, tmp_path):
    """Sell a file as the SKU BOOK."""
    private = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path},
    }
    settings.STORAGES = settings.STORAGES | {"private": private}
    path = storages["private"].save("downloads/x.pdf", ContentFile(b"Once upon a time"))
    shop.files.append(Download("BOOK", "Été à Lyon.pdf", path, 16))


@pytest.fixture
def order(shop, file):
    found = bought(shop, lines=BOOK, customer=ADA)
    service.grant_downloads(order=found)
    return found


def link():
    return service.download_path(Grant.objects.get().pk)


def refusal(client):
    answer = client.get(link())
    return answer.status_code, answer.json()["code"]


def test_what_is_paid_can_be_fetched_a_few_times(client, order, settings):
    assert "Été à Lyon.pdf" in client.get(service.order_path(order)).content.decode()
    client.head(link())
    for _ in range(settings.DOWNLOAD_TIMES):
        answer = client.get(link())
        assert b"".join(answer.streaming_content) == b"Once upon a time"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Cache-Control"] == "no-store"
    assert refusal(client) == (410, "download-used-up")
    assert "Été à Lyon.pdf" not in client.get(service.order_path(order)).content.decode()


def test_what_is_not_paid_cannot_be_fetched(shop, file, client):
    order = bought(shop, lines=BOOK, customer=ADA, method="invoice")
    service.grant_downloads(order=order)
    assert not Grant.objects.exists()
    service.mark_paid(order=order, actor=EVE, why="On the account")
    assert "Été à Lyon.pdf" in client.get(service.order_path(order)).content.decode()


def test_a_link_is_good_for_a_while(client, order):
    Grant.objects.update(expires_at=Now() - timedelta(seconds=1))
    assert refusal(client) == (410, "download-expired")


def test_what_is_paid_back_cannot_be_fetched(client, order):
    service.withdraw(order=order, goods={1: 1}, actor=EVE, why="Not as expected", key="a")
    assert refusal(client) == (410, "download-revoked")
    assert Grant.objects.get().used == 0


def test_what_is_cancelled_cannot_be_fetched(client, order):
    service.cancel(order=order, actor=EVE, why="Changed her mind")
    assert refusal(client) == (410, "download-revoked")


def test_all_the_money_back_by_goodwill_ends_it_too(client, order):
    left = service.show(order=order).grand.minor
    service.refund(order=order, minor=left, actor=EVE, why="Sorry", key="a")
    assert refusal(client) == (410, "download-revoked")


def test_nobody_guesses_a_link(client, order):
    name = ids.public("dl", Grant.objects.get().pk)
    place = f"/api/orders/v1/downloads/{name}"
    other = ids.new()
    stranger = f"/api/orders/v1/downloads/{ids.public('dl', other)}?key={prove('download', other)}"
    for path in (place, f"{place}?key=guess", stranger, "/api/orders/v1/downloads/dl_1?key=x"):
        assert client.get(path).status_code == 404
    assert client.get(f"{place}?key={'x' * 200}").status_code == 400
    assert Grant.objects.get().used == 0


def test_rights_are_given_once(order):
    service.grant_downloads(order=order)
    assert Grant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_time_is_fetched_once(order):
    Grant.objects.update(most=1)
    grant = Grant.objects.get().pk

    def attempt(_):
        try:
            service.fetch(grant=grant)
        except service.NotFetchable:
            return 0
        else:
            return 1
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1


def test_strangers_buy_no_files(shop, file):
    wish = fill(shop, lines=BOOK)
    with pytest.raises(NotPossible) as refused:
        service.place(wish=wish, caller="ct:ada", key="a")
    assert [reason.code for reason in refused.value.reasons] == ["account-missing"]
    assert shop.sold == {}


def test_whatever_else_is_not_sent_needs_no_account(shop):
    wish = fill(shop, lines=BOOK)
    assert service.precheck(wish=wish).reasons == ()
