"""The dashboards as a page of their own: every panel with the numbers of Elasticsearch.

The page has no script and fetches nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from services.dashboards import charts
from services.dashboards.asking import Answer, Key, Row, Spot, Window
from services.dashboards.charts import Series, Size
from services.dashboards.definition import (
    COLUMNS,
    Chart,
    Count,
    Dashboard,
    Listing,
    Map,
    OverTime,
    Panel,
    Place,
)
from services.dashboards.land import Strip
from services.dashboards.scales import cell, is_time, moment, written
from services.ports import JsonObject

WIDTH = 1_248
"""Pixels of a page: 26 for each column of the grid."""

ROW = 20
"""Pixels of a row of the grid, as in Kibana."""

_HEAD, _LEGEND, _EDGE = 62, 26, 26
"""Pixels of a panel's title and sentence, of a legend, and of its edges."""

_COLOURS = 10

_OWN_COLOUR = {
    "reported": 0, "claimed": 3, "corroborated": 5, "confirmed": 2, "disputed": 1, "denied": 4,
    "retracted": 7, "asserted": 6, "delivered": 2, "failed": 4, "skipped": 7,
}  # fmt: skip
"""Colours of statuses, stances, and outcomes: the same in all panels."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A dashboard in a range of time, with the answers to its panels, in their order."""

    board: Dashboard
    window: Window
    answers: tuple[Answer, ...]


def page(boards: Sequence[Drawn], land: Sequence[Strip]) -> str:
    """Return the whole HTML document."""
    links = " ".join(
        f'<a href="#{drawn.board.id}">{escape(_short(drawn.board))}</a>' for drawn in boards
    )
    body = "\n".join(_board(drawn, land) for drawn in boards)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Reportedly: dashboards</title><style>{STYLE}</style></head>\n"
        f"<body><header><nav>{links}</nav><p>All times are in UTC.</p></header>\n"
        f"{body}\n</body></html>\n"
    )


def _board(drawn: Drawn, land: Sequence[Strip]) -> str:
    board, window = drawn.board, drawn.window
    span = f"{moment(window.since)} to {moment(window.until)}."
    panels = "\n".join(
        _panel(place, panel, answer, window, land)
        for (place, panel), answer in zip(board.panels, drawn.answers, strict=True)
    )
    return (
        f'<section id="{board.id}"><h1>{escape(_short(board))}</h1>'
        f'<p class="about">{escape(board.about)} {span}</p>\n'
        f'<div class="grid">{panels}</div></section>'
    )


def _short(board: Dashboard) -> str:
    return board.title.removeprefix("Reportedly: ").capitalize()


def _panel(
    place: Place,
    panel: Panel,
    answer: Answer,
    window: Window,
    land: Sequence[Strip],
) -> str:
    at = f"grid-column:{place.x + 1}/span {place.width};grid-row:{place.y + 1}/span {place.height};"
    inner = Size(
        place.width * WIDTH / COLUMNS - _EDGE, place.height * ROW - _HEAD - _LEGEND - _EDGE / 2
    )
    return (
        f'<article style="{at}"><h2>{escape(panel.title)}</h2>'
        f'<p class="about">{escape(panel.about)}</p>'
        f"{_inside(panel, answer, inner, window, land)}</article>"
    )


def _inside(
    panel: Panel,
    answer: Answer,
    size: Size,
    window: Window,
    land: Sequence[Strip],
) -> str:
    match panel:
        case Listing():
            return _listing(panel, [row for row in answer if isinstance(row, dict)])
        case Map():
            spots = [spot for spot in answer if isinstance(spot, Spot)]
            return charts.points(size, spots, land) if spots else _nothing("No place on the map")
        case Chart():
            return _chart(panel, [row for row in answer if isinstance(row, Row)], size, window)


def _chart(chart: Chart, rows: Sequence[Row], size: Size, window: Window) -> str:
    unit = chart.metrics[0].unit
    if chart.shape == "number":
        return f'<p class="number">{written(rows[0].values[0], unit)}</p>'
    if _is_empty(chart, rows):
        return _nothing("Nothing")
    if chart.shape == "table":
        return _table(chart, rows)
    keys, series = _series(chart, rows, window)
    draw = {"bars": charts.bars, "lying-bars": charts.lying_bars, "lines": charts.lines}
    return _legend(series) + draw[chart.shape](size, keys, series, unit)


def _is_empty(chart: Chart, rows: Sequence[Row]) -> bool:
    """Return True if no document was found: an average of 0 is a value, a count of 0 is none."""
    counts = isinstance(chart.metrics[0], Count)
    return not any(row.values[0] if counts else row.values[0] is not None for row in rows)


def _series(chart: Chart, rows: Sequence[Row], window: Window) -> tuple[list[Key], list[Series]]:
    """Return the places on the x axis, and the series drawn there."""
    if isinstance(chart.buckets[0], OverTime):
        keys: list[Key] = list(window.steps)
    else:
        keys = list(dict.fromkeys(row.keys[0] for row in rows))
    if len(chart.buckets) == 1:
        values = {row.keys[0]: row.values for row in rows}
        named = [(metric.label, n) for n, metric in enumerate(chart.metrics)]
        return keys, [
            Series(name, n, tuple(values[key][n] if key in values else None for key in keys))
            for name, n in named
        ]
    found = {row.keys: row.values[0] for row in rows}
    totals: dict[Key, float] = {}
    for row in rows:
        totals[row.keys[1]] = totals.get(row.keys[1], 0) + (row.values[0] or 0)
    names = sorted(totals, key=lambda name: (-totals[name], str(name)))
    colours = _colours([str(name) for name in names])
    return keys, [
        Series(str(name), colours[str(name)], tuple(found.get((key, name)) for key in keys))
        for name in names
    ]


def _colours(names: Iterable[str]) -> Mapping[str, int]:
    """Return a colour for each name; those of statuses and stances are always the same."""
    found: dict[str, int] = {}
    for name in names:
        taken = found.values()
        free = (n for n in range(_COLOURS) if n not in taken)
        found[name] = _OWN_COLOUR[name] if name in _OWN_COLOUR else next(free, 0)
    return found


def _legend(series: Sequence[Series]) -> str:
    if len(series) == 1 and not series[0].name:
        return ""
    items = "".join(f'<li class="c{one.colour}">{escape(one.name)}</li>' for one in series)
    return f'<ul class="legend">{items}</ul>'


def _table(chart: Chart, rows: Sequence[Row]) -> str:
    heads = [bucket.label for bucket in chart.buckets]
    figures = [metric.label for metric in chart.metrics]
    units = [metric.unit for metric in chart.metrics]
    body = "".join(
        "<tr>"
        + "".join(f"<td>{escape(str(key))}</td>" for key in row.keys)
        + "".join(
            f'<td class="figure">{escape(written(value, unit))}</td>'
            for value, unit in zip(row.values, units, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    head += "".join(f'<th class="figure">{escape(name)}</th>' for name in figures)
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def _listing(listing: Listing, documents: Sequence[JsonObject]) -> str:
    if not documents:
        return _nothing("Nothing")
    head = "".join(f"<th>{escape(name)}</th>" for _, name in listing.columns)
    body = "".join(
        "<tr>" + "".join(_cell(name, row.get(name)) for name, _ in listing.columns) + "</tr>"
        for row in documents
    )
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def _cell(name: str, value: object) -> str:
    kind = ' class="time"' if is_time(name) else ""
    return f"<td{kind}>{escape(cell(name, value))}</td>"


def _nothing(what: str) -> str:
    return f'<p class="nothing">{what} in this range of time.</p>'


STYLE = """
:root { color-scheme: light dark; --line: light-dark(#dcdfe4, #3a3f47);
  --quiet: light-dark(#5d6570, #a0a8b3); --paper: light-dark(#fff, #1b1e23);
  --back: light-dark(#f3f4f6, #121417); --ink: light-dark(#1a1d21, #e6e8eb); }
* { box-sizing: border-box; }
body { font: 14px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--back);
  max-width: 1280px; margin: 0 auto; padding: 1rem; }
header { display: flex; justify-content: space-between; align-items: baseline; flex-wrap: wrap; }
header a { margin-right: 1rem; color: inherit; }
h1 { font-size: 1.5rem; margin: 1.5rem 0 0; }
h2 { font-size: 1rem; margin: 0; }
p { margin: 0; } .about { color: var(--quiet); font-size: .85rem; }
.grid { display: grid; grid-template-columns: repeat(48, minmax(0, 1fr)); margin: .6rem -4px 0;
  grid-auto-rows: minmax(20px, auto); }
article { background: var(--paper); border: 1px solid var(--line); border-radius: 6px;
  margin: 4px; padding: 8px 12px; display: flex; flex-direction: column; }
.number { font-size: 2.4rem; font-weight: 600; line-height: 1.2; margin: auto 0; }
.nothing { color: var(--quiet); margin: auto; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0 1rem; margin: 4px 0; padding: 0;
  font-size: .8rem; }
.legend li::before { content: ""; display: inline-block; width: .7em; height: .7em;
  border-radius: 2px; margin-right: .35em; background: var(--colour); }
svg { width: 100%; height: auto; font-size: 12px; }
svg text { fill: var(--quiet); } svg line { stroke: var(--line); }
svg polyline { fill: none; stroke: var(--colour); stroke-width: 2; }
svg rect, svg circle { fill: var(--colour); }
svg .land { fill: var(--line); }
svg .name { fill: var(--ink); paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
svg .spot { fill: #e0533d; fill-opacity: .75; stroke: var(--paper); }
.scroll { overflow: auto; margin-top: 6px; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem 1rem .25rem 0; }
th { color: var(--quiet); font-weight: 600; } td { border-top: 1px solid var(--line); }
.time { white-space: nowrap; }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
@media (max-width: 760px) { .grid { display: block; } article { overflow: auto; }
  svg { min-width: 460px; } .scroll table { min-width: 760px; } }
""" + "".join(
    f".c{n}, .l{n} {{ --colour: light-dark({light}, {dark}); }}\n"
    for n, (light, dark) in enumerate(
        (
            ("#3b6fb6", "#6ea3e8"),
            ("#e08a1e", "#f0a94a"),
            ("#2f8f4e", "#58bf78"),
            ("#b8a21c", "#d9c545"),
            ("#c23b3b", "#ee6d6d"),
            ("#1f8f96", "#4cc3ca"),
            ("#7a57b0", "#ab8de0"),
            ("#8a8f98", "#8f96a1"),
            ("#b0558c", "#dd86bb"),
            ("#6b5b45", "#b39d80"),
        )
    )
)
"""Colours as CSS variables, so that light and dark are one page."""
