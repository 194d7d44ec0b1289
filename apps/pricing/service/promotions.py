"""Promotions as merchants and partners keep them: written, changed, put to work, ended."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.pricing.domain.amounts import Currency
from apps.pricing.domain.standing import Standing
from apps.pricing.models import Promotion
from commerce import clock
from commerce.versions import version_of

FIELDS = (
    *("key", "name", "is_live", "by_coupon", "priority", "exclusive", "stops", "since", "until"),
    *("currency", "terms", "use_limit", "budget_minor"),
)
NEVER = (Standing.OVER, Standing.USED_UP)


class KeyTaken(Exception):
    """There is a promotion with this key."""


class Changed(Exception):
    """Somebody changed it since it was looked at."""

    def __init__(self, version: int) -> None:
        super().__init__("changed in the meantime")
        self.version = version


class NeverApplies(Exception):
    """Its time has passed, or its limit or budget is reached."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing.value)
        self.standing = standing


def version(promotion: Promotion) -> int:
    """Name the state of a promotion; what orders use of it does not change it."""
    return version_of(*(getattr(promotion, field) for field in FIELDS))


def add(*, budget: str | None = None, **fields: Any) -> Promotion:
    """Write a promotion down, which is not live; ValidationError says what does not fit."""
    promotion = Promotion(**fields)
    if Promotion.objects.filter(key=promotion.key).exists():
        raise KeyTaken
    try:
        with transaction.atomic():
            return kept(promotion, budget)
    except IntegrityError:
        raise KeyTaken from None


@transaction.atomic
def change(key: str, *, expected: int, fields: dict[str, Any]) -> Promotion:
    """Change some fields of the version that was expected; raises Promotion.DoesNotExist, too."""
    promotion = Promotion.objects.select_for_update().get(key=key)
    if (now := version(promotion)) != expected:
        raise Changed(now)
    budget = fields.pop("budget", budget_of(promotion))
    for name, value in fields.items():
        setattr(promotion, name, value)
    return kept(promotion, budget)


@transaction.atomic
def activate(key: str) -> Promotion:
    """Put a promotion to work, from its first second on; refuses one that would never apply."""
    promotion = Promotion.objects.select_for_update().get(key=key)
    promotion.is_live = True
    standing = promotion.standing(clock.now())
    if standing in NEVER:
        raise NeverApplies(standing)
    return kept(promotion, budget_of(promotion))


@transaction.atomic
def end(key: str) -> Promotion:
    """Let a promotion work no more; carts that were priced with it lose it."""
    promotion = Promotion.objects.select_for_update().get(key=key)
    Promotion.objects.filter(pk=promotion.pk).update(is_live=False)  # whatever else is wrong
    promotion.refresh_from_db()
    return promotion


def kept(promotion: Promotion, budget: str | None) -> Promotion:
    """Keep a promotion with a budget in major units, and read it as others will."""
    promotion.budget_minor = counted(budget, promotion.currency)
    promotion.save()
    promotion.refresh_from_db()
    return promotion


def counted(budget: str | None, currency: str) -> int | None:
    """Read a budget."""
    if budget is None:
        return None
    if not currency:
        raise ValidationError({"currency": "A budget needs a currency."})
    try:
        return Currency(currency).steps(budget)
    except ValueError as problem:
        raise ValidationError({"budget": str(problem)}) from problem


def budget_of(promotion: Promotion) -> str | None:
    """Write a budget in major units."""
    if promotion.budget_minor is None:
        return None
    return f"{Currency(promotion.currency).amount(promotion.budget_minor):f}"
