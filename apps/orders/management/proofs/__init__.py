"""What `manage.py prove` can prove about orders."""

from commerce.proving import Proof

from .acceptance import Acceptance
from .replay import Replay

PROOFS: dict[str, Proof] = {"orders": Acceptance(), "replay": Replay()}
