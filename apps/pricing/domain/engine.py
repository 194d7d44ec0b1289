"""The engine: prices a cart from a snapshot, one step after the other.

Shelf prices, prices at the destination, cart promotions, tax on goods, sending, extras, rounding,
credits. Nothing is asked of anybody, so that the same cart and snapshot give the same quote.
"""

from collections.abc import Iterable
from decimal import Decimal

from .cart import Cart
from .coupons import Answer, Refusal, Uses, entered
from .destination import Destination
from .explanation import Entry, Kind
from .paying import payments
from .promotions import work
from .quotation import Charge, Quote, QuotedLine
from .rounding import nearest
from .rows import Row
from .sending import despatch
from .sheet import Sheet
from .shelf import ShelfPrice
from .shelving import NotPriced, Shelf
from .snapshot import Extra, Snapshot
from .taxing import Taxable, Taxed, Taxman
from .taxrows import tax_goods


def price(cart: Cart, snapshot: Snapshot) -> Quote:
    """Price a cart."""
    policy = snapshot.policy
    destination = Destination(cart, snapshot)
    shelf = Shelf(cart, snapshot, destination)
    sheet = Sheet(cart, shelf.rows(cart))
    codes, replaced = entered(cart.coupons, policy.coupons)
    open_ = [each for each in snapshot.promotions if each.opened_by(sheet, codes, snapshot.uses)]
    sent = work(open_, sheet, policy)
    taxes = tax_goods(sheet.rows, destination, policy, snapshot.currency.cent)
    lines = tuple(map(quoted, sheet.rows, taxes))
    added = sum(taxed.added for taxed in taxes) if policy.shipping_by_total_with_tax else 0
    by = despatch(cart, snapshot, destination, sheet.rows, sheet.total + added, sent)
    extras = tuple(chosen(cart, snapshot, destination))
    entries = [*shelf.entries, *sheet.entries]
    for line in lines:
        entries += line.taxed.entries(line.sku)
    entries += by.entries
    for charge in extras:
        entries += explained(charge, snapshot)
    rounding = rounded(entries, snapshot)
    paid = payments(sum(entry.amount for entry in entries), cart.credits)
    return Quote(
        currency=snapshot.currency,
        lines=lines,
        sending=by.sending,
        offered=by.offered,
        extras=extras,
        coupons=tuple(answer(code, replaced, sheet, snapshot) for code in (*codes, *replaced)),
        entries=tuple(entries),
        rounding=rounding,
        payments=paid,
        cash=cart.cash,
        offers=tuple(sheet.offers),
    )


def shelf_of(cart: Cart, snapshot: Snapshot, sku: str, quantity: int = 1) -> ShelfPrice:
    """Price a unit on the shelf, as the cart's customer sees it in the cart's channel."""
    found = Shelf(cart, snapshot, Destination(cart, snapshot)).price(sku, quantity)
    if found is None:
        raise NotPriced(sku)
    return found


def quoted(row: Row, taxed: Taxed) -> QuotedLine:
    """Write a row down as it is now."""
    return QuotedLine(
        sku=row.key,
        quantity=row.quantity,
        shelf=row.shelf,
        unit=row.price,
        gifts=row.gifts,
        discount=row.taken,
        discount_per_unit=row.taken_per_unit,
        runs=tuple(row.runs()),
        total=row.now,
        taxed=taxed,
    )


def chosen(cart: Cart, snapshot: Snapshot, destination: Destination) -> Iterable[Charge]:
    """Charge the extras that were chosen; those that are not offered any more are left out."""
    for key in sorted(cart.extras & snapshot.extras.keys()):
        extra = snapshot.extras[key]
        taxman = Taxman(snapshot.policy, snapshot.currency.cent)
        category = extra.tax_category
        yield Charge(
            key,
            extra.fee,
            taxman.tax(
                Taxable(extra.fee, extra.fee, 1, 0, ((1, 0),), key, shares=False),
                destination.due(category),
                destination.includes(category, None),
            ),
        )


def explained(charge: Charge, snapshot: Snapshot) -> Iterable[Entry]:
    """Say what an extra adds."""
    extra: Extra = snapshot.extras[charge.key]
    if charge.fee:
        yield Entry(Kind.EXTRA, extra.key, extra.name, extra.key, charge.fee)
    yield from charge.taxed.entries(extra.key)


def rounded(entries: list[Entry], snapshot: Snapshot) -> int:
    """Make the total whole cents, and say so."""
    total = sum(entry.amount for entry in entries)
    cent = snapshot.currency.cent
    change = nearest(Decimal(total), cent, snapshot.policy.rounding) - total if cent > 1 else 0
    if change:
        entries.append(Entry(Kind.ROUNDING, "", "", "total", change))
    return change


def answer(code: str, replaced: frozenset[str], sheet: Sheet, snapshot: Snapshot) -> Answer:
    """Tell somebody who entered a coupon whether it counts, and if not, why."""
    if code in replaced:
        return Answer(code, Refusal.REPLACED)
    refusal: Refusal | None = Refusal.UNKNOWN
    for promotion in snapshot.promotions:
        for coupon in promotion.coupons:
            if coupon.code == code:
                refusal = coupon.refusal(sheet.cart.now, snapshot.uses.get(code, Uses()))
                if refusal is None and promotion.key not in sheet.applied:
                    refusal = Refusal.NOT_FOR_THIS_CART
                if refusal is None:
                    return Answer(code)
    return Answer(code, refusal)
