"""From which locations goods are taken first: strategies, one of which a setting names.

Each ranks the places that sell. Stock then gives every line to the first place that has all of
it, and divides a line over several only where none has.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import asin, cos, inf, radians, sin, sqrt

from ..interface import Destination

EARTH = 6371.0  # kilometres from its middle
COMBINED = 8  # places, the best ones, of which every combination is tried


@dataclass(frozen=True)
class Place:
    """A location that sells; coordinates in degrees."""

    code: str
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None


Wanted = Mapping[str, int]  # units by SKU
Shelves = Mapping[str, Mapping[str, int]]  # units to be had, by location and SKU
Look = Callable[[], Shelves]  # costs a question to the database
Strategy = Callable[[tuple[Place, ...], Destination | None, Wanted, Look], tuple[str, ...]]


def priority(
    places: tuple[Place, ...], destination: Destination | None, wanted: Wanted, look: Look
) -> tuple[str, ...]:
    """Keep the order in which the merchant put them."""
    return codes(places)


def nearest(
    places: tuple[Place, ...], destination: Destination | None, wanted: Wanted, look: Look
) -> tuple[str, ...]:
    """Put the nearest first; where no distance is known, those of the destination's country."""
    return codes(places) if destination is None else codes(by_distance(places, destination))


def fewest_parcels(
    places: tuple[Place, ...], destination: Destination | None, wanted: Wanted, look: Look
) -> tuple[str, ...]:
    """Put those first that can send everything together in the fewest parcels."""
    ranked = nearest(places, destination, wanted, look)
    if len(ranked) == 1:
        return ranked
    shelves = look()
    best = ranked[:COMBINED]
    choices = (few for size in range(1, len(best)) for few in combinations(best, size))
    chosen = next((few for few in choices if suffice(few, wanted, shelves)), ())
    return (*chosen, *(code for code in ranked if code not in chosen))


def suffice(few: Iterable[str], wanted: Wanted, shelves: Shelves) -> bool:
    """Tell whether some places have everything between them."""
    there = [shelves.get(code, {}) for code in few]
    return all(sum(each.get(sku, 0) for each in there) >= n for sku, n in wanted.items())


def codes(places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(place.code for place in places)


def by_distance(places: tuple[Place, ...], destination: Destination) -> list[Place]:
    """Sort places by how far away they are; equals keep their order."""
    return sorted(
        places, key=lambda p: (kilometres(p, destination), p.country != destination.country)
    )


def kilometres(place: Place, destination: Destination) -> float:
    """Measure along a great circle, by the haversine formula; infinite if either is unknown."""
    here, there = (place.latitude, place.longitude), (destination.latitude, destination.longitude)
    if None in (*here, *there):
        return inf
    (lat1, lon1), (lat2, lon2) = ([radians(float(d or 0)) for d in each] for each in (here, there))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH * asin(sqrt(min(1.0, half)))
