"""What can be done as an operation: each context registers its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from .models import Operation, Part


@dataclass(frozen=True)
class Refused:
    """A line that is left out, and why."""

    line: int
    code: str
    detail: str = ""


@dataclass(frozen=True)
class Step:
    """What one step did: figures by name, which add up, and the lines it left out."""

    figures: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True)
class Work:
    """Something to do in steps; each runs in a transaction and must not leave it.

    A step is given the operation, with the number of the step in `at`, and its part of the file.
    """

    name: str  # "pricing.prices": context and noun
    label: str | Promise
    permission: str  # who may see and begin it in the admin
    do: Callable[[Operation, Part | None], Step]
    again: str | Promise = ""  # the button that does for real what was a dry run
    figures: Mapping[str, str | Promise] = field(default_factory=dict)  # in words
    reasons: Mapping[str, str | Promise] = field(default_factory=dict)  # why lines are left out
    result: Callable[[Operation], Mapping[str, Any]] = lambda operation: {}  # for the API


registry: dict[str, Work] = {}


def register(work: Work) -> None:
    """Make a kind of work known to this process."""
    registry[work.name] = work
