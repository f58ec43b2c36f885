"""Consumers: members of a group, and readers of whole partitions without one."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import confluent_kafka as ck

from services.adapters import kafka_admin
from services.adapters.kafka_verdict import as_verdict, verdict
from services.errors import TransientError
from services.ports import Record, TopicPartition

READ_SECONDS = 0.02
"""Seconds that one look of a reader takes at most: the client waits so long for a full thousand,
and the last look of a partition is never full.
"""

STALL_SECONDS = 45.0
"""Seconds without records, before the end of its partitions, after which a reader gives up.

Longer than the transaction of a killed process can stay open.
"""


class KafkaConsumer:
    """A member of a consumer group. Reads committed records only, and commits only on request."""

    def __init__(self, config: dict[str, object], prefix: str) -> None:
        self._consumer = ck.Consumer(config)
        self._prefix = prefix
        self._user = str(config.get("sasl.username", ""))
        self._errors = _Errors(self._user)
        self._gone: set[tuple[str, int]] = set()

    def subscribe(
        self,
        topics: Sequence[str],
        on_assign: Callable[[list[TopicPartition]], None] | None = None,
        on_revoke: Callable[[list[TopicPartition]], None] | None = None,
        on_lost: Callable[[list[TopicPartition]], None] | None = None,
    ) -> None:
        def assigned(consumer: ck.Consumer, partitions: list[ck.TopicPartition]) -> None:
            # The client keeps a partition paused that was paused when it was lost, and for ever.
            consumer.resume(partitions)
            if on_assign:
                on_assign([self._logical(p) for p in partitions])

        def going(
            callback: Callable[[list[TopicPartition]], None] | None,
        ) -> Callable[[ck.Consumer, list[ck.TopicPartition]], None]:
            def gone(_consumer: ck.Consumer, partitions: list[ck.TopicPartition]) -> None:
                self._gone.update((p.topic, p.partition) for p in partitions)
                if callback:
                    callback([self._logical(p) for p in partitions])

            return gone

        revoked, lost = going(on_revoke), going(on_lost or on_revoke)
        names = [self._prefix + topic for topic in topics]
        self._consumer.subscribe(names, on_assign=assigned, on_revoke=revoked, on_lost=lost)

    def poll(
        self, max_records: int, timeout_seconds: float, linger_seconds: float = 0.0
    ) -> list[Record]:
        self._errors.raise_first()
        # The client waits the whole time for as many as it is asked for, so the first comes alone.
        first = verdict(lambda: self._consumer.consume(1, timeout_seconds), self._user)
        self._gone.clear()
        rest = self._more(max_records - 1, linger_seconds) if first and max_records > 1 else []
        # Its partition may have been revoked meanwhile. Its next owner reads it again.
        own = [m for m in first if (m.topic(), m.partition()) not in self._gone]
        return self._errors.sift([*own, *rest], self._prefix)

    def _more(self, most: int, seconds: float) -> list[ck.Message]:
        """Return more messages. An error waits for the next poll, or the first would be lost."""
        try:
            found: list[ck.Message] = self._consumer.consume(most, seconds)
        except ck.KafkaException as error:
            self._errors.add(as_verdict(error.args[0], user=self._user))
            return []
        return found

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        physical = [
            ck.TopicPartition(self._prefix + tp.topic, tp.partition, offset)
            for tp, offset in offsets.items()
        ]
        verdict(lambda: self._consumer.commit(offsets=physical, asynchronous=False), self._user)

    def committed(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the group's committed next offsets, without partitions that have none."""
        physical = [ck.TopicPartition(self._prefix + tp.topic, tp.partition) for tp in partitions]
        found = verdict(lambda: self._consumer.committed(physical, 30), self._user)
        return {self._logical(tp): tp.offset for tp in found if tp.offset >= 0}

    def behind(self) -> dict[TopicPartition, int]:
        """Return, by partition, the offsets between the position and the end as last fetched."""
        behind = {}
        for tp in self._consumer.position(self._consumer.assignment()):
            _, end = self._consumer.get_watermark_offsets(tp, cached=True)
            if tp.offset >= 0 and end >= 0:
                behind[self._logical(tp)] = max(0, end - tp.offset)
        return behind

    def pause(self, partitions: Iterable[TopicPartition]) -> None:
        self._consumer.pause(
            [ck.TopicPartition(self._prefix + tp.topic, tp.partition) for tp in partitions]
        )

    def resume(self, partitions: Iterable[TopicPartition]) -> None:
        self._consumer.resume(
            [ck.TopicPartition(self._prefix + tp.topic, tp.partition) for tp in partitions]
        )

    def seek(self, partition: TopicPartition, offset: int) -> None:
        target = ck.TopicPartition(
            self._prefix + partition.topic,
            partition.partition,
            offset if offset >= 0 else ck.OFFSET_BEGINNING,
        )
        verdict(lambda: self._consumer.seek(target), self._user)

    def close(self) -> None:
        self._consumer.close()

    def group_metadata(self) -> object:
        return self._consumer.consumer_group_metadata()

    def _logical(self, tp: ck.TopicPartition) -> TopicPartition:
        return TopicPartition(tp.topic[len(self._prefix) :], tp.partition)


class KafkaReader:
    """Reads whole partitions, without a group."""

    def __init__(self, config: dict[str, object], prefix: str) -> None:
        self._consumer = ck.Consumer(config)
        self._config = config
        self._prefix = prefix
        self._user = str(config.get("sasl.username", ""))
        self._errors = _Errors(self._user)

    def span(self, partition: TopicPartition) -> tuple[int, int]:
        physical = ck.TopicPartition(self._prefix + partition.topic, partition.partition)
        (found,) = self._spans([physical]).values()
        return found

    def read_to_end(
        self,
        partitions: Sequence[TopicPartition],
        start: Mapping[TopicPartition, int] | None = None,
    ) -> Iterable[Record]:
        begin = dict.fromkeys(partitions, ck.OFFSET_BEGINNING) | dict(start or {})
        physical = [
            ck.TopicPartition(self._prefix + tp.topic, tp.partition, begin[tp]) for tp in partitions
        ]
        ends = {
            (tp.topic, tp.partition): self._end(tp, *span)
            for tp, span in zip(physical, self._spans(physical).values(), strict=True)
        }
        verdict(lambda: self._consumer.assign(physical), self._user)
        until = time.monotonic() + STALL_SECONDS
        while not self._passed(ends):
            records = self.poll(READ_SECONDS)
            if records:
                until = time.monotonic() + STALL_SECONDS
            elif time.monotonic() > until:
                raise TransientError(
                    f"Kafka: nothing came for {STALL_SECONDS:.0f} s before the end of "
                    f"{partitions[0].topic}"
                )
            yield from records

    def start_at_end(
        self, partitions: Sequence[TopicPartition], back: int = 0
    ) -> dict[TopicPartition, tuple[int, int]]:
        """Start reading behind the last committed record of each partition, or `back` before."""
        physical = [ck.TopicPartition(self._prefix + tp.topic, tp.partition) for tp in partitions]
        found = {}
        for logical, tp in zip(partitions, physical, strict=True):
            # The high watermark of a read_committed consumer is the last stable offset.
            first, end = verdict(partial(kafka_admin.watermarks, self._consumer, tp), self._user)
            tp.offset = max(first, end - back)
            found[logical] = (tp.offset, end)
        verdict(lambda: self._consumer.assign(physical), self._user)
        return found

    def poll(self, timeout_seconds: float) -> list[Record]:
        self._errors.raise_first()
        messages = verdict(lambda: self._consumer.consume(1000, timeout_seconds), self._user)
        return self._errors.sift(messages, self._prefix)

    def close(self) -> None:
        self._consumer.close()

    def _spans(
        self, physical: Sequence[ck.TopicPartition]
    ) -> dict[tuple[str, int], tuple[int, int]]:
        """Return (topic, partition) to the first offset and the uncommitted end.

        A reader must wait for open transactions below the end, or it would miss their rows. A
        read_committed consumer sees only the last stable offset, so another consumer asks.
        """
        asking = ck.Consumer(self._config | {"isolation.level": "read_uncommitted"})
        try:
            return verdict(
                lambda: {
                    (tp.topic, tp.partition): kafka_admin.watermarks(asking, tp) for tp in physical
                },
                self._user,
            )
        finally:
            asking.close()

    def _end(self, start: ck.TopicPartition, first: int, end: int) -> int:
        """Return what the position must reach; 0 if no record will move it.

        So it is after retention has deleted everything, and at the end itself.
        """
        return end if end > max(first, start.offset) else 0

    def _passed(self, ends: Mapping[tuple[str, int], int]) -> bool:
        """True if the position is past every end. Control records move it too."""
        positions = self._consumer.position([ck.TopicPartition(topic, p) for topic, p in ends])
        reached = {(tp.topic, tp.partition): tp.offset for tp in positions}
        return all(end == 0 or reached.get(tp, -1) >= end for tp, end in ends.items())


class _Errors:
    """Errors that came with the messages of one call. The next call raises them.

    The client counts those messages as read, so they have to be returned first.
    """

    def __init__(self, user: str) -> None:
        self._user = user
        self._waiting: list[Exception] = []

    def add(self, error: Exception) -> None:
        """Let the next call raise an error."""
        self._waiting.append(error)

    def raise_first(self) -> None:
        if self._waiting:
            raise self._waiting.pop(0)

    def sift(self, messages: Iterable[ck.Message], prefix: str) -> list[Record]:
        records = []
        for message in messages:
            error = message.error()
            if error is None:
                records.append(_record(message, prefix))
            elif error.fatal():
                raise as_verdict(error, user=self._user)
            elif not (
                error.retriable()
                or error.code() in (ck.KafkaError._ALL_BROKERS_DOWN, ck.KafkaError._TRANSPORT)
            ):
                self._waiting.append(as_verdict(error, user=self._user))
        if not records:
            self.raise_first()
        return records


def _record(message: ck.Message, prefix: str) -> Record:
    key = message.key()
    return Record(
        topic=message.topic()[len(prefix) :],
        partition=message.partition(),
        offset=message.offset(),
        key=key.decode("utf-8", "replace") if key is not None else None,
        value=message.value(),
        timestamp_ms=message.timestamp()[1],
        headers=dict(message.headers() or ()),
    )
