"""Everything that prices depend on, frozen at one moment; the engine asks nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .amounts import Currency, whole
from .cart import Place
from .coupons import Uses
from .goods import Good, RefersToItself
from .lists import PriceList
from .policy import SYLIUS, Policy
from .promotions import Promotion
from .promotions import in_order as promotions_in_order
from .shelf import CatalogPromotion
from .shelf import in_order as reductions_in_order
from .shipping import ShippingMethod
from .taxes import TaxRate


class UnknownRule(ValueError):
    """A rule speaks of a promotion that is not there."""


class SameKey(ValueError):
    """Two rules go by one key, so that no explanation could tell them apart."""


@dataclass(frozen=True)
class Extra:
    """Something a shopper may choose besides goods, such as gift wrapping."""

    key: str
    fee: int
    name: str = ""
    tax_category: str = ""

    def __post_init__(self) -> None:
        whole(f"The fee of {self.key}", self.fee)


@dataclass(frozen=True)
class Snapshot:
    """Goods, prices, rules, taxes and fees of one shop in one currency."""

    currency: Currency
    goods: Mapping[str, Good]
    lists: tuple[PriceList, ...] = ()
    reductions: tuple[CatalogPromotion, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    uses: Mapping[str, Uses] = field(default_factory=dict)  # of coupons, by code
    methods: tuple[ShippingMethod, ...] = ()
    fee_before_place: int = 0  # for sending, until it is known where to
    shipping_tax_category: str = ""  # for methods that name none
    extras: Mapping[str, Extra] = field(default_factory=dict)
    rates: tuple[TaxRate, ...] = ()
    assumed: Place | None = None  # where goods go while nobody has said so
    home: Place | None = None  # the shop's place: whose tax prices contain
    reverse_charge: bool = False  # businesses of other member states owe the tax themselves
    policy: Policy = SYLIUS

    def __post_init__(self) -> None:
        whole("The fee for sending", self.fee_before_place)
        for rules in (self.lists, self.reductions, self.promotions, self.methods):
            keys = [rule.key for rule in rules]
            if len(set(keys)) < len(keys):
                raise SameKey(", ".join(sorted({key for key in keys if keys.count(key) > 1})))
        self._check_names()
        ordered = promotions_in_order(self.promotions, self.policy)
        object.__setattr__(self, "promotions", tuple(ordered))
        reduced = reductions_in_order(self.reductions, self.policy)
        object.__setattr__(self, "reductions", tuple(reduced))

    def _check_names(self) -> None:
        """Refuse names of nothing, and promotions that depend on themselves, also by a detour."""
        names = {promotion.key: promotion.names for promotion in self.promotions}
        if unknown := frozenset().union(*names.values()) - names.keys():
            raise UnknownRule(", ".join(sorted(unknown)))
        for key in names:
            reached, ahead = set[str](), set(names[key])
            while ahead:
                reached |= ahead
                ahead = {far for near in ahead for far in names[near]} - reached
            if key in reached:
                raise RefersToItself(f"{key} depends on itself")
