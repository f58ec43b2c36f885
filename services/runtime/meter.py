"""The measurements of a loop over a consumer group, taken at the same points in every loop."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

from services.messages.base import Cause
from services.ports import Consumer, Outgoing, Record
from services.runtime import metrics
from services.runtime.traces import Traced
from services.runtime.trail import Step, is_followed, steps, tell

LAG_EVERY_SECONDS = 1.0
"""Seconds between two questions to the client for its lag."""

Stage = Literal["seen", "tagged", "decided", "delivered"]
During = Literal["connect", "poll", "batch", "idle", "load", "publish"]


class Tally:
    """Counts messages and bytes by topic, without keeping the messages.

    `steps`: what they do to articles, if somebody follows these in the logs.
    """

    def __init__(self, messages: Iterable[Outgoing] = ()) -> None:
        self.steps: list[Step] = []
        self._is_followed = is_followed()
        self.numbers: Counter[str] = Counter()
        self.sizes: Counter[str] = Counter()
        for message in messages:
            self.add(message)

    def add(self, message: Outgoing) -> None:
        """Count one message and the bytes of its value."""
        self.numbers[message.topic] += 1
        self.sizes[message.topic] += len(message.value or b"")
        if self._is_followed:
            self.steps += steps(message)


class Meter:
    """The metrics of one consumer group in one process.

    Record timestamps are in the machine's clock.
    """

    def __init__(self, service: str, group: str) -> None:
        self._service = service
        self._group = group
        self._oldest_since: float | None = None
        self._asked_at = -LAG_EVERY_SECONDS
        self._traced = Traced(service, group)
        metrics.follow(
            "reportedly_oldest_unprocessed_age_seconds",
            self.oldest_age,
            service=service,
            group=group,
        )

    def polled(self, records: Sequence[Record]) -> None:
        """Record the result of a poll, also an empty one."""
        self.in_hand(records)
        self._traced.begin(records)
        for topic, n in Counter(record.topic for record in records).items():
            metrics.count(
                "reportedly_consumed_records_total",
                n,
                service=self._service,
                group=self._group,
                topic=topic,
            )

    def in_hand(self, records: Collection[Record]) -> None:
        """Record all records that are not done yet. The oldest of them gives the age."""
        if not records:
            self._oldest_since = None
            return
        oldest = min(record.timestamp_ms for record in records)
        # The machine's clock may be set while the records are in hand, so their age uses the
        # monotonic one.
        self._oldest_since = time.monotonic() - max(0.0, time.time() - oldest / 1000)

    @contextmanager
    def trying(self, records: Sequence[Record]) -> Iterator[None]:
        """Record one try at a batch, also a failed one."""
        self._traced.begin(records)
        metrics.observe(
            "reportedly_batch_records", len(records), service=self._service, group=self._group
        )
        with metrics.timed("reportedly_batch_seconds", service=self._service, group=self._group):
            yield

    def done(self, records: Sequence[Record]) -> None:
        """Record that these records' output is acknowledged and their offsets committed."""
        self._traced.end(records)
        now = time.time()
        for record in records:
            latency = max(0.0, now - record.timestamp_ms / 1000)
            metrics.observe(
                "reportedly_record_latency_seconds",
                latency,
                service=self._service,
                group=self._group,
                topic=record.topic,
            )
        for topic, n in Counter(record.topic for record in records).items():
            metrics.count(
                "reportedly_processed_records_total",
                n,
                service=self._service,
                group=self._group,
                topic=topic,
            )

    def sent(self, messages: "Tally | Iterable[Outgoing]") -> None:
        """Record messages that were acknowledged."""
        produced(self._service, messages if isinstance(messages, Tally) else Tally(messages))

    def published(self, messages: Iterable[Outgoing], began_ns: int) -> None:
        """Record that articles were acknowledged; sending began at `began_ns`."""
        self._traced.published(messages, began_ns)

    def waited(self, during: During) -> None:
        """Record one wait for a system that does not answer."""
        metrics.count(
            "reportedly_waits_total", service=self._service, group=self._group, during=during
        )

    def loaded(self, rows: int, set_aside: int, seconds: float) -> None:
        """Record the load of one partition's state: rows read, rows set aside, seconds taken."""
        metrics.count(
            "reportedly_state_rows_loaded_total", rows, service=self._service, group=self._group
        )
        metrics.count(
            "reportedly_state_rows_set_aside_total",
            set_aside,
            service=self._service,
            group=self._group,
        )
        metrics.observe(
            "reportedly_state_load_seconds", seconds, service=self._service, group=self._group
        )

    def lag(self, consumer: Consumer) -> None:
        """Record the client's lag, at most once a second. It knows it from its last fetch."""
        self.behind(lambda: sum(consumer.behind().values()))

    def behind(self, records: Callable[[], int]) -> None:
        """Record, at most once a second, how many records lie beyond the last that was read."""
        now = time.monotonic()
        if now - self._asked_at >= LAG_EVERY_SECONDS:
            self._asked_at = now
            metrics.gauge(
                "reportedly_lag_records", records(), service=self._service, group=self._group
            )

    def oldest_age(self) -> float:
        """Return the age in seconds of the oldest record in hand; 0 if there is none."""
        since = self._oldest_since
        return 0.0 if since is None else time.monotonic() - since


def produced(service: str, tally: Tally) -> None:
    """Count acknowledged messages and their bytes, by topic, and log what they do to articles."""
    tell(tally.steps)
    for topic, n in tally.numbers.items():
        metrics.count("reportedly_produced_messages_total", n, service=service, topic=topic)
        metrics.count(
            "reportedly_produced_bytes_total", tally.sizes[topic], service=service, topic=topic
        )


def took(
    *,
    stage: Stage,
    since: Literal["published", "seen"],
    began: datetime | None,
    ended: datetime | None,
    cause: Cause = "new",
) -> None:
    """Observe the news time in seconds from `began` to the end of a stage.

    Skipped if a time is unknown, and for messages that are replayed or backfilled.
    """
    if began is not None and ended is not None and cause in ("new", "edit", "withdrawn"):
        seconds = max(0.0, (ended - began).total_seconds())
        metrics.observe("reportedly_latency_seconds", seconds, stage=stage, since=since)
