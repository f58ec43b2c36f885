"""Charts as SVG: bars, lying bars, lines, and a map of points. Colours are classes of the page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from services.dashboards.asking import Key, Spot
from services.dashboards.definition import Unit
from services.dashboards.land import Strip
from services.dashboards.scales import axis, labelled, written

LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 10.0, 36.0
"""Room around a plot, in pixels: for the numbers at the left and the times below."""

TALLEST_BAR = 22.0
"""Pixels of a lying bar."""

_LETTER = 7.0
"""Pixels of a letter of an axis at 12 pixels, about."""

_MOST_LETTERS = 28
"""Letters of a name beside a lying bar; a longer one is cut."""


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart: its name, and a value for each place on the x axis."""

    name: str
    colour: int
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels of a drawing."""

    width: float
    height: float


def bars(size: Size, keys: Sequence[Key], series: Sequence[Series], unit: Unit) -> str:
    """Return stacked bars, one for each key."""
    sums = [sum(s.values[n] or 0 for s in series) for n in range(len(keys))]
    marks = axis(sums, unit)
    plot = _Plot(size, len(keys), marks[-1][0])
    parts = [*_grid(plot, marks), *_below(plot, keys)]
    width = plot.slot * 0.78
    for n, key in enumerate(keys):
        base = 0.0
        for one in series:
            value = one.values[n] or 0
            if value:
                top = plot.y(base + value)
                parts.append(
                    f'<rect class="c{one.colour}" x="{plot.x(n) - width / 2:.1f}" y="{top:.1f}" '
                    f'width="{width:.1f}" height="{plot.y(base) - top:.1f}">'
                    f"<title>{_told(key, one.name, value, unit)}</title></rect>"
                )
                base += value
    return _svg(size, parts)


def lines(size: Size, keys: Sequence[Key], series: Sequence[Series], unit: Unit) -> str:
    """Return a line for each series; it breaks where there is no value."""
    values = [v for s in series for v in s.values if v is not None]
    marks = axis(values, unit)
    plot = _Plot(size, len(keys), marks[-1][0])
    parts = [*_grid(plot, marks), *_below(plot, keys)]
    for one in series:
        for run in _runs(one.values):
            points = " ".join(f"{plot.x(n):.1f},{plot.y(v):.1f}" for n, v in run)
            parts.append(f'<polyline class="l{one.colour}" points="{points}"/>')
            parts += [
                f'<circle class="c{one.colour}" cx="{plot.x(n):.1f}" cy="{plot.y(v):.1f}" r="3">'
                f"<title>{_told(keys[n], one.name, v, unit)}</title></circle>"
                for n, v in run
            ]
    return _svg(size, parts)


def lying_bars(size: Size, keys: Sequence[Key], series: Sequence[Series], unit: Unit) -> str:
    """Return stacked bars from left to right, with their sums behind them."""
    names = [_cut(str(key)) for key in keys]
    left = 12 + _LETTER * max(map(len, names), default=0)
    sums = [sum(s.values[n] or 0 for s in series) for n in range(len(keys))]
    scale = (size.width - left - 56) / (max(sums, default=0) or 1)
    slot = min(size.height / (len(keys) or 1), TALLEST_BAR * 1.5)
    high = min(TALLEST_BAR, slot * 0.72)
    parts: list[str] = []
    for n, name in enumerate(names):
        middle, at = slot * (n + 0.5), left
        parts.append(
            f'<text x="{left - 8:.1f}" y="{middle + 4:.1f}" text-anchor="end">{escape(name)}'
            f"<title>{escape(str(keys[n]))}</title></text>"
        )
        for one in series:
            wide = (one.values[n] or 0) * scale
            if wide:
                parts.append(
                    f'<rect class="c{one.colour}" x="{at:.1f}" y="{middle - high / 2:.1f}" '
                    f'width="{wide:.1f}" height="{high:.1f}">'
                    f"<title>{_told(keys[n], one.name, one.values[n] or 0, unit)}</title></rect>"
                )
                at += wide
        total = written(sums[n], unit)
        parts.append(f'<text x="{at + 6:.1f}" y="{middle + 4:.1f}">{total}</text>')
    return _svg(size, parts)


def points(size: Size, spots: Sequence[Spot], land: Sequence[Strip]) -> str:
    """Return places on a plain map (plate carrée), the part of the world that holds them."""
    view = Part(size, spots)
    parts = [
        f'<rect class="land" x="{view.x(strip.lon):.1f}" y="{view.y(strip.lat + 1):.1f}" '
        f'width="{view.scale * strip.degrees:.1f}" height="{view.scale + 0.3:.1f}"/>'
        for strip in land
        if view.holds(strip)
    ]
    most = max((spot.count for spot in spots), default=1)
    named = sorted(spots, key=lambda spot: -spot.count)
    for spot in named:
        radius = 4 + 10 * (spot.count / most) ** 0.5
        parts.append(
            f'<circle class="spot" cx="{view.x(spot.lon):.1f}" cy="{view.y(spot.lat):.1f}" '
            f'r="{radius:.1f}"><title>{escape(spot.name)}: {spot.count}</title></circle>'
        )
    parts += _names(view, named)
    return _svg(size, parts)


class _Plot:
    """The room of a chart with axes: pixels of a place on the x axis, and of a value."""

    def __init__(self, size: Size, n: int, most: float) -> None:
        self.size, self.n, self.most = size, n, most
        self.slot = (size.width - LEFT - RIGHT) / (n or 1)

    def x(self, place: int) -> float:
        return LEFT + self.slot * (place + 0.5)

    def y(self, value: float) -> float:
        return self.size.height - BOTTOM - value / self.most * (self.size.height - TOP - BOTTOM)


class Part:
    """The part of the world that holds all spots with some room around, in the form of `size`."""

    LEAST_DEGREES = 12.0
    ROOM = 1.3

    def __init__(self, size: Size, spots: Sequence[Spot]) -> None:
        lats, lons = [s.lat for s in spots], [s.lon for s in spots]
        self._lat, self._lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
        wide = max(max(lons) - min(lons), self.LEAST_DEGREES) * self.ROOM
        high = max(max(lats) - min(lats), self.LEAST_DEGREES * size.height / size.width) * self.ROOM
        self.scale = min(size.width / wide, size.height / high)
        self._size = size

    def x(self, lon: float) -> float:
        return self._size.width / 2 + (lon - self._lon) * self.scale

    def y(self, lat: float) -> float:
        return self._size.height / 2 - (lat - self._lat) * self.scale

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """The degrees of its edges: south, west, north, east."""
        high, wide = self._size.height / 2 / self.scale, self._size.width / 2 / self.scale
        return self._lat - high, self._lon - wide, self._lat + high, self._lon + wide

    def holds(self, strip: Strip) -> bool:
        end, y = self.x(strip.lon + strip.degrees), self.y(strip.lat)
        is_beside = end < 0 or self.x(strip.lon) > self._size.width
        return not is_beside and 0 < y < self._size.height + self.scale


def _names(view: Part, spots: Sequence[Spot]) -> Iterator[str]:
    """Yield the names of places, the largest first; one that would lie on another is left out."""
    taken: list[tuple[float, float, float]] = []
    for spot in spots:
        x, y = view.x(spot.lon) + 12, view.y(spot.lat) + 4
        label = f"{spot.name} ({spot.count})"
        right = x + _LETTER * len(label)
        if any(abs(y - b) < 14 and x < end and a < right for a, end, b in taken):
            continue
        taken.append((x, right, y))
        yield f'<text class="name" x="{x:.1f}" y="{y:.1f}">{escape(label)}</text>'


def _grid(plot: _Plot, marks: Sequence[tuple[float, str]]) -> Iterator[str]:
    for mark, label in marks:
        y = plot.y(mark)
        yield f'<line x1="{LEFT}" x2="{plot.size.width - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'


def _below(plot: _Plot, keys: Sequence[Key]) -> Iterator[str]:
    """Yield the labels of the x axis: times, or the keys themselves."""
    times = [key for key in keys if isinstance(key, datetime)]
    labels: Mapping[int, str] = (
        labelled(times, int(plot.size.width / 90)) if times else dict(enumerate(map(str, keys)))
    )
    y = plot.size.height - BOTTOM + 15
    for n, label in labels.items():
        for row, line in enumerate(label.split("\n")):
            yield (
                f'<text x="{plot.x(n):.1f}" y="{y + row * 14:.1f}" text-anchor="middle">'
                f"{escape(line)}</text>"
            )


def _runs(values: Sequence[float | None]) -> Iterator[list[tuple[int, float]]]:
    """Yield the stretches of values without a gap, with their places."""
    run: list[tuple[int, float]] = []
    for n, value in enumerate(values):
        if value is not None:
            run.append((n, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _told(key: Key, name: str, value: float, unit: Unit) -> str:
    at = f"{key:%Y-%m-%d %H:%M}" if isinstance(key, datetime) else key
    return escape(" · ".join(part for part in (at, name, written(value, unit)) if part))


def _cut(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"


def _svg(size: Size, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {size.width:.0f} {size.height:.0f}" role="img">{"".join(parts)}</svg>'
    )
