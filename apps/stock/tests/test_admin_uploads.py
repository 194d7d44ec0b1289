import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.stock.models import Upload
from apps.stock.tasks import make_uploads
from apps.stock.tests.shelf import level

pytestmark = pytest.mark.usefixtures("shelf")
UPLOADS = "/admin/stock/upload/"
SHEET = "sku,quantity\nMUG,9\nNOBODY,1\nTEE,two\n"


def told(text=SHEET, **more):
    content = text if isinstance(text, bytes) else text.encode()
    form = {"kind": "counted", "location": "main", "reason": "Monday"}
    return form | {"file": SimpleUploadedFile("counts.csv", content)} | more


def text_of(answer):
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_sheet_is_tried_looked_through_released_and_read_again(merchant):
    page = merchant.post(f"{UPLOADS}add/", told(), follow=True)
    text = page.content.decode()
    assert "1 of 3 rows are good" in text
    assert "Neither the shelves nor the catalogue" in text
    assert "no whole number" in text
    assert level("MUG") == (3, 0, 0)
    pk = Upload.objects.get().pk
    merchant.get(f"{UPLOADS}{pk}/release/")
    page = merchant.post(f"{UPLOADS}{pk}/release/", follow=True)
    assert page.headers["Refresh"] == "2"
    make_uploads()
    page = merchant.get(f"{UPLOADS}{pk}/change/")
    assert "1 of 3 rows are in the ledger" in page.content.decode()
    assert "Refresh" not in page.headers
    assert text_of(merchant.get(f"{UPLOADS}{pk}/result.csv")).splitlines() == [
        "line,sku,location,quantity,reason,result",
        "2,MUG,main,9,Monday,Done",
        "3,NOBODY,main,1,Monday,Neither the shelves nor the catalogue know this SKU.",
        "4,TEE,main,0,Monday,The quantity is no whole number.",
    ]
    assert level("MUG") == (9, 0, 0)
    assert b"counts.csv" in merchant.get(UPLOADS).content


def test_a_sheet_may_be_discarded(merchant):
    merchant.post(f"{UPLOADS}add/", told())
    pk = Upload.objects.get().pk
    merchant.post(f"{UPLOADS}{pk}/discard/")
    assert merchant.get(f"{UPLOADS}{pk}/change/").status_code == 302
    assert level("MUG") == (3, 0, 0)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (told(b"\xff\xfes\0k\0u\0"), "file"),
        (told(b""), "file"),
        (told(b"PK\x03\x04 a zip"), "file"),
        (told("name,price\n"), "file"),
        (told(reason=""), "reason"),
        (told(kind="sold"), "kind"),
        (told(location="moon"), "location"),
    ],
)
def test_says_what_is_wrong_with_a_sheet(merchant, form, field):
    page = merchant.post(f"{UPLOADS}add/", form)
    assert list(page.context["form"].errors) == [field]
    assert not Upload.objects.exists()


def test_who_may_only_look_changes_nothing(merchant, onlooker):
    merchant.post(f"{UPLOADS}add/", told())
    pk = Upload.objects.get().pk
    assert onlooker.get(f"{UPLOADS}{pk}/change/").status_code == 200
    assert onlooker.get(f"{UPLOADS}add/").status_code == 403
    for step in ("release", "discard"):
        assert onlooker.post(f"{UPLOADS}{pk}/{step}/").status_code == 403
    assert merchant.get(f"{UPLOADS}{pk}/discard/").status_code == 403
    nobody = get_user_model().objects.create_user("erin", is_staff=True)
    onlooker.force_login(nobody)
    for page in ("", f"{pk}/change/", f"{pk}/result.csv", "add/"):
        assert onlooker.get(f"{UPLOADS}{page}").status_code == 403
    assert Client().get(f"{UPLOADS}{pk}/result.csv").status_code == 302


def test_levels_are_downloaded_without_counting_them(merchant, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        text = text_of(merchant.get("/admin/stock/level/download/"))
    assert text.splitlines()[1:] == ["MUG,main,3,0,0,3,tracked", "TEE,main,1,0,0,1,tracked"]
