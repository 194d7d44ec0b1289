"""A catalogue like that of a large shop, written as NDJSON: the same number, the same product.

Brands, categories and attributes are as uneven as they are in shops (Zipf): the first brand has a
tenth of all products, the last some dozens. A product has about 1 KB and 1.5 variants.
"""

import random
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec

DEPARTMENTS = {
    "Women": ("Dresses", "Shoes", "Coats", "Knitwear", "Bags"),
    "Men": ("Shirts", "Shoes", "Jackets", "Trousers", "Watches"),
    "Home": ("Lamps", "Chairs", "Tables", "Rugs", "Bedding", "Mugs"),
    "Garden": ("Tools", "Seeds", "Pots", "Grills"),
    "Electronics": ("Phones", "Headphones", "Laptops", "Cameras", "Cables"),
    "Sports": ("Bicycles", "Tents", "Skis", "Balls"),
    "Toys": ("Puzzles", "Dolls", "Trains", "Blocks"),
    "Books": ("Novels", "Cookery", "Travel", "Science"),
}
LINES = ("Classic", "Modern", "Compact", "Premium", "Basic", "Outlet", "Studio", "Travel")
COLORS = ("Black", "White", "Blue", "Red", "Green", "Grey", "Sand", "Pink", "Brown", "Navy")
SIZES = ("S", "M", "L", "XL")
MATERIALS = ("Cotton", "Wool", "Steel", "Oak", "Leather", "Glass", "Linen", "Paper", "Nylon")
ORIGINS = ("France", "Italy", "Portugal", "Germany", "India", "Japan", "Vietnam", "Peru")
SEASONS = ("All year", "Summer", "Winter", "Spring")
PROSE = (
    "quiet sturdy light warm simple bright soft honest clever small generous round fine strong "
    "plain rare smooth steady fresh deep clear gentle proper narrow wide early late north river "
    "field stone harbour morning evening garden market window paper copper silver willow maple"
)
WORDS = PROSE.split()
PLAIN = {"facet": True, "values": {}}
BRANDS = 400
CONFIGURABLE = 0.2  # of all products


def uneven(count: int) -> list[float]:
    """Sum up the shares of so many things, each as large as its rank is low."""
    return list(accumulate(1 / rank for rank in range(1, count + 1)))


CATEGORIES = [
    f"{d}/{k}/{line}" for d, kinds in DEPARTMENTS.items() for k in kinds for line in LINES
]
random.Random(6).shuffle(CATEGORIES)
SHARES = {count: uneven(count) for count in (BRANDS, len(CATEGORIES), 4, 8, 9, 10)}


def write(path: Path, count: int, *, changed: int = 0) -> int:
    """Write so many products, every so many-th of them changed; returns the bytes."""
    with path.open("wb") as file:
        file.writelines(lines(count, changed))
    return path.stat().st_size


def lines(count: int, changed: int = 0) -> Iterator[bytes]:
    """Return the words of the catalogue, then its products."""
    for code in ("brand", "color", "size", "material", "origin", "season"):
        yield encoded({"attribute": {"code": code, "label": {"en": code.title()}} | PLAIN})
    for number in range(count):
        yield encoded(product(number, again=bool(changed) and number % changed == 0))


def encoded(line: dict[str, Any]) -> bytes:
    """Write a line."""
    return msgspec.json.encode(line) + b"\n"


def product(number: int, *, again: bool = False) -> dict[str, Any]:
    """Make up a product; `again` is the same one with another text, price and count."""
    chance = random.Random(number)
    brand, category = f"Brand {pick(chance, BRANDS)}", CATEGORIES[pick(chance, len(CATEGORIES))]
    kind = category.split("/")[1].removesuffix("s")
    key = f"{kind[:3].upper()}-{number:07d}"
    name = f"{chance.choice(WORDS).title()} {chance.choice(WORDS)} {kind.lower()} by {brand}"
    skus, options = variants(chance, key)
    return {
        "key": key,
        "kind": "configurable" if options else "simple",
        "name": {"en": name, "fr": f"{kind} {chance.choice(WORDS)} de {brand}"},
        "slug": f"{kind.lower()}-{number}",
        "summary": {"en": prose(chance, 8), "fr": prose(chance, 8)},
        "description": {"en": prose(chance, 28) + ("<p>New!</p>" if again else "")},
        "categories": [category],
        "attributes": {
            "brand": [brand],
            "material": [chosen(chance, MATERIALS)],
            "origin": [chosen(chance, ORIGINS)],
            "season": [chosen(chance, SEASONS)],
        }
        | ({} if options else {"color": [chosen(chance, COLORS)]}),
        "options": options,
        "variants": skus,
        "prices": [priced(chance, each["sku"], again=again) for each in skus],
        "stock": {each["sku"]: chance.randrange(200) + again for each in skus},
    }


def variants(chance: random.Random, key: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Make one SKU, or some that are told apart by colour and size."""
    weight = chance.randrange(50, 5_000)
    if chance.random() > CONFIGURABLE:
        return [{"sku": key, "weight": weight}], []
    pairs = chance.sample([(c, s) for c in COLORS[:5] for s in SIZES], chance.randint(3, 4))
    made = [
        {"sku": f"{key}-{n}", "options": {"color": color, "size": size}, "weight": weight}
        for n, (color, size) in enumerate(sorted(pairs))
    ]
    return made, ["color", "size"]


def priced(chance: random.Random, sku: str, *, again: bool) -> dict[str, str]:
    """Make up a price; a tenth of all are reduced."""
    amount = chance.randrange(500, 50_000) + again
    price = {"sku": sku, "currency": "EUR", "amount": euros(amount)}
    return price | ({"before": euros(amount * 2)} if chance.random() < 0.1 else {})


def euros(cents: int) -> str:
    """Write an amount."""
    return f"{cents // 100}.{cents % 100:02d}"


def prose(chance: random.Random, count: int) -> str:
    """Write a paragraph of so many words."""
    return f"<p>{' '.join(chance.choices(WORDS, k=count)).capitalize()}.</p>"


def pick(chance: random.Random, count: int) -> int:
    """Choose one of so many, the first ones far more often."""
    shares = SHARES[count]
    return bisect(shares, chance.random() * shares[-1])


def chosen(chance: random.Random, things: tuple[str, ...]) -> str:
    """Choose one of some things, the first ones far more often."""
    return things[pick(chance, len(things))]
