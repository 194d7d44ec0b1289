"""How a context puts its figures on the merchant's first page.

The function that answers stands in the context's `admin` module; nobody needs to know who has one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Figure:
    """A number and what it counts; `url` leads to what was counted."""

    name: Text
    value: str
    url: str = ""


@dataclass(frozen=True)
class Day:
    """One bar of a chart: its height, and the whole story in words."""

    name: str
    value: int
    told: str


@dataclass(frozen=True)
class Cell:
    """Some text in a table; `label` colours it, `url` makes it a link."""

    text: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True)
class Table:
    """The latest of something."""

    title: Text
    headers: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]
    url: str


@dataclass(frozen=True)
class Panel:
    """What a context has to say: how the day goes, what waits for somebody, the last days."""

    figures: tuple[Figure, ...] = ()
    waiting: tuple[Figure, ...] = ()
    chart_title: Text = ""
    days: tuple[Day, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Contribution:
    """A context's promise to answer when those with the permission open the page."""

    name: Text
    permission: str
    ask: Callable[[], Panel]


contributions: list[Contribution] = []


def panel(name: Text, *, permission: str) -> Callable[[Callable[[], Panel]], Callable[[], Panel]]:
    """Have a function asked whenever somebody with the permission opens the first page."""

    def register(ask: Callable[[], Panel]) -> Callable[[], Panel]:
        contributions.append(Contribution(name, permission, ask))
        return ask

    return register
