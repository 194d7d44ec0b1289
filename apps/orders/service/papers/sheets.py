"""Cuts what has to be said into pages, knows how many there are, and binds papers to one file."""

import io
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from .faces import REGULAR

Frame = Callable[[Canvas, int, int], None]  # draws what every page has: which page, of how many


@dataclass(frozen=True)
class Paper:
    """One paper: what stands on it in order, where that begins, and what each page has besides.

    Measures are points; `first` and `later` say how far from the top the text begins.
    """

    title: str
    story: tuple[Flowable, ...]
    frame: Frame
    size: tuple[float, float] = A4
    margin: float = 56.0
    first: float = 270.0
    later: float = 82.0
    bottom: float = 80.0


def bind(papers: Iterable[Paper], *, title: str, author: str) -> bytes:
    """Write papers into one file, in which nothing says when it was made."""
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1, initialFontName=REGULAR)  # type: ignore[arg-type]
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for paper in papers:
        draw(canvas, paper)
    canvas.save()
    return file.getvalue()


def draw(canvas: Canvas, paper: Paper) -> None:
    """Draw all pages of one paper."""
    canvas.setPageSize(paper.size)
    pages = cut(canvas, paper)
    for number, page in enumerate(pages, start=1):
        paper.frame(canvas, number, len(pages))
        y = paper.size[1] - (paper.first if number == 1 else paper.later)
        for each, height in page:
            y -= height
            each.drawOn(canvas, paper.margin, y)
        canvas.showPage()


def cut(canvas: Canvas, paper: Paper) -> list[list[tuple[Flowable, float]]]:
    """Cut a paper's story into pages: what does not fit is split, or goes to the next page."""
    width = paper.size[0] - 2 * paper.margin
    left = paper.size[1] - paper.first - paper.bottom
    pages: list[list[tuple[Flowable, float]]] = [[]]
    waiting = deque(paper.story)
    while waiting:
        each = waiting.popleft()
        _, height = each.wrapOn(canvas, width, left)
        if height <= left:
            pages[-1].append((each, height))
            left -= height
        elif len(parts := each.splitOn(canvas, width, left)) > 1:
            waiting.extendleft(reversed(parts))
        elif pages[-1] or len(pages) == 1:
            waiting.appendleft(each)
            pages.append([])
            left = paper.size[1] - paper.later - paper.bottom
        else:  # larger than a page, and of one piece
            pages[-1].append((each, height))
            left = 0
    return pages
