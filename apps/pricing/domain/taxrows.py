"""Tax on the goods of a cart."""

from collections.abc import Collection

from .destination import Destination
from .policy import Policy
from .rows import Row
from .taxing import Taxable, Taxed, Taxman


def tax_goods(rows: list[Row], destination: Destination, policy: Policy, cent: int) -> list[Taxed]:
    """Tax every row in its order."""
    taxman = Taxman(policy, cent)
    fees = [row.good.surcharge_on for row in rows if row.good.surcharge_on]
    accounts = {*fees, *(row.key for row in rows if row.good.surcharge_on)}
    return [
        taxman.tax(
            taxable(row, accounts),
            destination.due(row.good.tax_category),
            destination.includes(row.good.tax_category, row.good.includes_tax),
        )
        for row in rows
    ]


def taxable(row: Row, accounts: Collection[str] = ()) -> Taxable:
    """Show a row to the taxman."""
    return Taxable(
        price=row.price,
        basis=row.basis,
        quantity=row.quantity,
        discount=row.taken,
        runs=tuple(row.runs()),
        account=row.good.surcharge_on or row.key,
        shares=row.key in accounts,
    )
