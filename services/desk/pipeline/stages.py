"""The stages on the way from a feed to a reader, in words, and who waits for whom. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from services.desk.freshness import LATE_SECONDS, length
from services.ports import Progress

Panel = Literal["articles", "claims", "alerts", "deliveries"]


@dataclass(frozen=True, slots=True)
class Stage:
    """A consumer group: what it does, and what it takes in."""

    group: str
    name: str
    reads: str


STAGES = (
    Stage("tagger", "Find events", "new articles"),
    Stage("tracker-route", "Sort by event", "articles with their events"),
    Stage("tracker-fold", "Fold into claims", "reports of events"),
    Stage("alerter-match", "Match watches", "articles and claims"),
    Stage("alerter-fold", "Write alerts", "matches"),
    Stage("notifier", "Deliver", "alerts"),
    Stage("indexer", "Make searchable", "all of these"),
)
"""In the order of the way. `poller` and `tracker-judge` read what people write, not news."""

GROUPS = tuple(stage.group for stage in STAGES)

WAYS: Mapping[Panel, tuple[str, ...]] = {
    "articles": ("tagger", "indexer"),
    "claims": ("tagger", "tracker-route", "tracker-fold", "indexer"),
    "alerts": (
        "tagger", "tracker-route", "tracker-fold", "alerter-match", "alerter-fold", "indexer",
    ),
    "deliveries": (
        "tagger", "tracker-route", "tracker-fold", "alerter-match", "alerter-fold", "notifier",
        "indexer",
    ),
}  # fmt: skip
"""Panel to the groups that its news passes."""


def behind_seconds(
    groups: Iterable[str], progress: Mapping[str, Progress], now_ms: int
) -> float | None:
    """Return the age of the oldest record that one of these groups has not read.

    0 if all is read; None if nobody ever read as one of them. `now_ms`: the machine's time.
    """
    ages = []
    for group in groups:
        found = progress.get(group)
        if found is None:
            return None
        ages.append(0.0 if found.oldest_ms is None else max(0, now_ms - found.oldest_ms) / 1000)
    return max(ages, default=0.0)


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage as it is now.

    - `behind`: records that it has not read; None: nobody ever read as this group, or Kafka does
      not tell.
    - `oldest_seconds`: the age of the oldest of them. `members`: processes that read.
    """

    name: str
    group: str
    reads: str
    behind: int | None = None
    oldest_seconds: float = 0.0
    members: int = 0

    @property
    def is_late(self) -> bool:
        return self.oldest_seconds >= LATE_SECONDS

    @property
    def says(self) -> str:
        """How it does, in words."""
        if self.behind is None:
            return "never ran"
        if not self.members:
            return "stopped"
        if not self.behind:
            return "all read"
        return f"behind by {length(self.oldest_seconds)}" if self.is_late else "reading"


def stage_rows(progress: Mapping[str, Progress] | None, now_ms: int) -> list[StageRow]:
    """Return all stages in the order of the way."""
    rows = []
    for stage in STAGES:
        found = (progress or {}).get(stage.group)
        row = StageRow(stage.name, stage.group, stage.reads)
        if found is not None:
            age = behind_seconds((stage.group,), progress or {}, now_ms) or 0.0
            row = replace(row, behind=found.behind, oldest_seconds=age, members=found.members)
        rows.append(row)
    return rows
