"""What goes with a parcel: the slip inside that says what was packed, and the label outside."""

from collections.abc import Iterable, Iterator
from functools import partial

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Spacer

from ...interface import Order, Shipment
from .blocks import Facts, columns, letterhead, line, lines_of
from .faces import BOLD, FIGURE, INK, REGULAR, SMALL, SOFT, STRONG, words
from .sheets import Paper, bind

Parcel = tuple[Order, Shipment]
WIDTHS = (0.62, 0.24, 0.14)
LABEL = (100 * mm, 150 * mm)
EDGE = 6 * mm


def slips_pdf(parcels: Iterable[Parcel]) -> bytes:
    """Put packing slips on paper, all in one file."""
    chosen = list(parcels)
    return bind((slip(*each) for each in chosen), title=numbers(chosen), author=settings.SHOP_NAME)


def labels_pdf(parcels: Iterable[Parcel]) -> bytes:
    """Put address labels of 100 by 150 mm in one file; carriers' own come by connectors."""
    chosen = list(parcels)
    return bind((label(*each) for each in chosen), title=numbers(chosen), author=settings.SHOP_NAME)


def numbers(parcels: list[Parcel]) -> str:
    """Name a file after what is in it."""
    return ", ".join(shipment.number for _, shipment in parcels[:3])


def slip(order: Order, shipment: Shipment) -> Paper:
    """Say what is in a parcel, without prices: it may be a present."""
    with translation.override(order.locale):
        facts = Facts(
            title=f"{gettext('Packing slip')} {shipment.number}",
            rows=tuple(particulars(order, shipment)),
            address=address_of(order),
            seller=settings.SELLER,
            locale=order.locale,
            page=gettext("Page %(page)s of %(pages)s"),
        )
        story = (goods(order, shipment), *closing(order, shipment))
    return Paper(shipment.number, story, partial(letterhead, facts))


def particulars(order: Order, shipment: Shipment) -> Iterator[tuple[str, str]]:
    """List what identifies a parcel."""
    yield gettext("Parcel"), shipment.number
    yield gettext("Packed"), date_format(localtime(shipment.packed_at), "DATE_FORMAT")
    yield gettext("Order"), order.number
    if order.accepted_at:
        yield gettext("Ordered"), date_format(localtime(order.accepted_at), "DATE_FORMAT")
    if travels := " ".join(filter(None, (shipment.carrier, shipment.tracking))):
        yield gettext("Carrier"), travels


def goods(order: Order, shipment: Shipment) -> Flowable:
    """List what was packed."""
    lines = {line.position: line for line in order.lines}
    rows = []
    for each in shipment.goods:
        bought = lines[each.position]
        chosen = ", ".join(bought.options.values())
        name: list[Flowable] = [words(bought.name, BOLD)]
        if chosen:
            name.append(words(chosen, SMALL))
        rows.append([name, words(bought.sku, FIGURE), words(each.quantity, FIGURE)])
    return columns([gettext("What"), gettext("SKU"), gettext("Units")], rows, WIDTHS)


def closing(order: Order, shipment: Shipment) -> Iterator[Flowable]:
    """Say whether there is more to come."""
    units = sum(each.quantity for each in shipment.goods)
    yield Spacer(0, 12)
    yield words(gettext("Units in this parcel: %(units)s") % {"units": units}, BOLD)
    if any(line.to_pack for line in order.lines):
        yield words(gettext("The rest of your order travels in a parcel of its own."), SMALL)


def label(order: Order, shipment: Shipment) -> Paper:
    """Say where a parcel goes, large enough to be read from afar."""
    with translation.override(order.locale):
        to, by = gettext("Recipient"), gettext("Sender")
    frame = partial(draw_label, order, shipment, to, by)
    return Paper(shipment.number, (), frame, size=LABEL)


def draw_label(
    order: Order, shipment: Shipment, to: str, by: str, canvas: Canvas, number: int, of: int
) -> None:
    """Draw a label: from whom, to whom, by which way, and its number to be scanned."""
    width, height = LABEL
    inside = width - 2 * EDGE
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1)
    canvas.rect(EDGE / 2, EDGE / 2, width - EDGE, height - EDGE)
    line(canvas, EDGE, height - 12 * mm, by, REGULAR, 8, SOFT)
    y = height - 16.5 * mm
    for text in settings.SELLER[:4]:
        line(canvas, EDGE, y, text, REGULAR, 9, most=inside)
        y -= 11
    canvas.line(EDGE / 2, height - 35 * mm, width - EDGE / 2, height - 35 * mm)
    line(canvas, EDGE, height - 41 * mm, to, REGULAR, 8, SOFT)
    y = height - 50 * mm
    for at, text in enumerate(lines_of(address_of(order), order.locale)):
        line(canvas, EDGE, y, text, REGULAR if at else STRONG, 15, most=inside)
        y -= 20
    canvas.line(EDGE / 2, 50 * mm, width - EDGE / 2, 50 * mm)
    line(canvas, EDGE, 44 * mm, shipment.carrier or order.number, STRONG, 13, most=inside)
    followed = shipment.tracking
    known = followed.isascii() and followed.isprintable() and followed.strip()
    scanned(canvas, followed if known else shipment.number, inside)


def scanned(canvas: Canvas, text: str, most: float) -> None:
    """Draw a number as Code 128 (ISO/IEC 15417) with itself below, as wide as there is room."""
    bars = Code128(text, barWidth=1.0, barHeight=18 * mm, quiet=False)
    if bars.width > most:
        bars = Code128(text, barWidth=most / bars.width, barHeight=18 * mm, quiet=False)
    bars.drawOn(canvas, EDGE, 20 * mm)
    line(canvas, EDGE, 13 * mm, text, REGULAR, 11, most=most)


def address_of(order: Order) -> dict[str, str] | None:
    """Return where an order goes, as invoices keep it."""
    there = order.address
    return {field: getattr(there, field) for field in there.__dataclass_fields__} if there else None
