"""Why a total is what it is: which rule took or added which cent."""

from enum import Enum
from typing import NamedTuple

from .amounts import Currency

SHIPPING = "shipping"  # the target of what concerns the fee


class Kind(Enum):
    """What a rule did, as a sentence over its fields."""

    PRICE = "{rule} prices {target} at {amount}."
    OVERRIDE = "The price of {target} was changed by hand: {change}."
    REDUCTION = "{rule} reduces {target} on the shelf by {amount}."
    REGION = "{target} loses the shop's tax and gains the destination's: {change}."
    AGREED = "A discount agreed by hand takes {amount} off {target}."
    DISCOUNT = "{rule} takes {amount} off {target}."
    GIFT = "{rule} gives {target} as a gift: {amount} less."
    TAX = "{rule} adds {amount} to {target}."
    SHIPPING = "{rule} adds {amount} for sending."
    SHIPPING_DISCOUNT = "{rule} takes {amount} off sending."
    EXTRA = "{rule} adds {amount}."
    ROUNDING = "Rounding to whole cents changes {target}: {change}."


class Entry(NamedTuple):
    """One change of the total; all entries of a quote add up to its grand total."""

    kind: Kind
    rule: str  # key of the rule
    name: str  # what the merchant calls it
    target: str  # a SKU, or what else was changed
    amount: int  # steps added; negative where something was taken

    def sentence(self, currency: Currency) -> str:
        """Say it to a merchant."""
        amount = currency.words(abs(self.amount))
        return self.kind.value.format(
            rule=self.name or self.rule,
            target=self.target,
            amount=amount,
            change=f"{'-' if self.amount < 0 else '+'}{amount}",
        )
