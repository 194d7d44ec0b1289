"""Files that are sold lie where nobody reads them without being asked who he is."""

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.media.interface import media
from apps.media.models import Download

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private(settings, tmp_path, monkeypatch):
    """Keep private files in a folder of the test."""
    backend = "django.core.files.storage.FileSystemStorage"
    there = {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"private": there}
    field = Download._meta.get_field("file")
    monkeypatch.setattr(field, "storage", storages["private"])
    return tmp_path


def upload(client, name="../../Été.PDF"):
    file = SimpleUploadedFile(name, b"Once upon a time")
    return client.post(
        "/admin/media/download/add/", {"sku": "BOOK", "name": "Été.pdf", "file": file}
    )


def test_merchants_bring_files(admin_client, private):
    assert upload(admin_client).status_code == 302
    (found,) = media.downloads(skus=("BOOK", "MUG"))
    assert (found.sku, found.name, found.size) == ("BOOK", "Été.pdf", 16)
    assert (private / found.path).read_bytes() == b"Once upon a time"
    assert "Été" not in found.path


def test_the_admin_links_to_no_file(admin_client):
    upload(admin_client)
    row = Download.objects.get()
    assert admin_client.get("/admin/media/download/").status_code == 200
    page = admin_client.get(f"/admin/media/download/{row.pk}/change/").content.decode()
    assert "16\xa0bytes" in page
    assert row.file.name not in page


def test_one_name_a_sku(admin_client):
    upload(admin_client)
    assert upload(admin_client).status_code == 200
    assert Download.objects.count() == 1
