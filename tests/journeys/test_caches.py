"""One copy of a page serves everybody: what comes from a cache depends on its address alone."""

import pytest

from apps.catalog.interface import Category, Kind, ProductDraft, Variant, catalog
from apps.cms.interface import PageDraft, cms
from commerce.testing import deliver_all

pytestmark = pytest.mark.django_db
PAGES = ["/", "/products/mug", "/shelves/tableware/", "/search/?q=mug", "/about/"]
EVERYWHERE = [prefix + page for page in PAGES for prefix in ("", "/fr")]


@pytest.fixture(autouse=True)
def _shop():
    name = {"en": "Mug", "fr": "Tasse"}
    title = {"en": "Welcome", "fr": "Bienvenue"}
    catalog.describe(
        categories=(Category("tableware", {"en": "Tableware", "fr": "Vaisselle"}, 1),),
        attributes=(),
    )
    catalog.save(
        drafts=(
            ProductDraft(
                key="MUG",
                kind=Kind.SIMPLE,
                name=name,
                slug="mug",
                categories=("Tableware",),
                variants=(Variant("MUG", weight=300),),
            ),
        )
    )
    cms.publish(pages=(PageDraft("home", title), PageDraft("about", title)))
    deliver_all()


@pytest.mark.parametrize("page", EVERYWHERE)
def test_page_varies_by_nothing_of_the_reader(client, page):
    answer = client.get(page, headers={"Accept-Language": "fr", "Cookie": "sessionid=x; a=b"})
    assert answer.status_code == 200
    varies = {name.strip().lower() for name in answer.get("Vary", "").split(",")}
    assert not varies & {"cookie", "accept-language"}
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("page", EVERYWHERE)
def test_language_is_that_of_the_path(client, page):
    language = "fr" if page.startswith("/fr") else "en"
    for wish in ("fr", "en", "de"):
        answer = client.get(page, headers={"Accept-Language": wish})
        assert answer.headers["Content-Language"] == language
        assert f'<html lang="{language}"' in answer.text


def test_api_speaks_no_language(client):
    answer = client.get("/api/catalog/v1/nothing", headers={"Accept-Language": "fr"})
    assert "Content-Language" not in answer.headers
    assert "accept-language" not in answer.get("Vary", "").lower()
