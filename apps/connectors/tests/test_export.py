"""What is exported can be imported, and then exported again without a byte of difference."""

from io import StringIO

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db
CATALOGUE = """\
{"attribute": {"code": "color", "label": {"en": "Colour"}, "values": {"Blue": {"en": "Blue"}}}}
{"category": {"path": "kitchen", "name": {"en": "Kitchen", "fr": "Cuisine"}, "depth": 1}}
{"key": "MUG", "kind": "configurable", "name": {"en": "=1+1"}, "slug": "mug", "categories": ["Kitchen"], "options": ["color"], "variants": [{"sku": "MUG-BLUE", "options": {"color": "Blue"}, "weight": 320}], "prices": [{"sku": "MUG-BLUE", "currency": "EUR", "amount": "15.00", "before": "18.00"}]}
{"key": "CARD", "kind": "virtual", "name": {"en": "Card"}, "slug": "card", "related": ["MUG"]}
"""  # noqa: E501


def exported(path, **options) -> bytes:
    call_command("export_products", path, stdout=StringIO(), **options)
    return path.read_bytes()


def test_round_trip_is_the_same_to_the_byte(run, tmp_path):
    assert run(CATALOGUE, "ndjson").code == 0
    first = exported(tmp_path / "first")
    assert first.count(b'"key":') == 2
    again = run(tmp_path / "first", "ndjson")
    assert "\n0 changes were made." in again.said
    assert exported(tmp_path / "second") == first


def test_sheet_holds_no_formula(run, tmp_path):
    run(CATALOGUE, "ndjson")
    text = exported(tmp_path / "sheet.csv", format="csv").decode()
    assert "MUG,MUG-BLUE,configurable,'=1+1,color=Blue,Kitchen,1,320,15.00 EUR" in text
    assert text.count("\r\n") == 3
