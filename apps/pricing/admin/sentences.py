"""What a promotion does, in one sentence a merchant understands."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Document = Mapping[str, Any]
MOST_NAMES = 6


class Teller:
    """Says terms in the active language, with amounts in one currency."""

    def __init__(self, currency: str, names: Mapping[str, str] | None = None) -> None:
        self.currency = currency
        self.names = names or {}  # of products, by slug

    def tell(self, terms: Document) -> str:
        """Say what happens, and when."""
        effects = "; ".join(self.effect(each) for each in terms.get("effects", []))
        told = [self.condition(each, negated=False) for each in terms.get("conditions", [])]
        said = ", ".join((effects, *told))
        return f"{said[:1].upper()}{said[1:]}."

    def effect(self, told: Document) -> str:
        """Say what is done."""
        return EFFECTS.get(str(told.get("kind")), unknown)(self, told)

    def condition(self, told: Document, *, negated: bool) -> str:
        """Say when it is done."""
        if told.get("kind") == "not":
            return self.condition(told.get("condition", {}), negated=not negated)
        if told.get("kind") == "any-of" and not negated:
            return _(" or ").join(
                self.condition(each, negated=False) for each in told.get("conditions", [])
            )
        holds = CONDITIONS.get(str(told.get("kind")), unknown)(self, told)
        return (_("unless %s") if negated else _("if %s")) % holds

    def money(self, amount: object) -> str:
        """Write an amount."""
        return f"{amount} {self.currency}".strip()

    def goods(self, only: Document | None) -> str:
        """Say which goods are meant."""
        only = only or {}
        said = self.named(only) or _("all goods")
        low, high = only.get("price_from"), only.get("price_to")
        if low and high:
            said = _("%(goods)s from %(low)s to %(high)s") % {
                "goods": said,
                "low": self.money(low),
                "high": self.money(high),
            }
        elif low or high:
            text = _("%(goods)s from %(price)s on") if low else _("%(goods)s up to %(price)s")
            said = text % {"goods": said, "price": self.money(low or high)}
        return _("the cheapest unit of %s") % said if only.get("cheapest_unit") else said

    def named(self, only: Document) -> str:
        """Say by which names goods are picked; nothing if by none."""
        products = either(self.names.get(slug, slug) for slug in only.get("products", []))
        categories = either(only.get("categories", []))
        skus = either(only.get("skus", []))
        said = []
        if products:
            said.append(_("everything of %s") % products)
        if categories:
            said.append(_("everything in %s") % categories)
        if skus:
            said.append(skus)
        return _(" that is also ").join(said)


def either(names: Iterable[str]) -> str:
    """List what is meant, one of which is enough; of many only the first."""
    several = list(names)
    if len(several) <= MOST_NAMES:
        return _(" or ").join(several)
    more = _("%d others") % (len(several) - MOST_NAMES)
    return _(" or ").join((*several[:MOST_NAMES], more))


def unknown(teller: Teller, told: Document) -> str:
    """Say at least what kind it is."""
    return str(told.get("kind", "?"))


def percent(told: Document) -> str:
    """Write per cents."""
    return str(_("%s %%") % told.get("percent", "?"))


def order_percent(teller: Teller, told: Document) -> str:
    said = _("%(off)s off %(goods)s") % {
        "off": percent(told),
        "goods": teller.goods(told.get("only")),
    }
    if "most" in told:
        said += ", " + _("at most %s") % teller.money(told["most"])
    return said


def amount_off(teller: Teller, told: Document) -> str:
    words = {"off": teller.money(told.get("amount")), "goods": teller.goods(told.get("only"))}
    return _("%(off)s off %(goods)s") % words


def off_each(teller: Teller, told: Document) -> str:
    off = percent(told) if "percent" in told else teller.money(told.get("amount"))
    words = {"off": off, "goods": teller.goods(told.get("only"))}
    return _("%(off)s off each unit of %(goods)s") % words


def new_price(teller: Teller, told: Document) -> str:
    words = {"price": teller.money(told.get("price")), "goods": teller.goods(told.get("only"))}
    return _("each unit of %(goods)s for %(price)s") % words


def buy_get(teller: Teller, told: Document) -> str:
    given = told.get("get_only")
    words = {
        "buy": told.get("buy"),
        "get": told.get("get", 1),
        "bought": teller.goods(told.get("only")),
        "given": teller.goods(given) if given else _("the same"),
        "off": _("free") if told.get("percent", "100") == "100" else _("%s off") % percent(told),
    }
    said = _("for every %(buy)s of %(bought)s, %(get)s of %(given)s %(off)s") % words
    if "times" in told:
        words = {"times": told["times"]}
        said += (
            ", "
            + ngettext("at most %(times)d time", "at most %(times)d times", told["times"]) % words
        )
    return said


def bundle(teller: Teller, told: Document) -> str:
    parts = " + ".join(
        f"{part.get('units', 1)} × {teller.goods(part.get('only'))}"
        for part in told.get("parts", [])
    )
    if "percent" in told:
        return _("%(parts)s together %(off)s off") % {"parts": parts, "off": percent(told)}
    price = teller.money(told.get("price"))
    return _("%(parts)s together for %(price)s") % {"parts": parts, "price": price}


def shipping_off(teller: Teller, told: Document) -> str:
    methods = either(told.get("methods", []))
    by = _("sending by %s") % methods if methods else _("sending")
    if told.get("percent") == "100":
        return _("%s is free") % by
    off = percent(told) if "percent" in told else teller.money(told.get("fixed"))
    return _("%(off)s off %(goods)s") % {"off": off, "goods": by}


def gift(teller: Teller, told: Document) -> str:
    words = {"units": told.get("units", 1), "sku": told.get("sku")}
    return _("%(units)s × %(sku)s as a gift") % words


def contains(teller: Teller, told: Document) -> str:
    names = either(teller.names.get(name, name) for name in told.get("names", []))
    units = told.get("units", 1)
    return ngettext(
        "%(units)d unit of %(names)s is in the cart",
        "%(units)d units of %(names)s are in the cart",
        units,
    ) % {"units": units, "names": names}


def quantity(teller: Teller, told: Document) -> str:
    units = told.get("units", 1)
    return ngettext(
        "%(units)d unit or more is in the cart", "%(units)d units or more are in the cart", units
    ) % {"units": units}


def nth_order(teller: Teller, told: Document) -> str:
    number = told.get("number")
    if number == 1:
        return _("it is the customer's first order")
    return _("it is the customer's order number %s") % number


def orders(teller: Teller, told: Document) -> str:
    placed = told.get("orders", 1)
    return ngettext(
        "the customer has ordered %(orders)d time or more before",
        "the customer has ordered %(orders)d times or more before",
        placed,
    ) % {"orders": placed}


def during(teller: Teller, told: Document) -> str:
    period = told.get("period", {})
    since, until = period.get("since"), period.get("until")
    if since and until:
        return _("it is between %(since)s and %(until)s") % {
            "since": moment(since),
            "until": moment(until),
        }
    return _("it is after %s") % moment(since) if since else _("it is before %s") % moment(until)


def moment(text: str | None) -> str:
    """Write a moment as the merchant reads it."""
    if not text:
        return "?"
    return date_format(timezone.localtime(datetime.fromisoformat(text)), "SHORT_DATETIME_FORMAT")


def any_of(teller: Teller, told: Document) -> str:
    inner = told.get("conditions", [])
    said = _(" or ").join(teller.condition(each, negated=False) for each in inner)
    return f"({said})"


Tell = Callable[[Teller, Document], str]
EFFECTS: Mapping[str, Tell] = {
    "bundle": bundle,
    "buy-get": buy_get,
    "gift": gift,
    "new-price": new_price,
    "order-fixed": amount_off,
    "order-percent": order_percent,
    "shipping-off": shipping_off,
    "unit-fixed": off_each,
    "unit-percent": off_each,
}
CONDITIONS: Mapping[str, Tell] = {
    "any-of": any_of,
    "applied": lambda t, told: _("“%s” has applied") % told.get("promotion"),
    "category-total-at-least": lambda t, told: (
        _("goods of %(category)s cost %(amount)s or more")
        % {"category": told.get("category"), "amount": t.money(told.get("amount"))}
    ),
    "contains-category": lambda t, told: (
        _("something of %s is in the cart") % either(told.get("categories", []))
    ),
    "contains-product": contains,
    "during": during,
    "goes-to": lambda t, told: _("it goes to %s") % either(told.get("countries", [])),
    "in-channel": lambda t, told: _("the cart belongs to %s") % either(told.get("channels", [])),
    "in-group": lambda t, told: _("the customer belongs to %s") % either(told.get("groups", [])),
    "is-customer": lambda t, told: _("the customer is %s") % either(told.get("keys", [])),
    "items-total-at-least": lambda t, told: (
        _("the goods cost %s or more") % t.money(told.get("amount"))
    ),
    "nth-order": nth_order,
    "orders-at-least": orders,
    "quantity-at-least": quantity,
    "sent-by": lambda t, told: _("it is sent by %s") % either(told.get("methods", [])),
    "spent-at-least": lambda t, told: (
        _("the customer has spent %s or more so far") % t.money(told.get("amount"))
    ),
    "weight-at-least": lambda t, told: _("the goods weigh %s g or more") % told.get("weight"),
}
