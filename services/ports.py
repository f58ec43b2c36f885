"""What stages may ask of the world. Adapters implement these; the in-memory ones pass the same conformance suite."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Record:
    """A message as it came: `topic` is the logical name, `timestamp_ms` the broker's append time."""

    topic: str
    partition: int
    offset: int
    key: str | None
    value: bytes | None
    timestamp_ms: int = 0
    headers: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send. `value` None is a tombstone.

    `partition_key` (default: the key) picks the partition by `partition_of`; `partition` overrides both.
    """

    topic: str
    key: str | None
    value: bytes | None
    partition_key: str | None = None
    partition: int | None = None
    headers: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class TopicPartition:
    """A logical topic and one of its partitions."""

    topic: str
    partition: int


class Producer(Protocol):
    """Sends with idempotence and acks=all; nothing counts as sent before `flush` returns."""

    def send(self, message: Outgoing) -> None:
        """Queue a message; blocks (back-pressure) while the queue is full."""

    def flush(self) -> None:
        """Return once everything queued is acknowledged. Raises TransientError when some of it is not."""

    def close(self) -> None:
        """Flush and let go."""


class TransactionalProducer(Protocol):
    """Writes outputs, state, and offsets in one transaction, fenced by the group's metadata."""

    def begin(self) -> None: ...

    def send(self, message: Outgoing) -> None: ...

    def commit(self, consumer: "Consumer", offsets: Mapping[TopicPartition, int]) -> None:
        """Commit the transaction with the next offsets to read. Raises TransientError (aborted, read again) or
        FatalError (fenced: another owner has the partitions)."""

    def abort(self) -> None: ...

    def close(self) -> None: ...


class Consumer(Protocol):
    """A member of a group (or, without one, a reader of given partitions), read_committed, never auto-committing."""

    def subscribe(
        self,
        topics: Sequence[str],
        on_assign: Callable[[list[TopicPartition]], None] | None = None,
        on_revoke: Callable[[list[TopicPartition]], None] | None = None,
    ) -> None:
        """Join the group. Callbacks run inside `poll`; on_revoke also when partitions are lost."""

    def poll(self, max_records: int, timeout_seconds: float) -> list[Record]:
        """Return up to `max_records`, possibly none. Raises TransientError, FatalError."""

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit next offsets to read, synchronously."""

    def committed(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the group's committed (stable) next offsets; a partition without one is left out."""

    def behind(self) -> dict[TopicPartition, int]:
        """Return how many offsets lie between what was polled and the end that was fetched last, by partition.

        Asks nobody; a partition of which nothing is known yet is left out.
        """

    def pause(self, partitions: Iterable[TopicPartition]) -> None: ...

    def resume(self, partitions: Iterable[TopicPartition]) -> None: ...

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Read on from `offset`; below 0 from the start."""

    def group_metadata(self) -> object:
        """What a transactional commit needs to fence a former owner."""

    def close(self) -> None: ...


class TopicReader(Protocol):
    """Reads whole partitions without a group: compacted state on assignment, and topics every instance holds whole."""

    def read_to_end(self, partitions: Sequence[TopicPartition]) -> Iterable[Record]:
        """Yield all committed records up to the *uncommitted* end offset taken at the call, then stop."""

    def start_at_end(self, partitions: Sequence[TopicPartition]) -> None:
        """Read nothing of what can be read at the call, and all that can be read only later. Raises TransientError."""

    def poll(self, timeout_seconds: float) -> list[Record]:
        """After `read_to_end` or `start_at_end`: what has come since."""

    def close(self) -> None: ...


class Broker(Protocol):
    """The way to all of the above."""

    def producer(self) -> Producer: ...

    def transactional_producer(self, transactional_id: str) -> TransactionalProducer: ...

    def consumer(self, group: str) -> Consumer: ...

    def reader(self) -> TopicReader: ...

    def n_partitions(self, topic: str) -> int: ...

    def is_up(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class IndexAction:
    """One document to write: `version` is external; a stored version above it wins."""

    index: str
    id: str
    version: int
    document: bytes


@dataclass(frozen=True, slots=True)
class IndexOutcome:
    """What became of one action.

    `stale`: a newer version is stored already. `retry`: refused for a reason that lies with the engine. `rejected`: refused for
    one that lies with the document alone. `unclear`: refused for a reason that nobody has filed under either.
    """

    action: IndexAction
    outcome: Literal["stored", "stale", "retry", "rejected", "unclear"]
    reason: str = ""


class SearchIndex(Protocol):
    """A search engine reduced to what we use of it."""

    def bulk(self, actions: Sequence[IndexAction]) -> list[IndexOutcome]:
        """Write; one outcome an action, in order. Raises TransientError when a whole request failed.

        A document that is refused keeps none of the others from being written.
        """

    def search(self, index: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Run a search body. Raises TransientError."""

    def get(self, index: str, id: str) -> dict[str, Any] | None:
        """Return a document's source, or None."""

    def apply_templates(self, templates: Mapping[str, Mapping[str, Any]]) -> None: ...

    def ensure_index(self, index: str, alias: str) -> None:
        """Create an index behind its alias unless it exists."""

    def is_up(self) -> bool: ...


class Clock(Protocol):
    """News time: what windows and stamps go by; may be virtual."""

    def now(self) -> datetime:
        """Aware, in UTC."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer over HTTP: the final URL after redirects, headers in lower case, the body decoded and capped."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


class Fetcher(Protocol):
    """Polite GET of addresses that outsiders chose; refuses addresses that are not public unless allowed."""

    async def get(self, url: str, headers: Mapping[str, str]) -> HttpAnswer:
        """Raises TransientError (no whole answer, too slow) or InvalidMessage (refused, unreadable, too large)."""


class Poster(Protocol):
    """POST to addresses that subscribers chose, under the same guard; the body of the answer is not read."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Raises TransientError (no answer, too slow) or InvalidMessage (refused, unreadable)."""


class Stop(Protocol):
    """Set by SIGTERM or SIGINT."""

    def is_set(self) -> bool: ...

    def wait(self, timeout_seconds: float) -> bool: ...


def partition_of(key: str, n_partitions: int) -> int:
    """Return the partition of a key as Kafka's default partitioner does (murmur2), so every client agrees."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % n_partitions


def murmur2(data: bytes) -> int:
    """Return the 32-bit MurmurHash2 that Kafka's Java client partitions by (seed 0x9747b28c)."""
    mask, m = 0xFFFFFFFF, 0x5BD1E995
    h = (0x9747B28C ^ len(data)) & mask
    whole = len(data) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little")
        k = (k * m) & mask
        k ^= k >> 24
        k = (k * m) & mask
        h = ((h * m) & mask) ^ k
    tail = data[whole:]
    if tail:
        h = ((h ^ int.from_bytes(tail, "little")) * m) & mask
    h ^= h >> 13
    h = (h * m) & mask
    return h ^ (h >> 15)
