"""Compares what the engine says with what a case expects; every word must have a figure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from apps.pricing.domain.amounts import Currency
from apps.pricing.domain.engine import shelf_of
from apps.pricing.domain.exchange import convert
from apps.pricing.domain.quotation import QuotedLine
from apps.pricing.domain.shelf import ShelfPrice

from .reading import Unknown, known, number
from .shopping import Shopper, Why

BROADLY = Decimal("0.06")


class Figures:
    """All figures of a case that can be asked for."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self.shopper = Shopper(case)
        self.quote = self.shopper.quote()
        self.kind = case["policy"]
        self.decimals = case["expect"].get("compare_decimals")

    def differences(self, expect: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Return what is expected and what was found, wherever these differ."""
        found = {word: self.find(word, told) for word, told in expect.items()}
        return {
            word: (told, found[word])
            for word, told in expect.items()
            if not self.same(told, found[word])
        }

    def find(self, word: str, told: Any) -> Any:
        """Return the figure for a word, with a figure for each key if it is asked by key."""
        if word == "compare_decimals":
            return told
        if word in self.totals():
            return self.money(self.totals()[word])
        if word in self.facts():
            return self.facts()[word]
        if word == "shipping_tax":
            return self.sent(told, lambda sending: sending.taxed.tax)
        if word == "shipping_charge_before_discount":
            return self.sent(told, lambda sending: sending.fee)
        if word in self.of_lines():
            return {key: self.of_lines()[word](self.lines(key)) for key in told}
        if word in self.of_shelf():
            return {key: self.of_shelf()[word](self.shelf(key)) for key in told}
        if word == "lines":
            return {key: self.line(self.lines(key)[0], words) for key, words in told.items()}
        raise Unknown(word)

    def totals(self) -> dict[str, int]:
        quote = self.quote
        taxes = list(quote.taxed())
        goods = [line.taxed for line in quote.lines]
        sent = [quote.sending.taxed] if quote.sending else []
        added = sum(each.added for each in goods)
        off = quote.discount
        if quote.sending and self.kind != "sylius":
            off += quote.sending.discount
        gross = sum(each.gross for each in goods)
        return {
            "grand_total": quote.grand,
            "grand_total_without_tax": quote.grand - quote.tax_added,
            "items_total": quote.subtotal,
            "items_total_with_tax": quote.subtotal + added if self.kind == "sylius" else gross,
            "items_total_without_tax": sum(each.net for each in goods),
            "discount_total": -off,
            "tax_added_total": quote.tax_added,
            "tax_included_total": quote.tax_included,
            "tax_total_added_plus_included": quote.tax_added + quote.tax_included,
            "tax_total": sum(each.tax for each in taxes),
            "shipping_total": quote.shipping,
            "shipping_without_tax": sum(each.net for each in sent),
            "shipping_with_tax": sum(each.gross for each in sent),
            "discount_tax_compensation": sum(each.compensation for each in goods),
            "shipping_discount_tax_compensation": sum(each.compensation for each in sent),
        }

    def facts(self) -> dict[str, Any]:
        quote, shopper = self.quote, self.shopper
        by_rate, by_layer, percents = Counter[str](), Counter[str](), dict[str, Decimal]()
        for taxed in quote.taxed():
            for key, amount in taxed.by_rate():
                by_rate[key] += amount
            for layer, amount in taxed.layers:
                by_layer[layer.key] += amount
                percents[layer.key] = layer.percent
        answers = {answer.code: answer.accepted for answer in quote.coupons}
        return {
            "line_count": len(quote.lines),
            "cart_quantity": sum(line.quantity for line in quote.lines),
            "last_change_accepted": shopper.accepted,
            "order_placed": shopper.placed,
            "short_of_stock": shopper.short(),
            "reason": self.reason(),
            "coupon_accepted": answers.get(shopper.codes[-1]) if shopper.codes else None,
            "shipping_shown": quote.sending is not None,
            "shipping_offered": set(quote.offered),
            "shipping_not_offered": Absent(quote.offered),
            "tax_by_rate": {key: self.money(amount) for key, amount in by_rate.items()},
            "tax_by_layer": [
                {"percent": percents[key], "amount": self.money(by_layer[key])} for key in by_layer
            ],
        }

    def reason(self) -> Why | None:
        """Say why what was tried last was refused."""
        coupons = {answer.code: answer.accepted for answer in self.quote.coupons}
        if self.shopper.refused is None and not all(map(coupons.get, self.shopper.codes[-1:])):
            return Why.COUPON
        return self.shopper.refused

    def sent(self, told: Any, ask: Callable[[Any], int]) -> Any:
        """Return a figure about sending, by method if it is asked so."""
        sending = self.quote.sending
        amount = self.money(ask(sending) if sending else 0)
        return {sending.method if sending else "": amount} if isinstance(told, dict) else amount

    def of_lines(self) -> dict[str, Callable[[list[QuotedLine]], Any]]:
        return {
            "line_quantity": lambda lines: sum(line.quantity for line in lines),
            "line_total": lambda lines: self.sum(line.total for line in lines),
            "line_discount": lambda lines: self.sum(line.discount for line in lines),
            "line_discount_unit_level_only": lambda lines: self.sum(
                line.discount_per_unit for line in lines
            ),
            "unit_price": lambda lines: self.money(lines[0].unit),
            "original_unit_price": lambda lines: self.money(lines[0].shelf.original),
            "unit_price_after_discount": lambda lines: self.money(
                lines[0].unit - lines[0].discount_per_unit // lines[0].quantity
            ),
            "unit_discounts": lambda lines: [
                self.money(line.shelf.original - line.shelf.price + taken)
                for line in lines
                for count, taken in line.runs
                for _ in range(count)
            ],
        }

    def of_shelf(self) -> dict[str, Callable[[ShelfPrice], Any]]:
        return {
            "catalog_price": lambda shelf: self.money(shelf.price),
            "catalog_original_price": lambda shelf: self.money(shelf.original),
            "catalog_promotions_applied": lambda shelf: [each.by.key for each in shelf.reductions],
            "catalog_discounted": lambda shelf: bool(shelf.reductions),
        }

    def line(self, line: QuotedLine, words: Mapping[str, Any]) -> dict[str, Any]:
        taxed = line.taxed
        known(
            words,
            *("unit_price_without_tax", "unit_price_with_tax", "line_total_without_tax"),
            *("line_total_with_tax", "tax_percent", "tax", "discount"),
            "discount_tax_compensation",
        )
        every = {
            "unit_price_without_tax": self.money(taxed.net_unit),
            "unit_price_with_tax": self.money(taxed.gross_unit),
            "line_total_without_tax": self.money(taxed.net),
            "line_total_with_tax": self.money(taxed.gross),
            "tax_percent": taxed.percent,
            "tax": self.money(taxed.tax),
            "discount": self.money(line.discount),
            "discount_tax_compensation": self.money(taxed.compensation),
        }
        return {word: every[word] for word in words}

    def lines(self, key: str) -> list[QuotedLine]:
        """Return the lines of a variant, or of all variants of a product."""
        goods = self.shopper.world.goods
        skus = [good["key"] for good in goods if key in (good["key"], good["product"])]
        return [line for line in self.quote.lines if line.sku in skus]

    def shelf(self, key: str) -> ShelfPrice:
        """Return the shelf price of a variant, or of a product's first."""
        world = self.shopper.world
        sku = self.shopper.sku({"product": key})
        return shelf_of(self.shopper.cart(), world.snapshot(), sku)

    def sum(self, amounts: Iterable[int]) -> Decimal:
        return self.money(sum(amounts))

    def money(self, steps: int) -> Decimal:
        """Tell an amount as it is shown."""
        currency = self.quote.currency
        if self.shopper.shown_in is None:
            return currency.amount(steps)
        shown = Currency(self.shopper.shown_in, currency.finer)
        return shown.amount(convert(steps, currency, shown, self.shopper.world.exchanges()))

    def same(self, told: Any, found: Any) -> bool:
        """Compare as a case compares: amounts by value, lists of methods in any order."""
        if isinstance(told, dict):
            return told.keys() <= found.keys() and all(
                self.same(told[key], found[key]) for key in told
            )
        if isinstance(found, Absent):
            return found.lacks(told)
        if isinstance(found, Why):
            return found.means(told)
        if isinstance(found, list) and isinstance(told, bool | str):
            return bool(found) is told or told in found
        if isinstance(found, set):
            return set(told) <= found
        if isinstance(found, list) and isinstance(told, int):
            return len(found) == told
        if isinstance(told, list):
            return len(told) == len(found) and all(map(self.same, told, found))
        if isinstance(found, Decimal):
            if self.decimals is None:
                return number(told) == found.quantize(Decimal("0.0001")).normalize() or (
                    self.kind == "prestashop" and number(told) == round(found, 2)
                )
            return abs(number(told) - found) <= BROADLY
        return bool(told == found)


class Absent:
    """Methods that could be chosen, none of which may be among those that are asked for."""

    def __init__(self, offered: Iterable[str]) -> None:
        self.offered = frozenset(offered)

    def lacks(self, told: Iterable[str]) -> bool:
        return self.offered.isdisjoint(told)
