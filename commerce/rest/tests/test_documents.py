"""The API describes itself: for programs, for people, and always truly."""

import re

import pytest
from django.test import Client

from commerce.rest import openapi, problems


@pytest.fixture
def document(api):
    return api.get("/api/mugs/v1/openapi.json").json()


def test_index_leads_to_every_context(api):
    index = api.get("/api").json()
    [mugs] = index["contexts"]
    assert (mugs["name"], mugs["version"]) == ("mugs", "v1")
    for link in (mugs["openapi"], *index["links"].values()):
        assert api.get(link).status_code == 200


def test_document_lists_every_endpoint(document):
    listed = {(path, method) for path, item in document["paths"].items() for method in item}
    assert listed == {
        ("/api/mugs/v1/mugs", "get"),
        ("/api/mugs/v1/fail/{how}", "get"),
        ("/api/mugs/v1/refuse", "get"),
        ("/api/mugs/v1/{shop}", "get"),
        ("/api/mugs/v1/{shop}", "patch"),
        ("/api/mugs/v1/{shop}/orders", "post"),
        ("/api/mugs/v1/{shop}/natural-orders", "post"),
        ("/api/mugs/v1/{shop}/offers", "post"),
    }


def test_documents_describe_the_api_alone(api):
    paths = api.get("/api/openapi.json").json()["paths"]
    assert [path for path in paths if not path.startswith("/api")] == []


def test_operation_says_all_it_takes_and_answers(document):
    order = document["paths"]["/api/mugs/v1/{shop}/orders"]["post"]
    assert order["summary"] == "Place an order."
    assert order["description"] == "It has an effect once."
    assert order["security"] == [{"ct": []}]
    assert [(p["name"], p["in"], p["required"]) for p in order["parameters"]] == [
        ("shop", "path", True),
        ("Idempotency-Key", "header", True),
    ]
    body = order["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/Order"}
    assert document["components"]["schemas"]["Order"]["additionalProperties"] is False
    placed = order["responses"]["201"]["content"]["application/json"]["schema"]
    assert placed == {"$ref": "#/components/schemas/Placed"}
    assert order["responses"]["409"]["x-problem-codes"] == [
        "idempotency-in-flight",
        "out-of-mugs",
    ]
    assert set(order["responses"]) == {
        *("201", "400", "401", "404", "409", "413", "415", "422", "429", "500", "503")
    }


def test_query_is_described_field_by_field(document):
    listing = document["paths"]["/api/mugs/v1/mugs"]["get"]
    styles = {p["name"]: (p.get("style"), p.get("explode")) for p in listing["parameters"]}
    assert styles == {
        "limit": (None, None),
        "after": (None, None),
        "sku": ("form", False),
        "f": ("deepObject", True),
    }
    assert listing["security"] == [{"sk": ["mugs:read"]}, {"pk": []}]
    limit = next(p for p in listing["parameters"] if p["name"] == "limit")
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}


def test_version_is_asked_for_where_it_matters(document):
    change = document["paths"]["/api/mugs/v1/{shop}"]["patch"]
    assert "If-Match" in [p["name"] for p in change["parameters"]]
    assert {"412", "428"} < set(change["responses"])


def test_public_operation_needs_nothing(document):
    assert document["paths"]["/api/mugs/v1/{shop}"]["get"]["security"] == [{}]


def test_document_is_the_same_every_time(api):
    first = api.get("/api/openapi.json").content
    openapi.written.cache_clear()
    openapi.routes.known.cache_clear()
    assert api.get("/api/openapi.json").content == first


def test_every_reference_in_the_document_leads_somewhere(api):
    text = api.get("/api/openapi.json").content.decode()
    known = api.get("/api/openapi.json").json()["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/([^\"]+)", text)) <= set(known)


def test_unknown_context_has_no_document(api):
    assert api.get("/api/cups/v1/openapi.json").json()["code"] == "not-found"
    assert api.get("/api/mugs/v2/openapi.json").json()["code"] == "not-found"


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "application/problem+json, */*"])
def test_problem_is_explained_to_programs(api, accept):
    answer = api.get("/api/problems/out-of-mugs", Accept=accept)
    assert answer.json() == {
        "type": "/api/problems/out-of-mugs",
        "code": "out-of-mugs",
        "status": 409,
        "title": "No mugs",
        "text": "There are no mugs left. Drink from the tap.",
    }
    assert answer.headers["Vary"] == "Accept"


def test_problem_is_explained_to_people(api):
    answer = api.get("/api/problems/out-of-mugs", Accept="text/html,*/*;q=0.8")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Drink from the tap" in answer.content.decode()
    assert "s-maxage" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_unknown_problem_is_not_found(api, accept):
    assert api.get("/api/problems/nothing", Accept=accept).status_code == 404


@pytest.mark.parametrize("code", sorted(problems.kinds))
def test_type_of_a_problem_leads_to_its_explanation(api, code):
    assert api.get(problems.kinds[code].url).status_code == 200


def test_reference_page_shows_every_operation_and_problem(api, document):
    text = api.get("/api/docs").content.decode()
    for path in document["paths"]:
        assert path in text
    for code in problems.kinds:
        assert f"/api/problems/{code}" in text
    assert "Idempotency-Key" in text
    assert "integer ≥ 1 ≤ 200" in text


def test_reference_page_obeys_the_strict_policy():
    answer = Client().get("/api/docs")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    for forbidden in ("<script", "<style", "style=", "onclick=", "http://", "https://"):
        assert forbidden not in answer.content.decode()
