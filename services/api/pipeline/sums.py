"""The figures of the Pipeline page: what Elasticsearch and Kafka tell, kept some seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from fastapi import FastAPI

from services.api.desk import Desk
from services.api.kept import Kept
from services.api.pipeline.pulse import Pulse
from services.desk.pipeline.funnel import (
    Held,
    Step,
    articles_body,
    count_body,
    held_of,
    ids_body,
    ids_of,
    steps,
    total,
    voices_body,
    within,
)
from services.desk.pipeline.latency import (
    Latency,
    by_ids_body,
    newest_body,
    of_answer,
    of_pairs,
    read_body,
    seen_body,
    seen_pairs,
    sources,
)
from services.desk.pipeline.levels import Level, alert_body, delivery_body, time_levels
from services.desk.pipeline.stages import StageRow, stage_rows
from services.ports import JsonObject, SearchIndex

KEPT_SECONDS = 10.0
"""Seconds for which the figures hold. They take a dozen searches."""

STALE_SECONDS = 60.0
"""Seconds after which somebody waits for new figures rather than see the old ones."""

DAYS = (1, 7, 30, 0)
"""Lengths of time that can be looked at, in days; 0: all that is stored."""

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
"""Before all that is stored."""

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PipelineSums:
    """All figures at `at` (news time), of the `days` before it, of all that is stored for 0.

    - `outcomes`: what became of deliveries, with their numbers.
    - `levels`: the service levels that are about time.
    """

    at: datetime
    days: int
    stages: list[StageRow]
    latencies: list[Latency]
    steps: list[Step]
    held: list[Held]
    outcomes: dict[str, int]
    levels: list[Level]


class Sums:
    """Works the figures out."""

    def __init__(self, desk: Desk, pulse: Pulse) -> None:
        self._search, self._now, self._pulse = desk.search, desk.now, pulse
        self._kept = {days: Kept(partial(self._ask, days), KEPT_SECONDS) for days in DAYS}

    @classmethod
    def of(cls, app: FastAPI, desk: Desk) -> "Sums":
        """Return the figures of an application: one for all its routes and pages."""
        found: Sums | None = getattr(app.state, "sums", None)
        if found is None:
            found = app.state.sums = cls(desk, Pulse.of(app, desk))
        return found

    def get(self, days: int = 1) -> PipelineSums:
        """Return the figures of the last days, one of `DAYS`. Raises TransientError."""
        return self._kept[days].lately(STALE_SECONDS)

    def _ask(self, days: int) -> PipelineSums:
        until = self._now()
        since = until - timedelta(days=days) if days else FIRST
        lags = self._pulse.lags()
        found, held = self._funnel(since, until)
        return PipelineSums(
            at=until,
            days=days,
            stages=stage_rows(lags.progress, lags.at_ms),
            latencies=latencies(self._search, since, until),
            steps=found,
            held=held,
            outcomes=self._outcomes(since, until),
            levels=self._levels(since, until),
        )

    def _funnel(self, since: datetime, until: datetime) -> tuple[list[Step], list[Held]]:
        ask = self._search.search
        seen = ask("articles", articles_body(since, until))
        voices = ask("incidents", voices_body(since, until))
        alerts = ids_of(ask("alerts", ids_body("article_ids", "last_at", since, until)))
        held = ask("suppressed", ids_body("article_id", "at", since, until))
        matched = alerts | ids_of(held)
        n_matched, n_alerted = (
            total(ask("articles", count_body(ids, since, until))) if ids else 0
            for ids in (matched, alerts)
        )
        return [*steps(seen, voices, n_matched, n_alerted, len(matched))], held_of(held)

    def _levels(self, since: datetime, until: datetime) -> list[Level]:
        return time_levels(
            self._search.search("alerts", alert_body(since, until)),
            self._search.search("deliveries", delivery_body(since, until)),
        )

    def _outcomes(self, since: datetime, until: datetime) -> dict[str, int]:
        body: JsonObject = {
            "size": 0,
            "query": {"bool": {"filter": [within("at", since, until)]}},
            "aggs": {"outcomes": {"terms": {"field": "outcome", "size": 10}}},
        }
        answer = self._search.search("deliveries", body)
        buckets = answer.get("aggregations", {}).get("outcomes", {}).get("buckets", ())
        return {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}


def latencies(search: SearchIndex, since: datetime, until: datetime) -> list[Latency]:
    """Return how long each stage takes. Raises TransientError."""
    seen = search.search("articles", seen_body(since, until))
    read = search.search("articles", read_body(since, until))
    claims = _newest(search, "claims", "whole.cause.article_id")
    alerts = _newest(search, "alerts", "article_ids", "alert_id", "whole.revisions.id")
    deliveries = _newest(search, "deliveries", "alert_id", "revision_id", outcome="delivered")
    causes = [(_cause(claim), claim) for claim in claims]
    ids = {id for id, _ in causes if id} | {_last(alert.get("article_ids")) for alert in alerts}
    articles = _by_ids(search, "articles", "article_id", ids - {""})
    sent = {str(one.get("alert_id")) for one in deliveries}
    told = _by_ids(search, "alerts", "alert_id", sent, "whole.revisions.id")
    return [
        of_pairs("Seen", "published", seen_pairs(seen)),
        of_answer(read, "read", "Read", "seen"),
        of_pairs("Claim", "read", ((_at(articles.get(id)), _at(claim)) for id, claim in causes)),
        of_pairs(
            "Alert",
            "read",
            ((_at(articles.get(_last(a.get("article_ids")))), _at(a)) for a in alerts),
        ),
        of_pairs("Delivered", "alert", (_delivered(one, told) for one in deliveries)),
    ]


def _newest(search: SearchIndex, index: str, *fields: str, **terms: str) -> list[Document]:
    filters = [{"term": {name: value}} for name, value in terms.items()]
    return sources(search.search(index, newest_body(fields, filters)))


def _by_ids(
    search: SearchIndex, index: str, field: str, ids: set[str], *fields: str
) -> dict[str, Document]:
    if not ids:
        return {}
    found = sources(search.search(index, by_ids_body(field, ids, fields)))
    return {str(document.get(field)): document for document in found}


def _cause(claim: Document) -> str:
    """Return the article that caused the last update of a claim; "" if it does not say."""
    causes = (claim.get("whole") or {}).get("cause") or [{}]
    return str(causes[-1].get("article_id") or "")


def _last(ids: Any) -> str:
    return str(ids[-1]) if ids else ""


def _at(document: Document | None) -> Any:
    return (document or {}).get("written_at")


def _delivered(delivery: Document, alerts: Mapping[str, Document]) -> tuple[Any, Any]:
    """Return when an alert and its delivery were written; None for an older revision of it."""
    alert = alerts.get(str(delivery.get("alert_id")), {})
    revisions = (alert.get("whole") or {}).get("revisions") or [{}]
    is_last = revisions[-1].get("id") == delivery.get("revision_id")
    return (_at(alert) if is_last else None), _at(delivery)
