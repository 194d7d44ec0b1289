"""Nobody's change is lost, and nobody fetches what they have already."""

import pytest

SHOP = "/api/mugs/v1/corner"


@pytest.fixture
def patch(api):
    def send(**headers):
        return api.client.patch(
            SHOP, b'{"sku": "M"}', "application/json", headers={"X-Cart-Token": "t"} | headers
        )

    return send


def test_change_without_a_version_is_refused(patch):
    assert (patch().status_code, patch().json()["code"]) == (428, "precondition-required")


@pytest.mark.parametrize("tag", ["4", '"four"', "*", '"4", "5"', '"9999999999999999999999"'])
def test_tag_we_never_gave_is_stale(patch, tag):
    answer = patch(**{"If-Match": tag})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition-failed")


@pytest.mark.parametrize("tag", ['"4"', 'W/"4"'])
def test_view_learns_the_expected_version(patch, tag):
    answer = patch(**{"If-Match": tag})
    assert answer.json() == {"expected": 4}
    assert answer.headers["ETag"] == '"5"'


def test_known_version_is_not_sent_again(api):
    answer = api.get(SHOP, If_None_Match='"4"')
    assert (answer.status_code, answer.content) == (304, b"")


def test_public_answer_may_stay_at_the_edge(api):
    answer = api.get(SHOP)
    assert answer.headers["Cache-Control"] == (
        "public, max-age=0, s-maxage=60, stale-while-revalidate=60"
    )
    assert not {"Vary", "Set-Cookie", "RateLimit"} & set(answer.headers)


def test_private_answer_is_kept_by_nobody(api, patch):
    assert patch(**{"If-Match": '"4"'}).headers["Cache-Control"] == "no-store"
    assert api.get("/api/mugs/v1/refuse").headers["Cache-Control"] == "no-store"


def test_head_answers_like_get(api):
    answer = api.client.head(SHOP)
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (200, b"", '"4"')


def test_unknown_method_is_refused_with_the_known_ones(api):
    answer = api.client.delete(SHOP)
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET, PATCH"
