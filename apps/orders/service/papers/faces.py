"""How papers look: their fonts, which are embedded, and their few styles and colours."""

from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

FONTS = Path(__file__).parent / "fonts"
REGULAR, STRONG = "SourceSans3-Regular", "SourceSans3-SemiBold"
INK, SOFT, RULE = HexColor("#1f1d1a"), HexColor("#6f6a63"), HexColor("#d9d4cc")
for face in (REGULAR, STRONG):
    pdfmetrics.registerFont(TTFont(face, FONTS / f"{face}.ttf"))

TEXT = ParagraphStyle("text", fontName=REGULAR, fontSize=9.5, leading=13, textColor=INK)
BOLD = ParagraphStyle("bold", TEXT, fontName=STRONG)
SMALL = ParagraphStyle("small", TEXT, fontSize=8, leading=10.5, textColor=SOFT)
FIGURE = ParagraphStyle("figure", TEXT, alignment=TA_RIGHT)
SUM = ParagraphStyle("sum", FIGURE, fontName=STRONG, fontSize=12, leading=16)
HEAD = ParagraphStyle("head", SMALL, fontName=STRONG)
HEAD_FIGURE = ParagraphStyle("head figure", HEAD, alignment=TA_RIGHT)
LARGE = ParagraphStyle("large", TEXT, fontName=STRONG, fontSize=20, leading=26)
SPACES = str.maketrans({"\u202f": "\u00a0"})  # narrow ones break figures where they must not


def words(text: object, style: ParagraphStyle = TEXT) -> Paragraph:
    """Set words as they are; each line of them on a line of its own."""
    lines = (escape(printable(line)) for line in str(text).splitlines())
    return Paragraph("<br/>".join(lines), style)


def printable(text: str) -> str:
    """Leave out what no paper can show."""
    return "".join(sign for sign in text.translate(SPACES) if sign.isprintable() or sign.isspace())
