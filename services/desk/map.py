"""Where a claim is said to have happened, as a map drawn on the server: SVG without a style.

Colours are classes of the page. The ground is a dot for each town; the largest have their names, so
that a reader finds the way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice
from typing import Any

from services.dashboards.asking import Spot
from services.dashboards.charts import Part, Size
from services.dashboards.land import Town, towns_within
from services.desk.articles import text_of
from services.text.geo import kilometres

SIZE = Size(400, 260)
"""About the width of the column in which it stands, so that letters keep their size."""

MOST_SPOTS = 12
"""Places on the map, those that most reports name."""

MOST_TOWNS = 7
"""Towns named around them."""

MOST_DOTS = 700
"""Towns drawn as dots, the largest in view. A dot takes about nine bytes."""

FIELDS = ("place_name", "location", "precision")
"""What is read of an incident's document."""

MOST_TRIED = 60
"""Towns that are tried for a name, the largest: many have no room."""

_LETTER = 6.6
"""Pixels of a letter of a name at 12 pixels, about."""

_LINE = 15
"""Pixels between two names one above the other."""

_SPOT = 9
"""Pixels around a place that stay free of names; its own begins one further out."""

_SCALES = (50, 100, 200, 500, 1_000, 2_000)
"""Kilometres of the bar that tells the scale."""

_PRECISIONS = {"site": "a site", "town": "a town", "region": "a region", "country": "a country"}


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the map. `reports`: how many name it. `precision`: "a town", or ""."""

    name: str
    lat: float
    lon: float
    reports: int
    precision: str


@dataclass(frozen=True, slots=True)
class Map:
    """A drawing, and the same in words. `left_out`: places that are not on it."""

    svg: str
    places: tuple[Place, ...]
    left_out: int


def map_of(incidents: Iterable[Mapping[str, Any]]) -> Map | None:
    """Return the map of the places of incidents; None if none of them is on the map."""
    found = places_of(incidents)
    shown = found[:MOST_SPOTS]
    if not shown:
        return None
    return Map(drawn(shown), tuple(shown), len(found) - len(shown))


def places_of(incidents: Iterable[Mapping[str, Any]]) -> list[Place]:
    """Return the places of incidents that have coordinates, those of most reports first."""
    counted: dict[tuple[str, float, float], Place] = {}
    for document in incidents:
        point = _point(document.get("location"))
        name = text_of(document, "place_name")
        if point is None or not name:
            continue
        known = counted.get((name, *point))
        precision = _PRECISIONS.get(text_of(document, "precision"), "")
        n = (known.reports if known else 0) + 1
        counted[name, *point] = Place(name, *point, n, precision)
    return sorted(counted.values(), key=lambda place: (-place.reports, place.name))


def drawn(places: Sequence[Place]) -> str:
    """Return the map of places as SVG."""
    view = Part(SIZE, [Spot(p.name, p.reports, p.lat, p.lon) for p in places])
    names = _Names((view.x(place.lon), view.y(place.lat)) for place in places)
    spots = [part for place in places for part in _spot(view, place, names)]
    inside = towns_within(*view.bounds)
    towns = list(_around(view, places, names, inside))
    parts = [_ground(view, inside), *towns, *spots, _scale(view, places[0].lat)]
    about = escape(f"Map: {', '.join(place.name for place in places)}")
    return (
        f'<svg class="map" viewBox="0 0 {SIZE.width:.0f} {SIZE.height:.0f}" role="img" '
        f'aria-label="{about}">{"".join(parts)}</svg>'
    )


def _ground(view: Part, towns: Sequence[Town]) -> str:
    """Return a dot for each town: lines without length, whose ends are round."""
    inside = ((view.x(town.longitude), view.y(town.latitude)) for town in towns)
    seen = ((x, y) for x, y in inside if 0 < x < SIZE.width and 0 < y < SIZE.height)
    dots = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in islice(seen, MOST_DOTS))
    return f'<path class="ground" d="{dots}"/>' if dots else ""


def _spot(view: Part, place: Place, names: "_Names") -> Iterator[str]:
    x, y = view.x(place.lon), view.y(place.lat)
    title = escape(f"{place.name}: {place.reports}")
    yield f'<circle class="halo" cx="{x:.1f}" cy="{y:.1f}" r="12"/>'
    yield f'<circle class="spot" cx="{x:.1f}" cy="{y:.1f}" r="5"><title>{title}</title></circle>'
    yield from names.beside(x, y, place.name, "name", bold=True)


def _around(
    view: Part, places: Sequence[Place], names: "_Names", towns: Sequence[Town]
) -> Iterator[str]:
    """Yield the largest towns that the map shows, except those that are places themselves."""
    n, known = 0, {place.name for place in places}
    for town in towns[:MOST_TRIED]:
        x, y = view.x(town.longitude), view.y(town.latitude)
        if not _is_inside(x, y) or _is_one(town, places) or town.name in known:
            continue
        label = list(names.beside(x, y, town.name, "town"))
        if label:
            yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>'
            yield from label
            n += 1
        if n == MOST_TOWNS:
            return


def _is_inside(x: float, y: float) -> bool:
    return 8 < x < SIZE.width - 8 and 12 < y < SIZE.height - 12


def _is_one(town: Town, places: Sequence[Place]) -> bool:
    """True if a town lies where a place does, within ten kilometres."""
    here = (town.latitude, town.longitude)
    return any(kilometres(here, (place.lat, place.lon)) < 10 for place in places)


class _Names:
    """Names beside points; one that would lie on another, or beyond the edge, is left out.

    `spots`: where the places are, which no name may cover. The bar of the scale has its corner.
    """

    def __init__(self, spots: Iterable[tuple[float, float]]) -> None:
        self._taken = [(x - _SPOT, x + _SPOT, y, _LINE / 2 + _SPOT) for x, y in spots]
        self._taken.append((0.0, SIZE.width / 4 + 80, SIZE.height - 14, _LINE))

    def beside(
        self, x: float, y: float, name: str, kind: str, *, bold: bool = False
    ) -> Iterator[str]:
        wide = (_LETTER + bold) * len(name)
        for left, anchor in ((x + 10, "start"), (x - 10 - wide, "end")):
            right = left + wide
            if left > 2 and right < SIZE.width - 2 and not self._is_taken(left, right, y):
                self._taken.append((left, right, y, _LINE))
                at = x + 10 if anchor == "start" else x - 10
                yield (
                    f'<text class="{kind}" x="{at:.1f}" y="{y + 4:.1f}" '
                    f'text-anchor="{anchor}">{escape(name)}</text>'
                )
                return

    def _is_taken(self, left: float, right: float, y: float) -> bool:
        return any(
            abs(y - other) < gap and left < end and start < right
            for start, end, other, gap in self._taken
        )


def _scale(view: Part, lat: float) -> str:
    """Return a bar of a round number of kilometres, as long as they are at a latitude."""
    pixels = view.scale / max(1.0, _km_of_degree(lat))
    fitting = [km for km in _SCALES if km * pixels <= SIZE.width / 4]
    km = fitting[-1] if fitting else _SCALES[0]
    y, right = SIZE.height - 14, 14 + km * pixels
    return (
        f'<path class="scale" d="M14 {y - 5:.0f}V{y:.0f}H{right:.1f}V{y - 5:.0f}"/>'
        f'<text class="town" x="{right + 6:.1f}" y="{y:.0f}">{km:,} km</text>'
    )


def _km_of_degree(lat: float) -> float:
    """Return the kilometres of a degree of longitude at a latitude."""
    return kilometres((lat, 0.0), (lat, 1.0))


def _point(value: object) -> tuple[float, float] | None:
    """Return the latitude and longitude of a field; None if it holds none."""
    if not isinstance(value, Mapping):
        return None
    lat, lon = value.get("lat"), value.get("lon")
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None
    return (float(lat), float(lon)) if abs(lat) <= 90 and abs(lon) <= 180 else None
