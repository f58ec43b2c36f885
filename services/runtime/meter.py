"""What a loop over a consumer group measures of itself, at the same points in every loop."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

from services.messages.base import Cause
from services.ports import Consumer, Outgoing, Record
from services.runtime import metrics

LAG_EVERY_SECONDS = 1.0
"""How often a loop asks its client how far behind it is."""

Stage = Literal["seen", "tagged", "decided", "delivered"]
During = Literal["connect", "poll", "batch", "release", "load", "publish"]


class Tally:
    """Messages counted, by topic, without being kept."""

    def __init__(self, messages: Iterable[Outgoing] = ()) -> None:
        self.numbers: Counter[str] = Counter()
        self.sizes: Counter[str] = Counter()
        for message in messages:
            self.add(message)

    def add(self, message: Outgoing) -> None:
        """Count one message and the bytes of its value."""
        self.numbers[message.topic] += 1
        self.sizes[message.topic] += len(message.value or b"")


class Meter:
    """The metrics of one consumer group in one process. Broker timestamps count from the machine's clock."""

    def __init__(self, service: str, group: str) -> None:
        self._service = service
        self._group = group
        self._oldest_since: float | None = None
        self._asked_at = -LAG_EVERY_SECONDS
        metrics.follow("reportedly_oldest_unprocessed_age_seconds", self.oldest_age, service=service, group=group)

    def polled(self, records: Sequence[Record]) -> None:
        """Take note of what a poll brought, also when it was nothing."""
        if not records:
            self._oldest_since = None
            return
        oldest = min(record.timestamp_ms for record in records)
        # From here on the machine's clock may be set; the age in hand goes by the monotonic one.
        self._oldest_since = time.monotonic() - max(0.0, time.time() - oldest / 1000)
        for topic, n in Counter(record.topic for record in records).items():
            metrics.count("reportedly_consumed_records_total", n, service=self._service, group=self._group, topic=topic)

    @contextmanager
    def trying(self, records: Sequence[Record]) -> Iterator[None]:
        """Take note of one try at a batch, whatever comes of it."""
        metrics.observe("reportedly_batch_records", len(records), service=self._service, group=self._group)
        with metrics.timed("reportedly_batch_seconds", service=self._service, group=self._group):
            yield

    def done(self, records: Sequence[Record]) -> None:
        """Take note of records whose output is acknowledged and whose offsets are committed."""
        now = time.time()
        for record in records:
            latency = max(0.0, now - record.timestamp_ms / 1000)
            metrics.observe(
                "reportedly_record_latency_seconds", latency, service=self._service, group=self._group, topic=record.topic
            )
        for topic, n in Counter(record.topic for record in records).items():
            metrics.count("reportedly_processed_records_total", n, service=self._service, group=self._group, topic=topic)

    def sent(self, messages: "Tally | Iterable[Outgoing]") -> None:
        """Take note of messages that were acknowledged."""
        produced(self._service, messages if isinstance(messages, Tally) else Tally(messages))

    def waited(self, during: During) -> None:
        """Take note of one wait for something that does not answer."""
        metrics.count("reportedly_waits_total", service=self._service, group=self._group, during=during)

    def loaded(self, rows: int, set_aside: int, seconds: float) -> None:
        """Take note of the state of a partition, and of its rows that could not be read."""
        metrics.count("reportedly_state_rows_loaded_total", rows, service=self._service, group=self._group)
        metrics.count("reportedly_state_rows_set_aside_total", set_aside, service=self._service, group=self._group)
        metrics.observe("reportedly_state_load_seconds", seconds, service=self._service, group=self._group)

    def lag(self, consumer: Consumer) -> None:
        """Ask the client, at most once a second, how far behind it is; it answers from what it fetched last."""
        self.behind(lambda: sum(consumer.behind().values()))

    def behind(self, records: Callable[[], int]) -> None:
        """Ask, at most once a second, how many records lie beyond the last that was taken."""
        now = time.monotonic()
        if now - self._asked_at >= LAG_EVERY_SECONDS:
            self._asked_at = now
            metrics.gauge("reportedly_lag_records", records(), service=self._service, group=self._group)

    def oldest_age(self) -> float:
        """Return the age in seconds of the oldest record in hand, 0 when there is none."""
        since = self._oldest_since
        return 0.0 if since is None else time.monotonic() - since


def produced(service: str, tally: Tally) -> None:
    """Count messages that were acknowledged, and their bytes, by topic."""
    for topic, n in tally.numbers.items():
        metrics.count("reportedly_produced_messages_total", n, service=service, topic=topic)
        metrics.count("reportedly_produced_bytes_total", tally.sizes[topic], service=service, topic=topic)


def took(
    *, stage: Stage, since: Literal["published", "seen"], began: datetime | None, ended: datetime | None, cause: Cause = "new"
) -> None:
    """Observe the news time from `began` to the end of a stage, unless one is unknown or the message is of the past."""
    if began is not None and ended is not None and cause in ("new", "edit"):
        seconds = max(0.0, (ended - began).total_seconds())
        metrics.observe("reportedly_latency_seconds", seconds, stage=stage, since=since)
