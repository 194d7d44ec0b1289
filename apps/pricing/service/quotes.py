"""What a whole cart costs, and how it can be sent: the engine, asked about what is kept here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.conf import settings

from apps.catalog.interface import Good as Sold
from apps.catalog.interface import catalog
from apps.pricing import domain
from apps.pricing.domain import STANDARD, Tariff, plain
from apps.pricing.domain.amounts import Currency
from apps.pricing.domain.cart import Cart, Customer, Line, Place
from apps.pricing.domain.goods import Good
from apps.pricing.domain.quotation import Quote as Found
from apps.pricing.domain.shelf import ShelfPrice
from apps.pricing.domain.shelving import NotPriced
from apps.pricing.domain.snapshot import Snapshot
from apps.pricing.domain.taxes import TaxRate
from apps.pricing.domain.zones import Zone
from apps.pricing.interface import (
    CartDraft,
    NoPrice,
    NoShipping,
    PricedCart,
    Quote,
    QuoteLine,
    ShippingOption,
)
from commerce import clock, postgres
from commerce.fleeting import Fleeting
from commerce.money import Money

from . import facts, giftcards, lists, offers, purchases, shelf
from .giftcards import Kept
from .offers import POLICY

RATES = """
SELECT DISTINCT ON (country, tax_class) country, tax_class, percent
FROM pricing_taxrate WHERE country = ANY(%s::text[]) AND since <= coalesce(%s::date, current_date)
ORDER BY country, tax_class, since DESC
"""
TARIFFS = """
SELECT code, name, countries, earliest, latest, minor, free_from_minor
FROM pricing_shippingprice AS price JOIN pricing_shippingoption AS way ON way.id = option_id
WHERE currency = %s AND active
ORDER BY price.id
"""
EVERYWHERE = Zone()
Percents = Mapping[tuple[str, str], Decimal]  # by country and tax class
SOLD: Fleeting[str, Sold] = Fleeting(30.0)
KNOWN_RATES: Fleeting[str, Percents] = Fleeting(0.5)
KNOWN_TARIFFS: Fleeting[str, list[Tariff]] = Fleeting(0.5)


def quote(cart: CartDraft) -> Quote:
    """Price a cart."""
    cards = giftcards.read(cart)
    return told(answer(cart, cards), cart, cards)


def price_cart(cart: CartDraft) -> PricedCart:
    """Price a cart, and explain every cent."""
    cards = giftcards.read(cart)
    found = answer(cart, cards)
    return PricedCart(told(found, cart, cards), offers.reasons(found))


def lines(cart: CartDraft) -> list[tuple[QuoteLine, Money | None]]:
    """Price the lines that have a price, each with what its unit cost before it was reduced."""
    try:
        found = answer(cart, ())
    except NoPrice as refusal:
        rest = tuple(line for line in cart.lines if line.sku not in refusal.skus)
        return lines(replace(cart, lines=rest)) if rest else []
    priced = zip(told(found, cart, ()).lines, found.lines, strict=True)
    return [(line, before(each.shelf, cart.currency)) for line, each in priced]


def before(price: ShelfPrice, currency: str) -> Money | None:
    """Return the struck-out price of a reduced unit."""
    return Money(price.original, currency) if price.price < price.original else None


def answer(cart: CartDraft, cards: tuple[Kept, ...]) -> Found:
    """Ask the engine; what the catalogue no longer knows is taxed and sent like anything else."""
    sold = sold_in(cart)
    found = ask(cart, sold, cards)
    if cart.shipping is not None and found.sending is None and ships(cart, sold):
        raise NoShipping(country=destination(cart), option=cart.shipping)
    return found


def ask(cart: CartDraft, sold: Mapping[str, Sold], cards: tuple[Kept, ...] = ()) -> Found:
    """Price what is in a cart, or refuse what has no price."""
    try:
        asked = snapshot(cart, sold)
        told = purchases.remembering(cart, asked.promotions)
        return domain.price(wanted(told, cards), asked)
    except NotPriced as problem:
        raise NoPrice(skus=tuple(sorted(problem.skus)), currency=cart.currency) from problem


def wanted(cart: CartDraft, cards: tuple[Kept, ...] = ()) -> Cart:
    """Tell the engine what is in a cart, where it goes, and what was paid beforehand."""
    return Cart(
        lines=tuple(Line(line.sku, line.quantity) for line in cart.lines),
        now=clock.now(),
        channel=cart.channel,
        customer=customer(cart),
        place=Place(destination(cart)),
        shipping=cart.shipping,
        coupons=offers.codes(cart),
        credits=tuple(card.credit(cart.currency) for card in cards),
    )


def customer(cart: CartDraft) -> Customer | None:
    """Tell the engine whose cart it is, and what is known of earlier orders."""
    known, past = shelf.customer(cart.audience), cart.history
    if past is None:
        return known and replace(known, past_known=False)
    spent = sum(each.minor for each in past.spent if each.currency == cart.currency)
    return replace(known or Customer(), orders=past.orders, spent=spent)


def snapshot(cart: CartDraft, sold: Mapping[str, Sold]) -> Snapshot:
    """Read everything that the price of a cart depends on; only the chosen way can be charged."""
    promotions, uses = offers.live(cart)
    goods = {sku: shelf.good(sku, sold.get(sku)) for sku in skus(cart)}
    ruling = facts.ruled(cart.currency, cart.audience)
    rows = lists.read(goods, cart.currency, ruling.headings)
    return Snapshot(
        currency=Currency(cart.currency),
        goods=goods,
        lists=lists.filled(ruling.headings, rows),
        reductions=ruling.reductions,
        promotions=promotions,
        uses=uses,
        methods=tuple(
            tariff.method for tariff in chosen(cart, sold) if tariff.code == cart.shipping
        ),
        rates=rates(goods.values(), tax_rates(destination(cart))),
        policy=POLICY,
    )


def sold_in(cart: CartDraft) -> Mapping[str, Sold]:
    """Return what the catalogue sells of a cart."""
    return SOLD.lately(skus(cart), lambda some: catalog.goods(skus=some))


def rates(goods: Iterable[Good], rate: Callable[[str], Decimal]) -> tuple[TaxRate, ...]:
    """Tell the engine the rate of each tax class that goods and sending need."""
    return tuple(
        TaxRate(each, rate(each), frozenset({each}), EVERYWHERE, included=True)
        for each in sorted({STANDARD, *(good.tax_category for good in goods)})
    )


def chosen(cart: CartDraft, sold: Mapping[str, Sold]) -> list[Tariff]:
    """Return the ways of sending, if one is chosen for something that is sent."""
    return tariffs(cart.currency) if cart.shipping is not None and ships(cart, sold) else []


def told(found: Found, cart: CartDraft, cards: tuple[Kept, ...]) -> Quote:
    """Tell a quote of the engine as callers know it."""
    code = found.currency.code
    lines = tuple(
        QuoteLine(
            sku=line.sku,
            quantity=line.quantity,
            unit=Money(line.unit, code),
            total=Money(line.total, code),
            tax=Money(line.taxed.tax, code),
            tax_rate=plain(line.taxed.percent),
            gifts=line.gifts,
        )
        for line in found.lines
    )
    return Quote(
        lines=lines,
        subtotal=Money(found.subtotal, code),
        shipping=Money(found.shipping, code),
        tax=Money(found.tax_included + found.tax_added, code),
        grand=Money(found.grand, code),
        discounts=offers.discounts(found),
        coupons=offers.answers(found, cart),
        cards=giftcards.payments(found, cards),
        gifts=offers.gifts(found),
    )


def shipping_options(cart: CartDraft) -> tuple[ShippingOption, ...]:
    """List how a cart can be sent to its destination; what discounts leave decides what is free."""
    sold = sold_in(cart)
    if not ships(cart, sold):
        return ()
    found = ask(replace(cart, shipping=None), sold)
    goods = Money(found.subtotal, cart.currency)
    return domain.options(tariffs(cart.currency), subtotal=goods, country=destination(cart))


def skus(cart: CartDraft) -> tuple[str, ...]:
    """Name everything in a cart once."""
    return tuple(sorted({line.sku for line in cart.lines}))


def destination(cart: CartDraft) -> str:
    """Return where it goes: the shop's own country until the shopper says otherwise."""
    return cart.country or settings.HOME_COUNTRY


def ships(cart: CartDraft, sold: Mapping[str, Sold]) -> bool:
    """Tell whether anything has to be sent."""
    return any(sku not in sold or sold[sku].ships for sku in skus(cart))


def tax_rates(country: str, on: date | None = None) -> Callable[[str], Decimal]:
    """Return the rates of a destination, today's unless a day is told, by tax class."""
    if on:
        known = read_rates(country, on)
    else:
        known = KNOWN_RATES.lately((country,), lambda _: {country: read_rates(country)})[country]
    home = settings.HOME_COUNTRY
    return lambda each: domain.rate_for(known, tax_class=each, country=country, home=home)


def read_rates(country: str, on: date | None = None) -> Percents:
    """Read the rates of a destination, and those at home."""
    rows = postgres.ask(RATES, postgres.Words((country, settings.HOME_COUNTRY)), on)
    return {(at, each): percent for at, each, percent in rows}


def tariffs(currency: str) -> list[Tariff]:
    """Return what each way of sending costs in a currency."""
    return KNOWN_TARIFFS.lately((currency,), lambda _: {currency: read_tariffs(currency)})[currency]


def read_tariffs(currency: str) -> list[Tariff]:
    """Read them."""
    return [
        Tariff(
            code=code,
            name=name,
            countries=frozenset(countries),
            days=(earliest, latest),
            fee=Money(minor, currency),
            free_from=None if free_from is None else Money(free_from, currency),
        )
        for code, name, countries, earliest, latest, minor, free_from in postgres.ask(
            TARIFFS, currency
        )
    ]
