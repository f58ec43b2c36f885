"""Copies all topics into those of the next generation, without what is forgotten.

    copy        all that stands in the topics, while services go on
    catch_up    what came since; again and again, and once more while services stand still
    end         notices for readers, and how far each group has read

Records of a partition keep their order, so a copy that has caught up is as good as the topic. One
that breaks off is worthless, and no topic in use was changed.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from services.commands.forgetting import Forgotten, Notices, scrubbed, tells_more
from services.commands.saving import FLUSH_EVERY, Letters, Store, Tell, order
from services.errors import ReportedlyError
from services.messages.topics import DEAD_LETTERS, topics
from services.ports import Outgoing, Producer, Record, TopicPartition

FIRST = ("articles", "claims")
"""Topics that say which words and claims are an article's. They are read before all others."""


_FOLLOWED = tuple(spec.name for spec in topics() if spec.consumers and not spec.state)
"""Topics that a group may begin to read during the copy. Those of states are read whole instead."""


class MoreToForgetError(ReportedlyError):
    """An article was edited, or joined a claim, since the copy began: it has to begin anew."""


class Places:
    """Offsets of the topics to those of their copies, as far as groups may ask for them. Pure.

    It holds 8 bytes for each record that a group had not read when the copy began.
    """

    def __init__(
        self, committed: Iterable[Mapping[TopicPartition, int]], followed: Iterable[str] = ()
    ) -> None:
        """`committed`: what each group has read so far. `followed`: topics that one may read."""
        self._lowest: dict[TopicPartition, int] = {}
        for offsets in committed:
            for at, offset in offsets.items():
                self._lowest[at] = min(offset, self._lowest.get(at, offset))
        self._topics = {*followed, *(at.topic for at in self._lowest)}
        self._before: dict[TopicPartition, int] = {}
        self._offsets: dict[TopicPartition, array[int]] = {}

    def copied(self, record: Record) -> None:
        """Take note of a record that was copied, the next of its partition."""
        at = TopicPartition(record.topic, record.partition)
        if record.offset < self._lowest.get(at, 0) or at.topic not in self._topics:
            self._before[at] = self._before.get(at, 0) + 1
        else:
            self._offsets.setdefault(at, array("q")).append(record.offset)

    def now(self, at: TopicPartition, offset: int) -> int:
        """Return the offset in the copy of the first record that a group has not read.

        One below all that any group had read is taken for the lowest of these.
        """
        return self._before.get(at, 0) + bisect_left(self._offsets.get(at, ()), offset)


class Move:
    """One copy, from `old` into the empty topics of `new`.

    `groups`: whose places go over. Each call may raise TransientError, and MoreToForgetError.
    """

    def __init__(
        self, old: Store, new: Store, what: Forgotten, groups: Sequence[str], tell: Tell
    ) -> None:
        self._old, self._new, self._what, self._tell = old, new, what, tell
        self._groups = groups
        self._places = Places((old.group_offsets(group) for group in groups), _FOLLOWED)
        self._next: dict[TopicPartition, int] = {}
        self._notices, self._letters = Notices(what), Letters()
        self.n_copied = 0

    def copy(self) -> None:
        """Copy what the topics hold. Services may go on."""
        for topic in self._topics():
            self._read([topic])

    def catch_up(self) -> int:
        """Copy what came since. Return the number of records."""
        before, rest = self.n_copied, [each for each in self._topics() if each not in FIRST]
        self._read(FIRST)
        self._read(rest)
        return self.n_copied - before

    def end(self) -> None:
        """Write the notices, and how far each group has read. No service may run."""
        producer = self._new.producer()
        for record in self._notices.records():
            producer.send(_outgoing(record))
        producer.close()
        for group in self._groups:
            found = self._old.group_offsets(group)
            now = {at: self._places.now(at, n) for at, n in found.items() if at.topic in order()}
            if now:
                self._new.set_group_offsets(group, now)

    def _topics(self) -> list[str]:
        there = [topic for topic in order() if self._old.has(topic)]
        return [*FIRST, *(topic for topic in there if topic not in FIRST)]

    def _read(self, topics: Sequence[str]) -> None:
        places = [
            TopicPartition(topic, number)
            for topic in topics
            for number in range(self._old.n_partitions(topic))
        ]
        known = {at: self._next[at] for at in places if at in self._next}
        reader, producer = self._old.reader(), self._new.producer()
        try:
            for n, record in enumerate(reader.read_to_end(places, known), start=1):
                self._copy_one(record, producer)
                self._tell(record.topic, n)
                if n % FLUSH_EVERY == 0:
                    producer.flush()
            producer.close()
        finally:
            reader.close()

    def _copy_one(self, record: Record, producer: Producer) -> None:
        if tells_more(record, self._what):
            raise MoreToForgetError("an article was edited meanwhile")
        self._next[TopicPartition(record.topic, record.partition)] = record.offset + 1
        left = scrubbed(record, self._what)
        if left is None:
            return
        self._notices.saw(record, left)
        self._places.copied(record)
        if record.topic.endswith(DEAD_LETTERS):
            left = replace(left, headers=self._letters.headers(record))
        producer.send(_outgoing(left))
        self.n_copied += 1


def _outgoing(record: Record) -> Outgoing:
    return Outgoing(
        record.topic,
        record.key,
        record.value,
        partition=record.partition,
        headers=record.headers,
    )
