"""How far the stages are and how fresh each panel is, asked for at most every few seconds.

However many pages ask, the engines are asked once: one request waits for the answer, and the others
share it.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from fastapi import FastAPI

from services.api.desk import Desk
from services.api.kept import Kept
from services.api.tables import FEED_TIMINGS
from services.desk.freshness import UNKNOWN, Facts, Freshness, freshness
from services.desk.pipeline.stages import GROUPS, WAYS, Panel, behind_seconds
from services.errors import ReportedlyError
from services.ports import Broker, JsonObject, Progress, SearchIndex

FRESH_SECONDS = 2.0
"""Seconds for which an answer on freshness holds."""

LAG_SECONDS = 5.0
"""Seconds for which the progress of the groups holds. Asking takes up to a second of waiting."""

NEWEST: Mapping[Panel, tuple[str, str]] = {
    "articles": ("articles", "first_seen_at"),
    "claims": ("claims", "updated_at"),
    "alerts": ("alerts", "last_at"),
    "deliveries": ("deliveries", "at"),
}
"""Panel to the index and the field of its newest time."""


@dataclass(frozen=True, slots=True)
class Lags:
    """How far groups have read, at a time of the machine; None: Kafka does not tell."""

    progress: Mapping[str, Progress] | None
    at_ms: int


class Pulse:
    """What a process knows of the stages.

    `told_ms`: when Kafka took each row of `feed-timings`, by key.
    """

    def __init__(
        self,
        broker: Broker,
        search: SearchIndex,
        told_ms: Callable[[], Mapping[str, int]],
        now: Callable[[], datetime],
    ) -> None:
        self._broker, self._search, self._told_ms, self._now = broker, search, told_ms, now
        self._lags = Kept(self._ask_lags, LAG_SECONDS)
        self._panels = Kept(self._ask_panels, FRESH_SECONDS)

    @classmethod
    def of(cls, app: FastAPI, desk: Desk) -> "Pulse":
        """Return the pulse of an application: one for all its routes and pages."""
        found: Pulse | None = getattr(app.state, "pulse", None)
        if found is None:
            told_ms = partial(desk.tables.written_ms, FEED_TIMINGS)
            found = app.state.pulse = cls(desk.broker, desk.search, told_ms, desk.now)
        return found

    def lags(self) -> Lags:
        """Return how far the groups have read."""
        return self._lags.get()

    def panels(self) -> Mapping[Panel, Freshness]:
        """Return how fresh each panel is. While the engines are away, all are unknown."""
        return self._panels.get()

    def panels_soon(self, within_seconds: float) -> Mapping[Panel, Freshness] | None:
        """Return the same if it is no older; else None, and find it out beside. Never blocks."""
        return self._panels.soon(within_seconds)

    def _ask_lags(self) -> Lags:
        try:
            progress = self._broker.progress(GROUPS)
        except ReportedlyError:  # told as unknown
            return Lags(None, int(time.time() * 1000))
        return Lags(progress, int(time.time() * 1000))

    def _ask_panels(self) -> Mapping[Panel, Freshness]:
        lags = self.lags()
        told_ms = max(self._told_ms().values(), default=None)
        told_seconds = None if told_ms is None else max(0.0, time.time() - told_ms / 1000)
        found: dict[Panel, Freshness] = {}
        for panel, groups in WAYS.items():
            try:
                newest_at = self._newest(*NEWEST[panel])
            except ReportedlyError:  # told as unknown
                found[panel] = UNKNOWN
                continue
            facts = Facts(
                newest_at=newest_at,
                told_seconds=told_seconds,
                behind_seconds=behind_seconds(groups, lags.progress or {}, lags.at_ms),
                is_known=lags.progress is not None,
            )
            found[panel] = freshness(facts, self._now())
        return found

    def _newest(self, index: str, field: str) -> datetime | None:
        body: JsonObject = {"size": 0, "aggs": {"newest": {"max": {"field": field}}}}
        answer = self._search.search(index, body)
        ms = answer.get("aggregations", {}).get("newest", {}).get("value")
        return datetime.fromtimestamp(ms / 1000, UTC) if ms is not None else None
