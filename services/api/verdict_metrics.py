"""How right the program is, for Prometheus: figures of the desk's verdicts at each scrape."""

from collections.abc import Callable, Mapping
from math import nan
from typing import Literal, get_args

from services.api.tables import VERDICTS, Tables
from services.desk.figures import Figure, Figures, figures
from services.messages import Verdict
from services.messages.events import EVENTS
from services.runtime import metrics

ALL = "all"
"""The label of the figure of all types of event."""

Bound = Literal["share", "low", "high"]


class _Kept:
    """The figures of a snapshot of the table; snapshots never change."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rows: Mapping[str, Verdict] | None = None
        self._figures: dict[str, Figure] = {}

    def of(self, event: str) -> Figure | None:
        rows = self._tables.rows(VERDICTS)
        if rows is not self._rows:
            self._rows, self._figures = rows, _by_event(figures(rows.values()))
        return self._figures.get(event)


def follow_verdicts(tables: Tables) -> None:
    """Let the gauges report the figures of all verdicts, and of each type of event."""
    kept = _Kept(tables)
    for event in (ALL, *EVENTS):
        for outcome in ("right", "wrong", "unwanted"):
            metrics.follow(
                "reportedly_judged_things", _number(kept, event, outcome), event=event,
                outcome=outcome,
            )  # fmt: skip
        for bound in get_args(Bound):
            metrics.follow(
                "reportedly_right_ratio", _ratio(kept, event, bound), event=event, bound=bound
            )


def _by_event(found: Figures) -> dict[str, Figure]:
    return {figure.name: figure for figure in found.events} | {ALL: found.all}


def _number(kept: _Kept, event: str, outcome: str) -> Callable[[], float]:
    def value() -> float:
        figure = kept.of(event)
        return float(getattr(figure, outcome)) if figure else 0.0

    return value


def _ratio(kept: _Kept, event: str, bound: Bound) -> Callable[[], float]:
    def value() -> float:
        figure = kept.of(event)
        if figure is None or figure.share is None:
            return nan
        return {"share": figure.share, "low": figure.interval[0], "high": figure.interval[1]}[bound]

    return value
