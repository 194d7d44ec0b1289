"""Pictures through the service and to the browser."""

import io

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from apps.media.domain import nearest, path, widths_for
from apps.media.interface import BadPicture, File, media

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both_ways")]


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def drawn(width=800, height=1000, form="PNG", **options) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, form, **options)
    return buffer.getvalue()


def kept(asset, width) -> Image.Image:
    with default_storage.open(path(asset.key, width)) as file:
        return Image.open(io.BytesIO(file.read()))


def test_keeps_the_same_picture_once():
    first = media.store(file=File("mug.png", drawn()))
    second = media.store(file=File("again.png", drawn()))
    assert first == second
    assert media.assets(keys=(first.key, "0" * 32)) == {first.key: first}


def test_makes_every_width_up_to_the_picture_itself():
    asset = media.store(file=File("mug.png", drawn(width=800)))
    sizes = [kept(asset, width).width for width in widths_for(800)]
    assert sizes == [160, 320, 640, 800]


def test_never_keeps_metadata():
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    asset = media.store(file=File("mug.jpg", drawn(form="JPEG", exif=exif)))
    assert not kept(asset, 640).getexif()


@pytest.mark.parametrize(
    "content", [b"", b"<svg/>", b"<?php evil(); ?>", drawn()[:200], b"GIF89a" + b"\0" * 50]
)
def test_refuses_what_is_no_picture(content):
    with pytest.raises(BadPicture, match="no JPEG"):
        media.store(file=File("odd", content))


def test_refuses_a_bomb_before_decoding_it():
    bomb = drawn(width=9000, height=5000, form="PNG")
    with pytest.raises(BadPicture, match="40 million"):
        media.store(file=File("bomb.png", bomb))


def test_serves_a_rendition_that_browsers_keep():
    asset = media.store(file=File("mug.png", drawn(width=400)))
    answer = Client().get(f"/media/{asset.key}/320.webp")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "immutable" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"


def test_serves_a_small_picture_where_a_large_one_is_asked():
    asset = media.store(file=File("mug.png", drawn(width=400)))
    answer = Client().get(f"/media/{asset.key}/1280.webp")
    assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).width == 400


@pytest.mark.parametrize("name", [f"{'0' * 32}/640.webp", f"{'0' * 32}/641.webp", "../x/640.webp"])
def test_answers_404_for_what_it_does_not_have(name):
    assert Client().get(f"/media/{name}").status_code == 404


def test_finds_the_width_that_fits():
    assert (nearest(200, 800), nearest(2000, 800), nearest(10, 100)) == (320, 800, 100)
