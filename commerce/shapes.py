"""The types of what comes from outside are made known to msgspec before threads meet them.

msgspec 0.22 prepares a type when it first reads one, and lets other threads see it half prepared:
two first requests at the same time crash the whole process.
"""

from typing import Any

import msgspec


def learn(shape: Any) -> None:
    """Prepare a type, and every type inside it, while its module is loaded."""
    msgspec.json.Decoder(shape)
