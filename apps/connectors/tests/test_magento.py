"""Products that come in Magento's CSV."""

from pathlib import Path

import pytest
from PIL import Image

from apps.catalog.interface import Component, Kind, Variant, Visibility, catalog
from apps.pricing.interface import pricing
from apps.stock.interface import Policy, stock

pytestmark = pytest.mark.django_db

MUGS = (
    "sku,store_view_code,product_type,name,description,categories,price,qty,weight,visibility,"
    "configurable_variations,additional_attributes\n"
    "MUG-BLUE,,simple,Blue mug,,Root/Kitchen,12,5,0.32,Not Visible Individually,,color=Blue\n"
    "MUG-SAND,,simple,Sand mug,,Root/Kitchen,,3,0.33,Not Visible Individually,,color=Sand\n"
    'MUG,,configurable,Mug,"<p>Two\nlines</p>","Root/Kitchen/Mugs,Root",14,0,,"Catalog, Search",'
    '"sku=MUG-BLUE,color=Blue|sku=MUG-SAND,color=Sand",'
    '"material=Stoneware|Glaze,has_options=1"\n'
    "MUG,fr,,Tasse,,,,,,,,\n"
)


def draft(key):
    return catalog.find(codes=(key,))[0].draft


def price(sku):
    return pricing.prices(skus=(sku,), currency="EUR")[sku]


def free(sku):
    return stock.available(skus=(sku,))[sku]


@pytest.mark.usefixtures("both_ways")
def test_makes_one_product_of_its_variants_and_languages(run):
    done = run(MUGS)
    assert (done.code, done.lines) == (0, [])
    mug = draft("MUG")
    assert mug.name == {"en": "Mug", "fr": "Tasse"}
    assert mug.description == {"en": "<p>Two\nlines</p>"}
    assert mug.categories == ("Kitchen/Mugs",)
    assert mug.attributes == {"material": ("Stoneware", "Glaze")}
    assert mug.options == ("color",)
    assert mug.variants == (
        Variant("MUG-BLUE", {"color": "Blue"}, weight=320),
        Variant("MUG-SAND", {"color": "Sand"}, weight=330),
    )
    assert (mug.kind, mug.slug, mug.visibility) == (Kind.CONFIGURABLE, "mug", Visibility.EVERYWHERE)
    assert len(catalog.batch().products) == 1


def test_prices_and_counts_come_with_the_variants(run):
    run(MUGS)
    assert [str(price(sku).unit.amount) for sku in ("MUG-BLUE", "MUG-SAND")] == ["12.00", "14.00"]
    assert [free(sku).free for sku in ("MUG-BLUE", "MUG-SAND")] == [5, 3]


def test_second_run_changes_nothing(run):
    first, second = run(MUGS), run(MUGS)
    assert (first.figure("products created"), first.figure("prices changed")) == (1, 2)
    assert second.figure("products the same") == 1
    assert "\n0 changes were made." in second.said


def test_dry_run_writes_nothing(run):
    done = run(MUGS, dry_run=True)
    assert (done.figure("products created"), done.figure("variants")) == (1, 2)
    assert catalog.batch().products == ()
    assert catalog.attributes() == ()
    assert catalog.categories() == ()
    assert pricing.prices(skus=("MUG-BLUE",), currency="EUR") == {}
    assert free("MUG-BLUE").free == 0


def test_order_of_rows_makes_no_difference(run):
    head, *rows = MUGS.split("\nMUG")
    run("\nMUG".join([head, *rows]))
    once = draft("MUG")
    shuffled = "\nMUG".join([head, *(row.rstrip("\n") for row in rows[::-1])])
    assert run(shuffled).figure("products the same") == 1
    assert draft("MUG") == once


def test_absent_columns_and_empty_cells_leave_alone_what_there_is(run):
    run(MUGS)
    before = draft("MUG")
    assert run("sku,name,tax_class_name\nmug,,Books\n").code == 0
    assert draft("MUG") == before.__class__(**{**vars(before), "tax_class": "books"})


def test_row_of_a_variant_changes_its_price_and_count(run):
    run(MUGS)
    done = run("sku,price,qty\nmug-blue,9.50,7\n")
    assert (done.code, done.figure("prices changed"), done.figure("counts changed")) == (0, 1, 1)
    assert (str(price("MUG-BLUE").unit.amount), free("MUG-BLUE").free) == ("9.50", 7)


def test_new_product_needs_a_name(run):
    done = run("sku,price\nNEW,9\n")
    assert (done.code, done.lines) == (
        1,
        ["line 2: NEW: The product is not in the catalogue yet, so it needs a name."],
    )


def test_special_price_shows_the_usual_one_struck_out(run):
    run(
        "sku,name,price,special_price,special_price_from_date,special_price_to_date\n"
        "NOW,Now,20,15,,\nEVER,Ever,20,15,1/1/20,12/31/2120\nPAST,Past,20,15,,2020-01-01\n"
    )
    assert [str(price(sku).unit.amount) for sku in ("NOW", "EVER", "PAST")] == [
        "15.00",
        "15.00",
        "20.00",
    ]
    assert [price(sku).before is not None for sku in ("NOW", "PAST")] == [True, False]


def test_takes_prices_in_the_currency_it_is_told(run):
    run("sku,name,price\nPOT,Pot,20\n", currency="USD")
    assert list(pricing.prices(skus=("POT",), currency="USD")) == ["POT"]


def test_own_setting_switches_counting_off_and_the_shops_does_not(run):
    run(
        "sku,name,qty,manage_stock,use_config_manage_stock,is_in_stock\n"
        "FREE,Free,5,0,0,1\nSHOP,Shop,5,0,1,1\nOUT,Out,5,1,0,0\n"
    )
    assert [(free(sku).free, free(sku).tracked) for sku in ("SHOP", "OUT")] == [
        (5, True),
        (0, True),
    ]
    assert not free("FREE").tracked


def test_counts_again_what_was_not_counted(run):
    run("sku,name\nPOT,Pot\n")
    stock.set_policy(skus=("POT",), policy=Policy.UNTRACKED)
    run("sku,qty\nPOT,4\n")
    assert (free("POT").free, free("POT").tracked) == (4, True)


def test_nobody_counts_what_is_not_shipped_unless_the_file_does(run):
    run(
        "sku,product_type,name,qty\nCARD,virtual,Card,\nFILM,downloadable,Film,\nSEAT,virtual,Seat,9\n"
    )
    assert [free(sku).tracked for sku in ("CARD", "FILM", "SEAT")] == [False, False, True]
    assert [draft(key).kind for key in ("CARD", "FILM")] == [Kind.VIRTUAL, Kind.DOWNLOADABLE]


def test_bundles_and_groups_are_made_of_components(run):
    run(
        "sku,product_type,name,price,associated_skus,bundle_values\n"
        'TABLE,grouped,Table,,"POT=1,MUG=4",\n'
        'SET,bundle,Set,40,,"name=Pot,sku=POT,default=1|name=Mug,sku=MUG,default_qty=4"\n'
    )
    parts = (Component("POT", 1), Component("MUG", 4))
    assert draft("TABLE").components == draft("SET").components == parts
    assert str(price("SET").unit.amount) == "40.00"


def test_later_row_of_the_same_sku_wins(run):
    done = run("sku,name,price\nPot,First,10\npOT,Second,\n")
    assert done.lines == [
        "note, line 3: pOT: pOT stands on line 2 already; what this row says wins."
    ]
    assert (draft("Pot").name, str(price("Pot").unit.amount)) == ({"en": "Second"}, "10.00")


def test_language_nobody_reads_is_set_aside_and_noted_once(run):
    done = run("sku,store_view_code,name\nA,,A\nA,de,Ä\nB,,B\nB,de,B\n")
    assert done.code == 0
    assert len(done.lines) == 1
    assert draft("A").name == {"en": "A"}


@pytest.mark.parametrize("store", ["fr", "fr_fr", "shop_fr", "FR-CA"])
def test_recognises_the_language_of_a_store_view(run, store):
    run(f"sku,store_view_code,name\nA,,A\nA,{store},À\n")
    assert draft("A").name == {"en": "A", "fr": "À"}


def test_reports_every_bad_row_and_imports_the_others(run, tmp_path):
    done = run(
        "sku,name,price,qty,product_type,visibility\n"
        "GOOD,Good,1,1,simple,Catalog\n"
        ",Nameless,1,1,simple,Catalog\n"
        '"=BAD","Two\nlines",-1,1.5,teapot,Nowhere\n'
        "LATE,Late,two,1,simple,Catalog\n",
        report=tmp_path / "report.csv",
    )
    assert done.code == 1
    assert [line.partition(":")[0] for line in done.lines] == ["line 3", *["line 4"] * 4, "line 6"]
    assert (done.figure("rows"), done.figure("bad rows")) == (4, 3)
    assert [product.draft.key for product in catalog.batch().products] == ["GOOD"]
    report = (tmp_path / "report.csv").read_text().splitlines()
    assert report[0] == "line,key,reason"
    assert report[2].startswith("4,'=BAD,price: '-1'")


def test_product_with_a_bad_variant_is_left_out_whole(run):
    done = run(MUGS.replace(",3,0.33", ",three,0.33"))
    assert [line.partition(": ")[0] for line in done.lines] == ["line 3", "line 4"]
    assert catalog.batch().products == ()
    assert pricing.prices(skus=("MUG-BLUE",), currency="EUR") == {}


def test_variants_of_a_bad_product_do_not_stand_alone(run):
    assert run(MUGS.replace(",14,0,", ",dear,0,")).figure("bad rows") == 1
    assert catalog.batch().products == ()


def test_missing_variant_is_named(run):
    done = run(MUGS.replace("sku=MUG-SAND,", "sku=MUG-RED,"))
    assert done.lines == ["line 4: MUG: The variation MUG-RED stands in no good row of this file."]


def test_variant_cannot_belong_to_two_products(run):
    row = '\nCUP,,configurable,Cup,,,,,,,"sku=MUG-BLUE,color=Blue",\n'
    done = run(MUGS + row.lstrip("\n"))
    assert done.lines == ["line 7: CUP: The variation MUG-BLUE belongs to mug already."]
    assert [product.draft.key for product in catalog.batch().products] == ["MUG"]


def test_variant_that_is_offline_is_left_out(run):
    run(
        "sku,product_type,name,product_online,configurable_variations\n"
        "A,simple,A,2,\nB,simple,B,1,\n"
        'C,configurable,C,1,"sku=A,size=S|sku=B,size=M"\n'
    )
    assert [variant.sku for variant in draft("C").variants] == ["B"]


def test_slug_can_be_used_once(run):
    done = run("sku,name,url_key\nA,Same,\nB,Same,\nC,Other,Same!\nD,Same,d\n")
    assert [line.partition(": ")[0] for line in done.lines] == ["line 3", "line 4"]
    assert "The slug same was already used on line 2" in done.said


def test_half_a_file_is_completed_by_the_whole_one(run):
    half = MUGS[: MUGS.index("MUG,,configurable")]
    assert run(half).figure("products created") == 2
    assert run(MUGS).figure("products created") == 1
    assert [product.draft.key for product in catalog.batch().products] == ["MUG"]
    assert "\n0 changes were made." in run(MUGS).said


def test_unknown_attributes_get_words_and_known_ones_keep_theirs(run):
    long = "very long " * 5
    run(f'sku,name,additional_attributes\nA,A,"care_label={long},size=S"\n')
    found = {one.code: (one.label["en"], one.facet) for one in catalog.attributes()}
    assert found == {"care_label": ("Care label", False), "size": ("Size", True)}
    catalog.describe(attributes=(catalog.attributes()[1].__class__("size", {"en": "Fit"}),))
    run("sku,name,additional_attributes\nB,B,size=M\n")
    assert [one.label["en"] for one in catalog.attributes()] == ["Care label", "Fit"]


@pytest.fixture
def images(tmp_path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "images"
    folder.mkdir()
    for number, name in enumerate(("blue.png", "sand.png", "back.png")):
        Image.new("RGB", (20 + number, 20), "teal").save(folder / name)
    (folder / "broken.png").write_text("no picture")
    return folder


PICTURED = (
    "sku,product_type,name,base_image,base_image_label,additional_images,configurable_variations\n"
    "A-S,simple,A,/blue.png,,,\n"
    "A-M,simple,A,/blue.png,,,\n"
    "B-S,simple,B,/sand.png,,,\n"
    'A,configurable,A,/blue.png,A blue one,"back.png,../secret.png,broken.png,gone.png",'
    '"sku=A-S,color=Blue,size=S|sku=A-M,color=Blue,size=M|sku=B-S,color=Sand,size=S"\n'
)


def test_pictures_show_the_choice_that_their_variants_share(run, images):
    done = run(PICTURED, image_folder=images)
    pictures = draft("A").pictures
    assert [picture.options for picture in pictures] == [
        {"color": "Blue"},
        {},
        {"color": "Sand", "size": "S"},
    ]
    assert pictures[0].alt == {"en": "A blue one"}
    assert done.code == 0
    assert [line.partition("The picture ")[2].split()[0] for line in done.lines] == [
        "../secret.png",
        "broken.png",
        "gone.png",
    ]
    assert "\n0 changes were made." in run(PICTURED, image_folder=images).said


def test_pictures_stay_when_no_file_is_there(run, images, tmp_path):
    run(PICTURED, image_folder=images)
    for file in images.iterdir():
        file.unlink()
    assert run(PICTURED, image_folder=images).figure("products the same") == 1
    assert run(PICTURED).figure("products the same") == 1
    assert run(PICTURED, image_folder=images, dry_run=True).figure("products the same") == 1
