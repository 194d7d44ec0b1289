"""What things cost, answered from the price list."""

from apps.pricing.interface import Basket, Price, Pricing, Quote, ShippingOption

from . import pricelist, quotes


class PricingService(Pricing):
    """Reads prices, rates and tariffs, and leaves the arithmetic to the rules."""

    def prices(self, *, skus: tuple[str, ...], currency: str) -> dict[str, Price]:
        return pricelist.read(skus, currency)

    def quote(self, *, basket: Basket) -> Quote:
        return quotes.quote(basket)

    def shipping_options(self, *, basket: Basket) -> tuple[ShippingOption, ...]:
        return quotes.shipping_options(basket)

    def set_prices(self, *, prices: tuple[Price, ...]) -> int:
        return pricelist.write(prices)
