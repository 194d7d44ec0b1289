"""Pictures are decoded, checked and written anew: nothing is ever shown as it was brought."""

import io

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps, UnidentifiedImageError

from .domain import MOST_BYTES, MOST_PIXELS, key_of, path, widths_for
from .interface import Asset, BadPicture, Download, File, Media
from .models import Asset as Row
from .models import Download as Sold

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
QUALITY = 82


class MediaService(Media):
    """Keeps renditions in the default storage and one row for each picture."""

    def store(self, *, file: File) -> Asset:
        key = key_of(file.content)
        if known := self.assets(keys=(key,)).get(key):
            return known
        picture = decode(file)
        for width in widths_for(picture.width):
            write(path(key, width), rendition(picture, width))
        row, _ = Row.objects.get_or_create(
            key=key,
            defaults={"name": file.name[:255], "width": picture.width, "height": picture.height},
        )
        return Asset(row.key, row.width, row.height)

    def assets(self, *, keys: tuple[str, ...]) -> dict[str, Asset]:
        rows = Row.objects.filter(key__in=keys)
        return {row.key: Asset(row.key, row.width, row.height) for row in rows}

    def downloads(self, *, skus: tuple[str, ...]) -> tuple[Download, ...]:
        return tuple(
            Download(row.sku, row.name, str(row.file), row.file.size)
            for row in Sold.objects.filter(sku__in=skus)
        )


def decode(file: File) -> Image.Image:
    """Read a picture of a known format; refuse what is too large before reading its pixels."""
    if len(file.content) > MOST_BYTES:
        raise BadPicture(name=file.name, reason="The file is larger than 20 MB.")
    try:
        picture = Image.open(io.BytesIO(file.content), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise BadPicture(name=file.name, reason="The picture has more than 40 million pixels.")
        upright = ImageOps.exif_transpose(picture)
        return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as problem:
        reason = "This is no JPEG, PNG, WebP, GIF or AVIF picture, or it is damaged."
        raise BadPicture(name=file.name, reason=reason) from problem


def rendition(picture: Image.Image, width: int) -> bytes:
    """Write the picture as WebP of this width, without metadata."""
    height = max(1, round(picture.height * width / picture.width))
    scaled = picture.resize((width, height), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    scaled.save(buffer, "WEBP", quality=QUALITY, method=4)
    return buffer.getvalue()


def write(name: str, content: bytes) -> None:
    """Put a rendition where it belongs; the same picture was perhaps half stored before."""
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
