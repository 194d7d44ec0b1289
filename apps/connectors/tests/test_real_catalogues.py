"""Catalogues that nobody here wrote."""

from pathlib import Path

import pytest
from django.conf import settings

from apps.catalog.interface import Kind, catalog
from apps.pricing.interface import pricing
from apps.stock.interface import stock

CATALOGUES = Path(settings.ROOT).parent / "shared" / "data" / "catalogues"
LUMA = CATALOGUES / "magento-luma/fixtures/ConfigurableSampleData/fixtures/products.csv"
FIXTURES = CATALOGUES / "magento-import-fixtures"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CATALOGUES.exists(), reason="../shared is not on this machine"),
]


def test_takes_the_whole_luma_catalogue_once(run):
    first = run(LUMA, currency="USD")
    assert (first.code, first.lines) == (0, [])
    assert first.figure("rows") == 1_994
    assert first.figure("products created") == 147
    assert first.figure("variants") == 1_847
    assert first.figure("category paths") == 21
    check_luma()

    second = run(LUMA, currency="USD")
    assert second.figure("products the same") == 147
    assert "\n0 changes were made." in second.said


def check_luma():
    products = catalog.batch().products
    skus = tuple(variant.sku for product in products for variant in product.draft.variants)
    prices = pricing.prices(skus=skus, currency="USD")
    assert {product.draft.kind for product in products} == {Kind.CONFIGURABLE}
    assert set(catalog.items(skus=skus)) == set(prices) == set(skus)
    assert {level.free for level in stock.available(skus=skus).values()} == {100}
    amounts = [price.unit.amount for price in prices.values()]
    assert (min(amounts), max(amounts)) == (18, 99)
    assert len(catalog.categories()) == 28


BAD_LINES = {
    "product_to_import_invalid_weight": [3],
    "products_to_check_duplicated_names": [3],
    "products_to_check_duplicated_url_keys": [3],
    "products_to_import_with_datetime": [2, 3, 4],
    "import_new_categories_custom_separator": [2],
}
NAMES = sorted(path.stem for path in FIXTURES.glob("*.csv"))


@pytest.mark.parametrize("name", NAMES or ["none"])
def test_takes_what_is_good_of_every_fixture(run, name):
    context, _, what = name.partition("__")
    done = run(FIXTURES / f"{name}.csv")
    if context == "CustomerImportExport":
        assert (done.code, "no product file" in done.said) == (2, True)
        return
    bad = [int(line.split()[1].rstrip(":")) for line in done.lines if line.startswith("line")]
    assert bad == BAD_LINES.get(what, [])
    assert done.code == (1 if bad else 0)
    assert "\n0 changes were made." in run(FIXTURES / f"{name}.csv").said


def test_separator_of_values_is_what_the_merchant_says(run):
    name = "CatalogImportExport__import_new_categories_custom_separator.csv"
    assert "--values-separator '|'" in run(FIXTURES / name).said
    assert run(FIXTURES / name, values_separator="|").code == 0
    assert {c.path for c in catalog.categories()} == {"category-1", "category-2"}


def test_quoted_attributes_keep_their_separators(run):
    run(FIXTURES / "CatalogImportExport__products_to_import_with_additional_attributes.csv")
    values = catalog.find(codes=("simple1",))[0].draft.attributes["multiselect_attribute"]
    assert values == ('Option 3 "!@#$%^&*, "|"', "Opt||,ion 2")


def test_spelling_of_a_sku_does_not_make_another_product(run):
    run(FIXTURES / "CatalogImportExport__products_to_import.csv")
    done = run(FIXTURES / "CatalogImportExport__products_to_import_with_changed_sku_case.csv")
    assert done.figure("products changed") == 3
    keys = {product.draft.key for product in catalog.batch().products}
    assert keys == {"simple1", "simple2", "simple3"}
    assert str(pricing.prices(skus=("simple3",), currency="EUR")["simple3"].unit.amount) == "333.00"
