"""The contract of every connected interface, kept beside it as `contract.json`."""

import inspect
import json
from pathlib import Path
from typing import Any

from . import Service, registry
from .contract import breaks, snapshot


def path(interface: type[Service]) -> Path:
    """Return where the snapshot of an interface is kept."""
    module = Path(inspect.getfile(interface))
    room = module.parent if module.stem == "interface" else module.parent.parent
    return room / "contract.json"


def recorded(interface: type[Service]) -> dict[str, Any]:
    """Return the contract that was recorded last; an interface without one promises nothing yet."""
    file = path(interface)
    kept: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return kept


def record(interface: type[Service]) -> None:
    """Write down what an interface promises from now on."""
    path(interface).write_text(json.dumps(snapshot(interface), indent=2) + "\n")


def changed() -> list[type[Service]]:
    """Return the interfaces whose contract differs from their snapshot, by name."""
    known = (registry[name] for name in sorted(registry))
    return [interface for interface in known if recorded(interface) != snapshot(interface)]


def broken(interface: type[Service]) -> list[str]:
    """Return each change since the snapshot that an old caller would trip over."""
    return sorted(breaks(recorded(interface), snapshot(interface)))
