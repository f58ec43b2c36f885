"""How right the program is, for Prometheus: figures of the desk's verdicts at each scrape."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from math import nan
from typing import Literal, get_args

from services.api.tables import VERDICTS, Tables
from services.desk.figures import Figure, Figures, figures, most_judged
from services.messages import Verdict
from services.messages.events import EVENTS
from services.runtime import metrics
from services.runtime.metric_defs import MOST_NAMED, OTHER

ALL = "all"
"""The label of the figure of all types of event."""

OUTCOMES = ("right", "wrong", "unwanted")

Bound = Literal["share", "low", "high"]


class _Kept:
    """The figures of a snapshot of the table; snapshots never change."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rows: Mapping[str, Verdict] | None = None
        self._by_event: dict[str, Figure] = {}
        self._rules: list[Figure] = []
        self._watches: tuple[Figure, ...] = ()

    def of(self, event: str) -> Figure | None:
        self._renew()
        return self._by_event.get(event)

    def rules(self) -> list[Figure]:
        self._renew()
        return self._rules

    def watches(self) -> list[Figure]:
        """Return the figures of watches that nobody owns. `/metrics` asks nobody for a token."""
        self._renew()
        watches = self._tables.watches()
        known = (id for id, watch in watches.items() if watch.owner is None)
        everybodys = {*known}
        named = [
            figure if figure.name in everybodys else replace(figure, name=OTHER)
            for figure in self._watches
        ]
        return most_judged(named, MOST_NAMED, OTHER)

    def _renew(self) -> None:
        rows = self._tables.rows(VERDICTS)
        if rows is not self._rows:
            found = figures(rows.values(), most=None)
            self._rows, self._by_event = rows, _by_event(found)
            self._rules = most_judged(found.rules, MOST_NAMED, OTHER)
            self._watches = found.watches


def follow_verdicts(tables: Tables) -> None:
    """Let the gauges report the figures of all verdicts, and of types of event, rules, watches."""
    kept = _Kept(tables)
    for event in (ALL, *EVENTS):
        for outcome in OUTCOMES:
            metrics.follow(
                "reportedly_judged_things", _number(kept, event, outcome), event=event,
                outcome=outcome,
            )  # fmt: skip
        for bound in get_args(Bound):
            metrics.follow(
                "reportedly_right_ratio", _ratio(kept, event, bound), event=event, bound=bound
            )
    _follow_names(kept)


def _follow_names(kept: _Kept) -> None:
    metrics.follow_table(
        "reportedly_judged_rule_things", lambda: _numbers(kept.rules()), rule="its name",
        outcome="of a thing",
    )  # fmt: skip
    metrics.follow_table(
        "reportedly_right_rule_ratio", lambda: _ratios(kept.rules()), rule="its name",
        bound="of the share",
    )  # fmt: skip
    metrics.follow_table(
        "reportedly_judged_watch_things", lambda: _numbers(kept.watches()), watch="its id",
        outcome="of an alert",
    )  # fmt: skip
    metrics.follow_table(
        "reportedly_right_watch_ratio", lambda: _ratios(kept.watches()), watch="its id",
        bound="of the share",
    )  # fmt: skip


def _numbers(table: Iterable[Figure]) -> Iterator[metrics.Series]:
    for figure in table:
        for outcome in OUTCOMES:
            yield (figure.name, outcome), float(getattr(figure, outcome))


def _ratios(table: Iterable[Figure]) -> Iterator[metrics.Series]:
    for figure in table:
        for bound in get_args(Bound):
            yield (figure.name, bound), _of(figure, bound)


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
        return _of(figure, bound) if figure is not None else nan

    return value


def _of(figure: Figure, bound: Bound) -> float:
    if figure.share is None:
        return nan
    return {"share": figure.share, "low": figure.interval[0], "high": figure.interval[1]}[bound]
