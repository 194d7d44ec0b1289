"""Looks at everything that may keep a cart from becoming an order, and tells it all at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import get_language

from apps.cart.interface import Contents, State, cart
from apps.customers.interface import customers
from apps.media.interface import media
from apps.payments.interface import Status as Paid
from apps.payments.interface import UnknownSession, payments
from apps.stock.interface import Shortage, stock

from ..domain import Reason, Wish, parts_needed
from . import reasons


@dataclass(frozen=True)
class Findings:
    """The cart as it was looked at, and why it cannot be ordered; no reason means it can."""

    contents: Contents
    reasons: tuple[Reason, ...]


def precheck(*, wish: Wish) -> Findings:
    """Say why this cart cannot be ordered as wished; raises UnknownCart.

    Nothing is changed or kept aside. A wish without a payment session is judged without one.
    """
    contents = cart.contents(cart=wish.cart)
    return Findings(contents, tuple(judge(wish, contents)))


def judge(wish: Wish, contents: Contents) -> Iterator[Reason]:
    """Go through the cart as a shopper would: what, for how much, where to, how paid."""
    if contents.state is State.ORDERED:
        yield reasons.already_ordered(contents.order)
    if contents.version != wish.cart_version:
        yield reasons.cart_changed(contents.version)
    if not contents.lines:
        yield reasons.empty_cart()
    if contents.quote.grand != wish.expected_total:
        yield reasons.price_changed(wish.expected_total, contents.quote.grand)
    yield from gone_goods(contents)
    yield from missing_goods(contents)
    yield from files_of_strangers(contents)
    yield from missing_details(contents)
    if wish.payment_session:
        yield from payment_problems(wish.payment_session, contents)


def gone_goods(contents: Contents) -> Iterator[Reason]:
    """Find what was put in the cart and is sold no more: nobody should pay for less unawares."""
    for line in contents.gone:
        yield reasons.no_longer_sold(line, in_locale(line.name, reader(contents)) or line.sku)


def missing_goods(contents: Contents) -> Iterator[Reason]:
    """Find what is not kept aside for this cart, or no longer, and cannot be taken again.

    A lapsed hold that nobody else has taken is as good as a live one, and no clock is asked.
    """
    if not any(line.lapsed or line.unheld for line in contents.lines):
        return
    wanted = parts_needed((line.sku, line.parts, line.quantity) for line in contents.lines)
    held = {hold.sku: hold.quantity for hold in stock.holds(cart=contents.id)}
    short = {each.sku: each.quantity - held.get(each.sku, 0) for each in wanted}
    missing = tuple(sku for sku, units in short.items() if units > 0)
    open_to_all = stock.available(skus=missing)
    for each in wanted:
        there = open_to_all.get(each.sku)
        if there and there.tracked and there.free < short[each.sku]:
            available = held.get(each.sku, 0) + there.free
            shortage = Shortage(each.sku, each.quantity, available)
            yield reasons.hold_expired(shortage, name_of(each.sku, contents))


def name_of(sku: str, contents: Contents) -> str:
    """Return what the shopper calls a SKU: the product, also where it is a part of one."""
    for line in contents.lines:
        if sku == line.sku or sku in line.parts:
            return in_locale(line.name, contents.locale) or sku
    return sku


def reader(contents: Contents) -> str:
    """Tell which language to answer in: the one that is active, or else the cart's."""
    return get_language() or contents.locale


def in_locale(words: dict[str, str], locale: str) -> str:
    """Choose the words for a reader, or any there are."""
    return words.get(locale) or next(iter(words.values()), "")


def files_of_strangers(contents: Contents) -> Iterator[Reason]:
    """Find files that are bought by somebody who has not signed in."""
    unsent = tuple(line.sku for line in contents.lines if not line.ships)
    if contents.customer or not unsent:
        return
    if skus := {file.sku for file in media.downloads(skus=unsent)}:
        yield reasons.missing_account(tuple(name_of(sku, contents) for sku in sorted(skus)))


def missing_details(contents: Contents) -> Iterator[Reason]:
    """Find what the shopper has not told us, or not told us properly.

    Who is sent nothing may stay unknown: the order's page says what a mail would have said.
    """
    locale = reader(contents)
    if contents.email:
        problems = customers.check_email(email=contents.email, locale=locale)
        yield from map(reasons.bad_email, problems)
    if not contents.ships:
        return
    if not contents.email:
        yield reasons.missing_email()
    if contents.address is None:
        yield reasons.missing_address()
    else:
        wrong = customers.check_address(address=contents.address, locale=locale)
        yield from map(reasons.bad_address, wrong)
    if contents.shipping is None:
        yield reasons.missing_shipping()


def payment_problems(session: UUID, contents: Contents) -> Iterator[Reason]:
    """Find why a payment session cannot pay for this cart."""
    try:
        found = payments.session(session=session)
    except UnknownSession:
        yield reasons.unknown_payment()
        return
    if found.cart != contents.id:
        yield reasons.unknown_payment()
        return
    match found.status:
        case Paid.ACTION_REQUIRED | Paid.PENDING:
            yield reasons.unfinished_payment(found.action_url)
        case Paid.REFUSED | Paid.VOIDED:
            yield reasons.refused_payment(found.reason)
        case Paid.AUTHORISED | Paid.CAPTURED if found.amount != contents.quote.due:
            yield reasons.other_amount(found.amount, due=contents.quote.due)
