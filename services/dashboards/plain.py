"""The dashboards as plain text, for a terminal: the same panels with the same numbers."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.dashboards.asking import Answer, Row, Spot
from services.dashboards.definition import Chart, Dashboard, Listing, Map, Panel
from services.dashboards.scales import cell, moment, written
from services.ports import JsonObject

MOST_ROWS = 12
"""Rows shown of one panel."""


def lines(board: Dashboard, answers: Sequence[Answer]) -> Iterator[str]:
    """Yield the lines of a dashboard."""
    yield board.title
    yield "=" * len(board.title)
    for (_, panel), answer in zip(board.panels, answers, strict=True):
        yield ""
        rows = list(_rows(panel, answer))
        if isinstance(panel, Chart) and panel.shape == "number":
            yield f"{panel.title}: {rows[0][0]}"
            continue
        yield panel.title
        if not rows:
            yield "  nothing in this range of time"
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows[:MOST_ROWS]:
            cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
            yield f"  {'  '.join(cells).rstrip()}"
        if len(rows) > MOST_ROWS:
            yield f"  … {len(rows) - MOST_ROWS} more"


def _rows(panel: Panel, answer: Answer) -> Iterator[tuple[str, ...]]:
    for row in answer:
        match panel, row:
            case Chart(), Row(keys, values):
                names = (moment(k) if isinstance(k, datetime) else k for k in keys)
                units = (metric.unit for metric in panel.metrics)
                figures = (written(v, u) for v, u in zip(values, units, strict=True))
                yield (*names, *figures)
            case Map(), Spot(name, count):
                yield name, str(count)
            case Listing(columns=columns), dict():
                document: JsonObject = row
                yield tuple(cell(name, document.get(name)) for name, _ in columns)
