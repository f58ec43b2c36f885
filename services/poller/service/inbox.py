"""Pushes, and documents to read again, that wait in memory for their feed's turn.

A push that is lost with its process is found by the next poll. A document to read again is not:
its offset is committed only once its articles are acknowledged.
"""

from collections import deque
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

import structlog

from services.errors import InvalidMessage
from services.messages import FeedPush, decode
from services.poller.roster import IN_FLIGHT, Roster, Slot
from services.ports import Consumer, Record, TopicPartition

PUSHES, REREADS = "feed-pushes", "feed-rereads"

MOST_WAITING = 500
"""Pushes that wait in memory for their feed's turn. With so many, no more are taken."""

MOST_WAITING_BYTES = 64 * 1024 * 1024
"""Bytes of the records of pushes that wait; with so many, no more are taken.

Source: a dozen of the largest documents of hubs (4 MB); 500 ordinary ones take less.
"""

MOST_A_FEED = MOST_WAITING // 5
"""Documents of one feed's hub that wait; for the next, the oldest is dropped.

Source: a feed has fewer items in a day, and a poll finds those of a push that is dropped.
"""

MOST_WAIT_SECONDS = 60.0
"""Seconds that a push waits for its feed to be loaded."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A push, the record that brought it, and since when it waits (monotonic seconds)."""

    since: float
    push: FeedPush
    record: Record

    @property
    def n_bytes(self) -> int:
        return len(self.record.value or b"")


class Inbox:
    """Pushes that wait until their feed is loaded and no poll of it runs."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()
        self._n_bytes = 0
        self._next: dict[TopicPartition, int] = {}
        self._open: dict[TopicPartition, set[int]] = {}
        self._is_paused = False

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= MOST_WAITING or self._n_bytes >= MOST_WAITING_BYTES

    @property
    def is_half_full(self) -> bool:
        return len(self._waiting) >= MOST_WAITING // 2 or self._n_bytes >= MOST_WAITING_BYTES // 2

    def put(self, record: Record, now: float) -> None:
        """Add a record of the two topics; an unreadable one is logged and left out."""
        at = TopicPartition(record.topic, record.partition)
        self._next[at] = record.offset + 1
        try:
            if record.value is None:
                return
            push = decode(FeedPush, record.value)
        except InvalidMessage as error:
            _log.warning("a push can't be read", offset=record.offset, reason=str(error))
            return
        if push.kind == "content":
            self._make_room(push.feed_id)
        if record.topic == REREADS:
            self._open.setdefault(at, set()).add(record.offset)
        self._waiting.append(Waiting(now, push, record))
        self._n_bytes += len(record.value)

    def ready(self, roster: Roster, now: float) -> Iterator[tuple[Slot, Waiting]]:
        """Yield the first push of each feed that can take one. It waits no longer."""
        kept: deque[Waiting] = deque()
        taken: set[str] = set()
        while self._waiting:
            waiting = self._waiting.popleft()
            feed_id = waiting.push.feed_id
            slot = roster.slots.get(feed_id)
            if slot is None and now - waiting.since > MOST_WAIT_SECONDS:
                _log.info("a push of a feed that is not polled here is dropped", feed=feed_id)
                self._n_bytes -= waiting.n_bytes
                self.done(waiting)
            elif slot is None or slot.due == IN_FLIGHT or feed_id in taken:
                kept.append(waiting)
                taken.add(feed_id)
            else:
                taken.add(feed_id)
                self._n_bytes -= waiting.n_bytes
                yield slot, waiting
        self._waiting = kept

    def done(self, waiting: Waiting) -> None:
        """What a push led to is acknowledged."""
        at = TopicPartition(waiting.record.topic, waiting.record.partition)
        self._open.get(at, set()).discard(waiting.record.offset)

    def regulate(self, consumer: Consumer, held: Iterable[int]) -> None:
        """Take no more while many wait, and go on when half of them are done."""
        partitions = [TopicPartition(topic, n) for topic in (PUSHES, REREADS) for n in held]
        if self.is_full:
            consumer.pause(partitions)
            self._is_paused = True
        elif self._is_paused and not self.is_half_full:
            consumer.resume(partitions)
            self._is_paused = False

    def offsets(self, held: Container[int]) -> dict[TopicPartition, int]:
        """Return the offsets to commit of the partitions `held`; others are forgotten.

        They are behind the last record, but not behind a document that is still to be read again.
        """
        self._next = {at: offset for at, offset in self._next.items() if at.partition in held}
        self._open = {at: some for at, some in self._open.items() if at.partition in held}
        return {at: min(self._open.get(at) or {offset}) for at, offset in self._next.items()}

    def _make_room(self, feed_id: str) -> None:
        """Drop the oldest document of a feed's hub if as many wait as may."""
        own = [w for w in self._waiting if w.push.feed_id == feed_id and w.push.kind == "content"]
        if len(own) >= MOST_A_FEED:
            _log.warning("a push is dropped, as too many of its feed wait", feed=feed_id)
            self._waiting.remove(own[0])
            self._n_bytes -= own[0].n_bytes
