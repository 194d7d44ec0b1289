"""Pages name static files before, after and between collections."""

import json

import pytest
from django.test import Client

from commerce.static import CollectedFiles


@pytest.fixture
def collected(tmp_path, settings):
    """Say what was collected; gives the storage that pages ask."""
    settings.STATIC_ROOT = tmp_path

    def collect(**names):
        manifest = {"version": "1.1", "paths": names, "hash": ""}
        (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
        return CollectedFiles()

    return collect


def test_nothing_collected_is_no_reason_to_break(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    assert CollectedFiles().url("admin.css") == "/static/admin.css"


def test_collected_files_are_named_by_their_content(collected):
    assert collected(**{"admin.css": "admin.1a2b.css"}).url("admin.css") == "/static/admin.1a2b.css"


def test_file_that_came_later_has_its_plain_name(collected):
    assert collected(**{"admin.css": "admin.1a2b.css"}).url("new.css") == "/static/new.css"


@pytest.mark.django_db
def test_sign_in_opens_before_anything_is_collected(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "commerce.static.CollectedFiles"}
    }
    assert Client().get("/admin/login/").status_code == 200
