"""Shapes that several contexts use in the bodies and answers of their endpoints."""

from typing import Annotated

import msgspec
from msgspec import Meta

from commerce.money import Money, digits

from .problems import Problem, ProblemError


class Body(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What a client writes: fields by name, and not one that we do not know.

    Type checkers want `frozen=True` said again: `class AddItem(Body, frozen=True)`.
    """


class Amount(Body, frozen=True):
    """Money as the API writes it: {"amount": "12.90", "currency": "EUR"}."""

    amount: Annotated[str, Meta(pattern=r"^-?\d{1,12}(\.\d{1,4})?$")]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]

    @classmethod
    def of(cls, money: Money) -> "Amount":
        """Write an amount of money."""
        return cls(**money.to_json())

    def money(self, pointer: str) -> Money:
        """Read the amount; refuses more decimals than the currency has, never rounds them."""
        decimals = self.amount.partition(".")[2].rstrip("0")
        if len(decimals) > digits(self.currency):
            detail = f"{self.currency} has {digits(self.currency)} decimals."
            error = ProblemError(pointer=f"{pointer}/amount", code="invalid-value", detail=detail)
            raise Problem("body-invalid", errors=[error])
        return Money.from_json({"amount": self.amount, "currency": self.currency})
