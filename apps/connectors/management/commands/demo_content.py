"""`manage.py demo_content`: fills the shop with the made-up house of the demo."""

import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from apps.cms.interface import PageDraft, cms
from apps.media.interface import File, media

HOUSE = Path(__file__).resolve().parents[2] / "fixtures" / "demo"
SALE = ("Picnic blanket", "FRINGE")  # its name, and what is sold
SOON = 10  # minutes until it begins


class Command(BaseCommand):
    """Running it again changes nothing."""

    help = "Fill the shop with the made-up house of the demo; running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the products, announce a sale, and publish the written pages."""
        call_command(
            "import_products",
            HOUSE / "products.ndjson",
            format="ndjson",
            stdout=self.stdout,
            stderr=self.stderr,
        )
        call_command("announce_sale", *SALE, minutes=SOON, pace=1)
        drafts = tuple(map(page, json.loads((HOUSE / "pages.json").read_text())))
        self.stdout.write(f"{cms.publish(pages=drafts):,} pages were published.")


def page(written: dict[str, Any]) -> PageDraft:
    """Turn a written page into a draft, its picture stored."""
    name = written.pop("picture_file", None)
    if name:
        stored = media.store(file=File(Path(name).name, (HOUSE / name).read_bytes()))
        written["picture"] = stored.key
    written["featured"] = tuple(written.get("featured", ()))
    return PageDraft(**written)
