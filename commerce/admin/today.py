"""The merchant's first page: today's figures, what waits, the last days, the latest."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from redis import RedisError

from commerce.services import ServiceUnavailable

from .panels import Contribution, Day, Panel, contributions

log = structlog.get_logger("halles.admin")
AWAY = (ServiceUnavailable, DatabaseError, RedisError)
WIDTH, HEIGHT, GAP = 100, 40, 0.25  # of a chart, in its own units; GAP is a share of a bar


@dataclass(frozen=True)
class Bar:
    """A day of a chart, as it is drawn."""

    day: Day
    x: float
    y: float
    width: float
    height: float


def compose(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Ask everybody (`UNFOLD["DASHBOARD_CALLBACK"]`); who does not answer is named, no more."""
    panels: list[Panel] = []
    silent = [
        _("%(context)s runs elsewhere. Its figures and pages are in the admin over there.")
        % {"context": name.capitalize()}
        for name in sorted(settings.ELSEWHERE)
    ]
    for each in contributions:
        if request.user.has_perm(each.permission):
            answer = asked(each)
            panels += [answer] if answer else []
            silent += [] if answer else [_("%s: no answer right now.") % each.name]
    return context | {
        "title": _("Today"),
        "figures": [figure for each in panels for figure in each.figures],
        "waiting": [figure for each in panels for figure in each.waiting],
        "charts": [
            {"title": each.chart_title, "bars": drawn(each.days)} for each in panels if each.days
        ],
        "tables": [each.table for each in panels if each.table],
        "silent": silent,
    }


def asked(contribution: Contribution) -> Panel | None:
    """Return a context's panel, or None while what it needs is away."""
    try:
        return contribution.ask()
    except AWAY as reason:
        log.warning("panel-missing", panel=str(contribution.name), reason=type(reason).__name__)
        return None


def drawn(days: Iterable[Day]) -> list[Bar]:
    """Lay bars side by side, the tallest as high as the chart."""
    shown = list(days)
    step, most = WIDTH / len(shown), max(1, *(day.value for day in shown))
    return [
        Bar(
            day,
            x=round((place + GAP / 2) * step, 2),
            y=round(HEIGHT - HEIGHT * day.value / most, 2),
            width=round(step * (1 - GAP), 2),
            height=round(HEIGHT * day.value / most, 2),
        )
        for place, day in enumerate(shown)
    ]
