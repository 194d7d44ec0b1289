"""Tax on a line: what is in its price or comes on top, to the cent.

Rounding and what it hands on follow the policy. Prices that contain tax may leave a difference
when a discount takes tax away with it: `compensation` is the tax that was in the discounted part,
so that net + tax + compensation - discount is what is paid.
"""

from collections.abc import Hashable, Iterable
from decimal import Decimal
from typing import NamedTuple

from .explanation import Entry, Kind
from .policy import Policy, TaxedUnits
from .rounding import Meter, Per, share, within
from .rows import Run
from .spreading import spread
from .taxes import Layer, Levy

After = tuple[tuple[int, Decimal | int], ...]  # units, and what each of them costs in the end


class Taxable(NamedTuple):
    """A line as tax sees it: `basis` is the price of a unit that is taxed."""

    price: int
    basis: int
    quantity: int
    discount: int
    runs: tuple[Run, ...]
    account: str  # goods and their surcharges share one
    shares: bool  # it does have surcharges, or is one


class Taxed(NamedTuple):
    """A line with its tax; unit prices and totals are those before discounts."""

    net_unit: int
    gross_unit: int
    net: int
    gross: int
    tax: int  # after discounts, where the policy says so
    compensation: int
    percent: Decimal
    included: bool
    layers: tuple[tuple[Layer, int], ...]

    @property
    def added(self) -> int:
        """Tax on top of the price."""
        return 0 if self.included else self.tax

    def entries(self, target: str) -> Iterable[Entry]:
        """Explain the tax that comes on top."""
        if not self.included:
            for layer, amount in self.layers:
                if amount:
                    yield Entry(Kind.TAX, layer.key, layer.name, target, amount)

    def by_rate(self) -> Iterable[tuple[str, int]]:
        """Share out each layer's tax among its rates."""
        for layer, amount in self.layers:
            parts = spread(amount, [int(each.percent * 10_000) for each in layer.rates])
            yield from zip((each.key for each in layer.rates), parts, strict=True)


class Taxman:
    """Taxes one line after the other, and remembers what rounding left over."""

    def __init__(self, policy: Policy, cent: int) -> None:
        self._policy = policy
        self._meter = Meter(cent, policy.rounding)

    def tax(self, line: Taxable, levy: Levy, included: bool) -> Taxed:
        """Tax a line whose price contains the tax, or does not."""
        return self._within(line, levy) if included else self._on_top(line, levy)

    def _within(self, line: Taxable, levy: Levy) -> Taxed:
        per, percent = self._per(levy.layers), levy.percent
        account = self._account(line, per, f"{percent}", "before")
        before_basis = ((line.quantity, line.basis),)
        before = self._sum(before_basis, percent, per, account, inside=True)
        tax = before
        if self._policy.tax_after_discount and (line.discount or account):
            account = self._account(line, per, f"{percent}", "after")
            tax = self._sum(self._after(line, per), percent, per, account, inside=True)
        gross = line.price * line.quantity
        net = gross - before
        return Taxed(
            net_unit=self._meter.read(Decimal(net) / line.quantity),
            gross_unit=line.price,
            net=net,
            gross=gross,
            tax=tax,
            compensation=before - tax,
            percent=percent,
            included=True,
            layers=self._split(tax, levy),
        )

    def _on_top(self, line: Taxable, levy: Levy) -> Taxed:
        before = 0
        taxes = []
        for layer in levy.layers:
            per = self._per((layer,))
            account = self._account(line, per, layer.key, "before")
            basis = ((line.quantity, line.basis),)
            amount = self._sum(basis, layer.percent, per, account, inside=False)
            before += amount
            if self._policy.tax_after_discount:
                account = self._account(line, per, layer.key, "after")
                after = self._after(line, per)
                amount = self._sum(after, layer.percent, per, account, inside=False)
            taxes.append((layer, amount))
        net = line.price * line.quantity
        return Taxed(
            net_unit=line.price,
            gross_unit=self._meter.read(Decimal(net + before) / line.quantity),
            net=net,
            gross=net + before,
            tax=sum(amount for _, amount in taxes),
            compensation=0,
            percent=levy.percent,
            included=False,
            layers=tuple(taxes),
        )

    def _sum(
        self, units: After, percent: Decimal, per: Per, account: Hashable, *, inside: bool
    ) -> int:
        part = within if inside else share
        if per is Per.UNIT:
            exact = ((count, part(amount, percent)) for count, amount in units)
            return sum(count * self._meter.read(each, account) for count, each in exact)
        whole = sum(count * amount for count, amount in units)
        return self._meter.read(part(whole, percent), account)

    def _after(self, line: Taxable, per: Per) -> After:
        if line.discount == 0:
            return ((line.quantity, line.basis),)
        if per is not Per.UNIT:
            return ((1, max(line.basis * line.quantity - line.discount, 0)),)
        if self._policy.taxed_units is TaxedUnits.AVERAGE:
            off = Decimal(line.discount) / line.quantity
            return ((line.quantity, max(line.basis - off, Decimal(0))),)
        return tuple((count, max(line.basis - taken, 0)) for count, taken in line.runs)

    def _per(self, layers: tuple[Layer, ...]) -> Per:
        per = self._policy.tax_per
        return per.coarser if any(each.keeps_decimals for each in layers) else per

    def _account(self, line: Taxable, per: Per, key: str, when: str) -> Hashable:
        if per is Per.TOTAL:
            return (when, key)
        return (when, key, line.account) if line.shares else None

    def _split(self, tax: int, levy: Levy) -> tuple[tuple[Layer, int], ...]:
        left = tax
        parts = []
        for layer in levy.layers:
            exact = Decimal(tax) * layer.percent / levy.percent if levy.percent else Decimal(0)
            amount = min(self._meter.read(exact, ("layer", layer.key)), left)
            parts.append((layer, amount))
            left -= amount
        return tuple(parts)
