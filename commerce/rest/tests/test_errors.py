"""People who meet a failure get a plain page in their language, and never a stack trace."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

PAGES = "/pages"


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("database", 503, "right back"),
        ("service", 503, "right back"),
        ("missing", 404, "nothing here"),
        ("foreign", 404, "nothing here"),
        ("data", 422, "could not read"),
        ("bug", 500, "broke on our side"),
    ],
)
def test_failing_page_says_what_to_do(api, how, status, words):
    answer = api.get(f"{PAGES}/{how}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        status,
        "text/html; charset=utf-8",
    )
    assert words in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    assert "secret" not in answer.content.decode()


def test_unavailable_page_says_when_to_come_back(api):
    assert api.get(f"{PAGES}/database").headers["Retry-After"] == "2"


def test_failure_speaks_french_under_fr(api):
    answer = api.get("/fr/nulle-part")
    assert answer.status_code == 404
    assert '<html lang="fr">' in answer.content.decode()
    assert 'href="/fr/"' in answer.content.decode()
    assert "Il n’y a rien ici" in answer.content.decode()


def test_form_without_its_token_is_refused_plainly():
    answer = Client(enforce_csrf_checks=True).post(f"{PAGES}/form", {"name": "x"})
    assert answer.status_code == 403
    assert "not open to you" in answer.content.decode()


def test_too_large_form_is_refused_plainly(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = api.client.post(f"{PAGES}/form", {"name": "x" * 100})
    assert answer.status_code in {400, 413}
    assert "could not read" in answer.content.decode()


def test_too_many_files_are_refused_plainly(api, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1
    files = [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")]
    assert api.client.post(f"{PAGES}/form", {"files": files}).status_code == 400


def test_foreign_host_name_is_refused_plainly(api, settings):
    settings.ALLOWED_HOSTS = ["shop.example"]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE]
    answer = api.get(f"{PAGES}/form", Host="evil.example")
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_error_page_needs_no_inline_script_or_style(api, status):
    how = {403: "form", 404: "missing", 500: "bug", 503: "database"}
    content = api.get(f"{PAGES}/{how.get(status, 'data')}").content.decode()
    assert "<script" not in content
    assert "style=" not in content
    assert "<style" not in content


@pytest.mark.parametrize("path", [f"{PAGES}/bug", "/api/mugs/v1/fail/bug"])
def test_defect_is_logged_once_with_its_trace(api, caplog, path):
    api.get(path)
    [line] = [record.msg for record in caplog.records if record.name == "halles.errors"]
    assert isinstance(line["exc_info"], ZeroDivisionError)
