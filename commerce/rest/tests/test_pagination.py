"""Lists come in pages, and a cursor says where the next one begins."""

import pytest

MUGS = "/api/mugs/v1/mugs"


@pytest.fixture
def fetch(api, publishable):
    return lambda query="": api.get(f"{MUGS}?{query}", X_Api_Key=publishable)


def test_following_cursors_meets_every_row_once(api, fetch, publishable):
    seen, answer = [], fetch("limit=3")
    while True:
        seen += [row["mug"] for row in answer.json()["data"]]
        if not answer.json()["page"]["has_more"]:
            break
        link = answer.headers["Link"]
        assert link.endswith('; rel="next"')
        answer = api.get(link[1 : link.index(">")], X_Api_Key=publishable)
    assert seen == list(range(7))
    assert answer.json()["page"] == {"next": None, "has_more": False}
    assert "Link" not in answer.headers


def test_link_keeps_the_filters(fetch):
    assert "sku=A" in fetch("limit=3&sku=A").headers["Link"]


@pytest.mark.parametrize("after", ["x", "!!", "k2E", "%C3%A9", "wA", "kQ", "A" * 5000])
def test_made_up_cursor_is_refused(fetch, after):
    answer = fetch(f"after={after}")
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor-invalid")
