"""What papers are made of: the letterhead, tables with columns, and sums at their end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale
from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Table

from .faces import (
    BOLD,
    HEAD,
    HEAD_FIGURE,
    INK,
    REGULAR,
    RULE,
    SMALL,
    SOFT,
    STRONG,
    printable,
    words,
)

WIDTH, HEIGHT = A4
LEFT, RIGHT = 56.0, A4[0] - 56.0
WINDOW = HEIGHT - 50 * mm  # where the window of an envelope shows the address, by DIN 5008
FOOT = 44.0


@dataclass(frozen=True)
class Facts:
    """What stands around the text: for whom a paper is, from whom, and what identifies it."""

    title: str
    rows: tuple[tuple[str, str], ...]
    address: dict[str, str] | None
    seller: tuple[str, ...]
    locale: str
    page: str  # "Page %(page)s of %(pages)s"


def letterhead(facts: Facts, canvas: Canvas, number: int, of: int) -> None:
    """Draw what stands around the text; the first page has the address, too."""
    line(canvas, LEFT, HEIGHT - 56, facts.seller[0], STRONG, 15)
    if number == 1:
        addressed(canvas, facts)
        line(canvas, LEFT, HEIGHT - 252, facts.title, STRONG, 17)
    else:
        line(canvas, RIGHT, HEIGHT - 56, facts.title, REGULAR, 9, SOFT, right=True)
        rule(canvas, HEIGHT - 72)
    rule(canvas, FOOT + 14)
    at = facts.page % {"page": number, "pages": of}
    line(canvas, RIGHT, FOOT, at, REGULAR, 8, SOFT, right=True)
    imprint = "  ·  ".join(facts.seller)
    line(canvas, LEFT, FOOT, imprint, REGULAR, 8, SOFT, most=RIGHT - LEFT - 90)


def addressed(canvas: Canvas, facts: Facts) -> None:
    """Draw the address where a window shows it, and what identifies the paper beside it."""
    line(canvas, LEFT, WINDOW, "  ·  ".join(facts.seller[:3]), REGULAR, 7, SOFT, most=230)
    y = WINDOW - 18
    for text in lines_of(facts.address, facts.locale):
        line(canvas, LEFT, y, text, REGULAR, 10.5, most=240)
        y -= 14
    y = WINDOW
    for name, value in facts.rows:
        line(canvas, RIGHT - 210, y, name, REGULAR, 8.5, SOFT)
        line(canvas, RIGHT, y, value, REGULAR, 9.5, right=True, most=130)
        y -= 15


def lines_of(address: dict[str, str] | None, locale: str) -> list[str]:
    """Write an address as an envelope has it."""
    if not address:
        return []
    code = address.get("country", "")
    country = Locale.parse(locale, sep="-").territories.get(code, code)
    city = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    place = ", ".join(filter(None, (city, address.get("region"))))
    parts = (address.get("name"), address.get("line1"), address.get("line2"), place, country)
    return [part for part in parts if part]


def line(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    face: str,
    size: float,
    colour: Color = INK,
    *,
    right: bool = False,
    most: float | None = None,
) -> None:
    """Draw one line of text, smaller where it would be longer than it may."""
    shown = printable(" ".join(text.split()))
    if most and (width := stringWidth(shown, face, size)) > most:
        size *= most / width
    canvas.setFillColor(colour)
    canvas.setFont(face, size)
    (canvas.drawRightString if right else canvas.drawString)(x, y, shown)


def rule(canvas: Canvas, y: float) -> None:
    """Draw a thin line across the page."""
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.6)
    canvas.line(LEFT, y, RIGHT, y)


def columns(head: Sequence[str], rows: Sequence[list[Any]], widths: Sequence[float]) -> Table:
    """Set a table whose first column is text and whose others are figures; its head repeats."""
    first, *others = head
    titles = [words(first, HEAD), *(words(each, HEAD_FIGURE) for each in others)]
    table = Table(
        [titles, *rows],
        colWidths=[(RIGHT - LEFT) * width for width in widths],
        repeatRows=1,
        splitInRow=1,
    )
    table.setStyle(
        [
            ("FONTNAME", (0, 0), (-1, -1), REGULAR),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("LEFTPADDING", (1, 0), (-1, -1), 8),
            ("TOPPADDING", (0, 0), (-1, -1), 6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ("LINEBELOW", (0, 0), (-1, -1), 0.6, RULE),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ]
    )
    return table


def sums(rows: Sequence[tuple[str, str, ParagraphStyle]]) -> Flowable:
    """Set figures under each other at the right edge, the first one large; never torn apart."""
    figures = [
        ["", words(name, SMALL if at else BOLD), words(figure, style)]
        for at, (name, figure, style) in enumerate(rows)
    ]
    width = RIGHT - LEFT
    shares = [width * share for share in (0.44, 0.36, 0.2)]
    table = Table(figures, colWidths=shares, splitByRow=0)
    table.setStyle(
        [
            ("FONTNAME", (0, 0), (-1, -1), REGULAR),
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
    )
    return table
