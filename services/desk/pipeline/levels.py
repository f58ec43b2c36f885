"""Service levels: what readers may count on, and whether it holds, from stored documents. Pure.

deploy/prometheus/rules.yml has an alarm for each; a test compares the numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.desk.figures import Figure
from services.desk.pipeline.funnel import within
from services.ports import JsonObject

LevelState = Literal["held", "missed", "unknown"]

ALERT_SECONDS = 900.0
"""Seconds within which an alert is decided after its evidence was published.

GDELT 2.0 writes what it found every 15 minutes. A feed is asked every 15 mean intervals at the
least, which is as long (docs/settings.md).
"""
ALERT_SHARE = 0.95
"""Share of the alerts that have to be in time. Feeds that answer late are the rest. A choice."""

DELIVERY_SECONDS = 5.0
"""Seconds within which a message goes out after its evidence was seen: a third of the 15 from which
a panel of the console counts as late."""
DELIVERY_SHARE = 0.99
"""Share of the messages that have to be in time."""

RIGHT_SHARE = 0.8
"""Share of the judged things that have to be right.

It lies between the two halves of the sentences of polarity, 0.83 and 0.76 (docs/quality.md).
"""

FEWEST = 20
"""Fewer alerts, messages, or verdicts tell nothing: one in twenty is what the levels allow."""


@dataclass(frozen=True, slots=True)
class Level:
    """One service level: `n_good` of `n` in time, or right; at least `wanted` of them should be.

    `limit_seconds`: None for a level that is about no time.
    """

    name: str
    says: str
    wanted: float
    n: int
    n_good: int
    limit_seconds: float | None = None

    @property
    def share(self) -> float | None:
        """The share that is good, from 0 to 1; None if there was nothing."""
        return self.n_good / self.n if self.n else None

    @property
    def state(self) -> LevelState:
        """Whether it holds; `unknown` while there are too few to tell."""
        if self.n < FEWEST:
            return "unknown"
        return "held" if self.n_good >= self.wanted * self.n else "missed"


def alert_body(since: datetime, until: datetime) -> JsonObject:
    """Return the question for how many alerts of a time were decided in time."""
    return _body("last_at", "seconds_from_publication", ALERT_SECONDS, since, until)


def delivery_body(since: datetime, until: datetime) -> JsonObject:
    """Return the question for how many messages of a time went out in time."""
    return _body("at", "seconds_from_sight", DELIVERY_SECONDS, since, until)


def time_levels(alerts: Mapping[str, Any], deliveries: Mapping[str, Any]) -> list[Level]:
    """Return the levels that are about time, from the answers to both questions."""
    return [
        Level(
            "Publication to alert",
            f"decided within {ALERT_SECONDS / 60:.0f} minutes",
            ALERT_SHARE,
            *_counts(alerts),
            limit_seconds=ALERT_SECONDS,
        ),
        Level(
            "Seen to delivered",
            f"sent within {DELIVERY_SECONDS:.0f} seconds, if nothing made it wait",
            DELIVERY_SHARE,
            *_counts(deliveries),
            limit_seconds=DELIVERY_SECONDS,
        ),
    ]


def right_level(judged: Figure) -> Level:
    """Return the level of what the desk judged."""
    return Level(
        "Right", "right, by the desk’s verdicts", RIGHT_SHARE, judged.n, judged.n - judged.wrong
    )


def _body(time: str, field: str, limit: float, since: datetime, until: datetime) -> JsonObject:
    return {
        "size": 0,
        "query": {"bool": {"filter": [within(time, since, until), {"exists": {"field": field}}]}},
        "aggs": {
            "n": {"value_count": {"field": field}},
            "good": {"filter": {"range": {field: {"lte": limit}}}},
        },
    }


def _counts(answer: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many there were, and how many of them were in time."""
    found = answer.get("aggregations", {})
    n = int(found.get("n", {}).get("value", 0) or 0)
    return n, int(found.get("good", {}).get("doc_count", 0) or 0)
