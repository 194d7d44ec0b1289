"""What things cost, answered from the price list and the promotions."""

from uuid import UUID

from apps.pricing.interface import (
    EVERYBODY,
    Audience,
    CartDraft,
    Debit,
    Discount,
    GiftCard,
    Price,
    PricedCart,
    Pricing,
    Quote,
    ShippingOption,
)
from commerce.money import Money
from commerce.services import light

from . import claims, giftcards, lists, purchases, quotes, shelf


class PricingService(Pricing):
    """Reads prices, rates and tariffs, and leaves the arithmetic to the rules."""

    def prices(
        self, *, skus: tuple[str, ...], currency: str, audience: Audience = EVERYBODY
    ) -> dict[str, Price]:
        return shelf.prices(skus, currency, audience)

    @light
    def quote(self, *, cart: CartDraft) -> Quote:
        return quotes.quote(cart)

    @light
    def price_cart(self, *, cart: CartDraft) -> PricedCart:
        return quotes.price_cart(cart)

    @light
    def shipping_options(self, *, cart: CartDraft) -> tuple[ShippingOption, ...]:
        return quotes.shipping_options(cart)

    def set_prices(self, *, prices: tuple[Price, ...]) -> int:
        return lists.write(prices)

    def gift_card(self, *, code: str) -> GiftCard:
        return giftcards.find(code)

    def claim(
        self,
        *,
        order: UUID,
        coupons: tuple[str, ...],
        customer: UUID | None = None,
        discounts: tuple[Discount, ...] = (),
        cards: tuple[Debit, ...] = (),
    ) -> None:
        claims.claim(order, coupons, customer, discounts, cards)

    def unclaim(self, *, order: UUID) -> None:
        claims.unclaim(order)

    def restore(self, *, order: UUID, key: str, cards: tuple[Debit, ...]) -> None:
        claims.restore(order, key, cards)

    def record_purchase(
        self, *, order: UUID, customer: UUID, version: int, spent: Money, counts: bool
    ) -> None:
        purchases.record(order, customer, version, spent, counts=counts)
