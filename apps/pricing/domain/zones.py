"""Places put together: countries, regions and postcodes that share a tax or a fee."""

from dataclasses import dataclass

from .cart import Place


@dataclass(frozen=True)
class Zone:
    """Some places; empty sets leave open what they are about, a bare key knows its own by name."""

    key: str = ""
    countries: frozenset[str] = frozenset()
    outside: bool = False  # every country but these
    regions: frozenset[str] = frozenset()
    postcodes: frozenset[str] = frozenset()  # whole, or beginnings that end in a star

    def holds(self, place: Place) -> bool:
        """Tell whether a place lies within; a place that names its zone needs no proof."""
        if self.key and (place.zone or not self.countries):
            return place.zone == self.key
        return (
            self._in_country(place.country)
            and (not self.regions or place.region in self.regions)
            and (not self.postcodes or any(fits(each, place.postcode) for each in self.postcodes))
        )

    def _in_country(self, country: str) -> bool:
        if not self.countries:
            return True
        return bool(country) and (country in self.countries) is not self.outside


def fits(pattern: str, postcode: str) -> bool:
    """Compare a postcode with a whole one or with a beginning: "787*"."""
    if pattern.endswith("*"):
        return postcode.startswith(pattern[:-1])
    return postcode == pattern
