"""What `manage.py prove` can prove about the stock."""

from commerce.proving import Proof

from .expiry import Expiry
from .oversell import Oversell

PROOFS: dict[str, Proof] = {"stock": Oversell(), "expiry": Expiry()}
