"""Invoices, credit notes and debit notes on paper, with the figures of the stored documents."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from reportlab.platypus import Flowable, Spacer

from commerce.money import Money

from ...models import Invoice
from .blocks import Facts, columns, letterhead, sums
from .faces import BOLD, FIGURE, SMALL, SUM, TEXT, words
from .sheets import Paper, bind

WIDTHS = (0.5, 0.09, 0.15, 0.1, 0.16)  # of the columns


def documents_pdf(documents: Iterable[Invoice]) -> bytes:
    """Put documents on paper, each in the language of its order, all in one file."""
    chosen = list(documents)
    title = ", ".join(each.number for each in chosen[:3])
    return bind(map(paper, chosen), title=title, author=settings.SHOP_NAME)


def paper(document: Invoice) -> Paper:
    """Put one document on paper."""
    content = document.content
    with translation.override(content["locale"]):
        facts = Facts(
            title=f"{name_of(document)} {document.number}",
            rows=tuple(particulars(document)),
            address=content["address"],
            seller=tuple(content.get("seller", settings.SELLER)),
            locale=content["locale"],
            page=gettext("Page %(page)s of %(pages)s"),
        )
        story = (goods(content), Spacer(0, 10), totals(document), *closing(content))
    return Paper(document.number, story, partial(letterhead, facts))


def name_of(document: Invoice) -> str:
    """Name a document's kind in the reader's language."""
    names = {
        "invoice": gettext("Invoice"),
        "credit-note": gettext("Credit note"),
        "debit-note": gettext("Debit note"),
    }
    return names[document.kind]


def particulars(document: Invoice) -> Iterator[tuple[str, str]]:
    """List what identifies a document."""
    content = document.content
    yield gettext("Number"), document.number
    yield gettext("Date"), date_format(localtime(document.issued_at), "DATE_FORMAT")
    yield gettext("Order"), content["order"]
    if content.get("invoice"):
        yield gettext("For the invoice"), content["invoice"]
    if content.get("takes_back"):
        yield gettext("Takes back"), content["takes_back"]
    if content["email"]:
        yield gettext("E-mail"), content["email"]


def goods(content: dict[str, Any]) -> Flowable:
    """List what was bought, or is given back, line by line; what sending costs is the last one."""

    def money(minor: int) -> str:
        return written(minor, content)

    head = [gettext("What"), gettext("Units"), gettext("Each"), gettext("Tax"), gettext("Total")]
    rows = [
        [
            described(line),
            words(line["quantity"], FIGURE),
            words(money(line["unit"]), FIGURE),
            words(percent(line["tax_rate"]), FIGURE),
            words(money(line["total"]), FIGURE),
        ]
        for line in content["lines"]
    ]
    sending = content["total"] - sum(line["total"] for line in content["lines"])
    if "shipping" in content:
        sent = words(money(sending), FIGURE)
        rows.append([words(gettext("Delivery"), BOLD), "", "", "", sent])
    return columns(head, rows, WIDTHS)


def described(line: dict[str, Any]) -> list[Flowable]:
    """Name what was bought, with the choice that was made and the SKU."""
    small = "  ·  ".join(filter(None, (", ".join(line["options"].values()), line["sku"])))
    return [words(line["name"], BOLD), *([words(small, SMALL)] if small else [])]


def totals(document: Invoice) -> Flowable:
    """Add up: the total, the tax in it by rate, what was taken off, and what cards have paid."""
    content = document.content

    def money(minor: int) -> str:
        return written(minor, content)

    rows: list[tuple[str, str, Any]] = [(gettext("Total"), money(content["total"]), SUM)]
    for each in content.get("taxes", ()):
        net = money(each["gross"] - each["tax"])
        label = gettext("Tax in it, %(rate)s on %(net)s")
        rate = percent(each["rate"])
        rows.append((label % {"rate": rate, "net": net}, money(each["tax"]), FIGURE))
    if len(content.get("taxes", ())) != 1:
        rows.append((gettext("Tax in it"), money(content["tax"]), FIGURE))
    for each in content.get("discounts", ()):
        name = f"{gettext('Taken off already')}: {each['name']}"
        rows.append((name, money(each["minor"]), FIGURE))
    cards = content.get("cards", ())
    for each in cards:
        name = gettext("Gift card …%(hint)s") % each if each["hint"] else gettext("Store credit")
        rows.append((name, money(-each["minor"]), FIGURE))
    if cards:
        left = content["total"] - sum(each["minor"] for each in cards)
        rows.append((gettext("Left to pay"), money(left), FIGURE))
    return sums(rows)


def closing(content: dict[str, Any]) -> Iterator[Flowable]:
    """Say why money is given back."""
    if why := content.get("why"):
        yield Spacer(0, 14)
        yield words(f"{gettext('Reason')}: {why}", TEXT)


def percent(rate: str) -> str:
    """Write a tax rate; where none is known, nothing."""
    return f"{rate}\u00a0%" if rate else ""


def written(minor: int, content: dict[str, Any]) -> str:
    """Write an amount as the document's reader does."""
    return Money(minor, content["currency"]).format(content["locale"])
