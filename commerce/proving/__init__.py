"""Proofs that a running shop keeps its promises: buyers, kills, and a truth read with SQL.

A context declares its proofs in `management/proofs/__init__.py`: `PROOFS`, by name. `manage.py
prove` finds them there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # a process of buyers needs no Django
    from django.core.management.base import CommandParser

Say = Callable[[str], None]


class CannotRun(Exception):
    """The proof could not begin; the text says why and what to do."""


@dataclass
class Verdict:
    """What a proof found: what was broken, and everything that it counted."""

    proof: str
    violations: list[str] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)

    def expect(self, true: bool, otherwise: str) -> None:
        """Note a violation unless something is so; the same one once."""
        if not true and otherwise not in self.violations:
            self.violations.append(otherwise)

    def to_json(self) -> dict[str, Any]:
        """Write it as the last line of the command."""
        how = "broken" if self.violations else "kept"
        return {
            "proof": self.proof,
            "promise": how,
            "violations": self.violations[:20],
            "counts": self.counts,
        }


class Proof(Protocol):
    """One promise that can be put to the test on a running system."""

    text: str

    def arguments(self, parser: "CommandParser") -> None:
        """Declare the options."""
        ...

    def run(self, options: dict[str, Any], say: Say) -> Verdict:
        """Put the promise to the test; raises CannotRun."""
        ...
