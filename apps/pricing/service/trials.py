"""Promotions tried on a cart before anybody gets them, and those that they would meet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from apps.catalog.interface import catalog
from apps.pricing import domain
from apps.pricing.domain.conflicts import Contender, Verdict, between, exclude, meet, never_beside
from apps.pricing.domain.effects import OrderPercent
from apps.pricing.domain.offers import Gift
from apps.pricing.domain.period import Period
from apps.pricing.domain.promotions import Promotion as Rule
from apps.pricing.domain.promotions import with_absent
from apps.pricing.domain.quotation import Quote
from apps.pricing.domain.shelving import NotPriced
from apps.pricing.interface import CartDraft, NoPrice
from apps.pricing.models import Promotion

from . import offers, quotes

ALL = Decimal(100)


@dataclass(frozen=True)
class Trial:
    """A cart without a promotion and with it; `failing` numbers the conditions that do not hold."""

    without: Quote
    beside: Quote
    failing: tuple[int, ...]
    in_time: bool


@dataclass(frozen=True)
class Meeting:
    """A live promotion that works at the same time, and what decides between the two."""

    other: Promotion
    verdict: Verdict


@dataclass(frozen=True)
class Company:
    """The promotions that one meets; `shadow` always leaves it nothing."""

    meetings: tuple[Meeting, ...]
    shadow: Promotion | None


def try_out(promotion: Promotion, cart: CartDraft, at: datetime) -> Trial:
    """Price a cart at a moment without and with a promotion, live or not.

    One that needs a coupon is tried as if a good one was the last that was entered.
    """
    cart = replace(cart, coupons=()) if promotion.by_coupon else cart
    sold = catalog.goods(skus=quotes.skus(cart))
    engine = replace(quotes.wanted(cart, ()), now=at)
    rules, uses = offers.at(cart, at, trying=promotion.pk)
    snapshot = replace(quotes.snapshot(cart, sold), uses=uses)
    rate = quotes.tax_rates(quotes.destination(cart), timezone.localtime(at).date())
    snapshot = replace(snapshot, rates=quotes.rates(snapshot.goods.values(), rate))

    def priced(promotions: Iterable[Rule]) -> Quote:
        return domain.price(engine, replace(snapshot, promotions=with_absent(tuple(promotions))))

    (mine,) = (rule for rule in rules if rule.key == promotion.key)
    try:
        return Trial(
            without=priced(rule for rule in rules if rule is not mine),
            beside=priced(rules),
            failing=tuple(
                number
                for number, _condition in enumerate(mine.conditions)
                if not gives(priced(probed(rules, mine, number)), mine.key)
            ),
            in_time=mine.period.holds(at),
        )
    except NotPriced as problem:
        raise NoPrice(skus=tuple(sorted(problem.skus)), currency=cart.currency) from problem


def probed(rules: Iterable[Rule], mine: Rule, number: int) -> Iterator[Rule]:
    """Let a promotion give something when one of its conditions holds, whatever else applies."""
    for rule in rules:
        if rule is mine:
            yield Rule(
                key=mine.key,
                conditions=(mine.conditions[number],),
                effects=(OrderPercent(ALL), *given(mine)),
                priority=mine.priority,
            )
        elif not mine.exclusive and not rule.exclusive:
            yield replace(rule, stop=False)


def given(mine: Rule) -> Iterator[Gift]:
    """Yield the gifts of a promotion, which fulfil none of its conditions."""
    return (effect for effect in mine.effects if isinstance(effect, Gift))


def gives(quote: Quote, key: str) -> bool:
    """Tell whether a promotion gave something."""
    return any(entry.rule == key and entry.amount < 0 for entry in quote.entries)


def company(promotion: Promotion, now: datetime) -> Company:
    """Find the live promotions that work at the same time, the first to work first."""
    mine = contender(promotion)
    there = Promotion.objects.filter(is_live=True).exclude(pk=promotion.pk)
    rows = there.exclude(until__lte=now).order_by("-priority", "pk")
    if promotion.currency:
        rows = rows.filter(Q(currency="") | Q(currency=promotion.currency))
    told = ((row, contender(row, promotion.currency)) for row in rows)
    beside = {
        row: other
        for row, other in told
        if meet(mine.period, other.period) and not exclude(mine, other)
    }
    shadow = never_beside(mine, beside.values())
    return Company(
        meetings=tuple(Meeting(row, between(mine, other)) for row, other in beside.items()),
        shadow=named(beside, shadow.key) if shadow else None,
    )


def named(rows: Iterable[Promotion], key: str) -> Promotion:
    """Return the promotion with a key."""
    return next(row for row in rows if row.key == key)


def contender(row: Promotion, currency: str = "") -> Contender:
    """Tell what matters of a promotion to others that count in a currency, or in every one."""
    limited = row.by_coupon or row.use_limit is not None or row.budget_minor is not None
    return Contender(
        key=row.key,
        priority=row.priority,
        place=row.pk,
        exclusive=row.exclusive,
        stops=row.stops,
        by_coupon=row.by_coupon,
        period=period(row),
        unconditional=not (limited or row.terms.get("conditions"))
        and row.currency in ("", currency),
        conditions=row.read().conditions,
    )


def period(row: Promotion) -> Period:
    """Return when a promotion works."""
    return Period(row.since, row.until)
