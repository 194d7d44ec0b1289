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
            taxable(row, policy, accounts),
            destination.due(row.good.tax_category),
            destination.includes(row.good.tax_category, row.good.includes_tax),
        )
        for row in rows
    ]


def taxable(row: Row, policy: Policy, accounts: Collection[str] = ()) -> Taxable:
    """Show a row to the taxman."""
    asked = row.custom and not policy.tax_on_custom_price
    return Taxable(
        price=row.price,
        basis=row.shelf.price if asked else row.price,
        quantity=row.quantity,
        discount=row.taken,
        runs=tuple(row.runs),
        account=row.good.surcharge_on or row.key,
        shares=row.key in accounts,
    )
