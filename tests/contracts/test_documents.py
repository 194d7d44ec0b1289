"""The shop as it is installed describes its whole API, every context of it."""

import re

import pytest

from commerce.rest import openapi

DOCUMENTS = [
    "/api/openapi.json",
    *(f"/api/{name}/v{v}/openapi.json" for name, v in openapi.contexts()),
]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_document_is_whole(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    referred = re.findall(r"#/components/schemas/([^\"]+)", answer.content.decode())
    assert referred
    assert set(referred) <= set(answer.json()["components"]["schemas"])


def test_people_can_read_it(client):
    page = client.get("/api/docs").content.decode()
    assert [each.path for each in openapi.operations() if each.path not in page] == []


def test_choices_are_listed(client):
    schemas = client.get("/api/stock/v1/openapi.json").json()["components"]["schemas"]
    assert schemas["NewLocation"]["properties"]["kind"] == {
        "enum": ["own", "vendor"],
        "default": "own",
    }
