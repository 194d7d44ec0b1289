"""Where shops differ: each difference is a setting, and every setting has a default."""

from dataclasses import dataclass
from enum import Enum

from .rounding import Per, Rounding


class First(Enum):
    """Which priority goes first."""

    HIGHEST = "highest"
    LOWEST = "lowest"


class Reductions(Enum):
    """What happens when several catalogue promotions reduce one price."""

    ALL = "each works on what the one before left"
    FIRST = "the first works alone"


class PercentOf(Enum):
    """What per cents off a unit are taken of."""

    PRICE = "the price before discounts"
    REST = "what earlier discounts left"


class Basis(Enum):
    """Which price of a unit discounts are taken of."""

    ENTERED = "as entered"
    WITH_TAX = "with tax"
    WITHOUT_TAX = "without tax"


class Leftovers(Enum):
    """Which lines bear the cents that remain when an amount is spread."""

    ADDED = "those added first"
    SKU = "those first by SKU, so that the order of lines changes nothing"


class TaxedUnits(Enum):
    """What tax per unit is computed on once a discount is spread over the units."""

    EACH = "the whole cents of every unit"
    AVERAGE = "the average unit, cents split"


@dataclass(frozen=True)
class Policy:
    """How a shop counts; the defaults are those of the cases' policy `sylius`."""

    rounding: Rounding = Rounding.HALF_UP
    goods_per: Per = Per.UNIT  # where prices finer than a cent become whole cents
    reductions: Reductions = Reductions.ALL
    first: First = First.HIGHEST
    percent_of: PercentOf = PercentOf.PRICE
    basis: Basis = Basis.ENTERED
    leftovers: Leftovers = Leftovers.ADDED
    coupons: int | None = 1  # at once; the one entered last stays; None for no limit
    tax_per: Per = Per.LINE
    taxed_units: TaxedUnits = TaxedUnits.EACH
    tax_after_discount: bool = True  # else on the full price
    tax_on_custom_price: bool = True  # else on the price that was overridden
    same_price_everywhere: bool = True  # else prices lose the shop's tax and gain the destination's
    most_units: int = 9_999  # of one good in one cart
    shipping_by_total_with_tax: bool = True  # brackets and limits count the tax added to goods


SYLIUS = Policy()
MAGENTO = Policy(
    percent_of=PercentOf.REST,
    basis=Basis.WITHOUT_TAX,
    first=First.LOWEST,
    taxed_units=TaxedUnits.AVERAGE,
    same_price_everywhere=False,
)
PRESTASHOP = Policy(
    goods_per=Per.LINE,
    reductions=Reductions.FIRST,
    first=First.LOWEST,
    percent_of=PercentOf.REST,
    coupons=None,
)
