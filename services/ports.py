"""The ports: what stages may use of the outside world.

Adapters implement them. The in-memory adapters pass the same conformance suite.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

JsonObject = dict[str, Any]
"""A decoded JSON object."""


@dataclass(frozen=True, slots=True)
class Record:
    """A consumed message. `topic` is the logical name, `timestamp_ms` the broker's append time."""

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

    `partition_key` (default: the key) chooses the partition by `partition_of`; `partition`
    overrides it.
    """

    topic: str
    key: str | None
    value: bytes | None
    partition_key: str | None = None
    partition: int | None = None
    headers: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """What a stage did with a message, for one version of one article.

    - `trace`, `id`, `parent`: 128, 64, and 64 bits; never 0, but that a first span has no parent.
    - `began_ns`, `ended_ns`: nanoseconds since 1970, in the machine's clock.
    """

    name: str
    service: str
    trace: int
    id: int
    parent: int
    began_ns: int
    ended_ns: int
    fields: Mapping[str, str | int]


class Collector(Protocol):
    """Takes spans. Use from one thread."""

    def send(self, spans: Sequence[Span]) -> None:
        """Return once they are taken. Raises TransientError if they are not."""

    def close(self) -> None:
        """Break off what `send` waits for. For any thread."""


@dataclass(frozen=True, slots=True, order=True)
class TopicPartition:
    """A logical topic and one of its partitions."""

    topic: str
    partition: int


class Producer(Protocol):
    """Sends with idempotence and acks=all. Nothing counts as sent before `flush` returns."""

    def send(self, message: Outgoing) -> None:
        """Queue a message. Blocks while the queue is full."""

    def flush(self) -> None:
        """Return once all queued messages are acknowledged.

        Raises TransientError if some are not.
        """

    def close(self) -> None:
        """Flush and close."""


class TransactionalProducer(Protocol):
    """Writes output, state, and offsets in one transaction, fenced by the group's metadata."""

    def recover(self) -> None:
        """End what an error left open, so that the group's committed offsets can be asked for.

        Raises TransientError.
        """

    def begin(self) -> None: ...

    def send(self, message: Outgoing) -> None: ...

    def commit(
        self, consumer: "Consumer", offsets: Mapping[TopicPartition, int]
    ) -> Mapping[TopicPartition, int]:
        """Commit the transaction with the next offsets to read.

        Return the offset behind the last message that it wrote to each partition.

        Raises TransientError: then `recover`, and read again from the committed offsets. So also
        after a fence, and when the outcome is unknown.
        """

    def abort(self) -> None: ...

    def close(self) -> None: ...


class Consumer(Protocol):
    """A member of a group. Reads committed records only, and never commits by itself."""

    def subscribe(
        self,
        topics: Sequence[str],
        on_assign: Callable[[list[TopicPartition]], None] | None = None,
        on_revoke: Callable[[list[TopicPartition]], None] | None = None,
        on_lost: Callable[[list[TopicPartition]], None] | None = None,
    ) -> None:
        """Join the group.

        Callbacks run inside `poll`. `on_lost` runs for partitions that may have another owner by
        now; without it, `on_revoke` runs for them.
        """

    def poll(
        self, max_records: int, timeout_seconds: float, linger_seconds: float = 0.0
    ) -> list[Record]:
        """Return up to `max_records`, possibly none: after the first, those that come in `linger`.

        Raises TransientError, FatalError.
        """

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit next offsets to read, synchronously. Raises TransientError."""

    def committed(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the group's committed next offsets, without partitions that have none."""

    def behind(self) -> dict[TopicPartition, int]:
        """Return, by partition, the offsets between the position and the end as last fetched.

        No request is made. Partitions that were not fetched yet are left out.
        """

    def pause(self, partitions: Iterable[TopicPartition]) -> None:
        """Return no records of these partitions until they are resumed, or assigned anew."""

    def resume(self, partitions: Iterable[TopicPartition]) -> None: ...

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Continue at `offset`; below 0: at the start."""

    def group_metadata(self) -> object:
        """Return what a transactional commit needs to fence off a former owner."""

    def close(self) -> None: ...


class TopicReader(Protocol):
    """Reads whole partitions without a group: compacted state, and topics read by all instances."""

    def span(self, partition: TopicPartition) -> tuple[int, int]:
        """Return the first offset and the *uncommitted* end offset. Raises TransientError."""

    def read_to_end(
        self,
        partitions: Sequence[TopicPartition],
        start: Mapping[TopicPartition, int] | None = None,
    ) -> Iterable[Record]:
        """Yield all committed records up to the *uncommitted* end offset as of the call.

        `start`: the first offset of a partition to read, which lies in its span; by default all.
        """

    def start_at_end(
        self, partitions: Sequence[TopicPartition], back: int = 0
    ) -> dict[TopicPartition, tuple[int, int]]:
        """Skip what can be read at the time of the call, but for the last `back` offsets of each.

        Return the first offset that is read and the end, by partition. Raises TransientError.
        """

    def poll(self, timeout_seconds: float) -> list[Record]:
        """Return the records that came since `read_to_end` or `start_at_end`."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a group has read.

    - `behind`: records that it has not committed. `members`: of the group now.
    - `oldest_ms`: the broker's append time of the oldest of these records; None if there is none.
    """

    behind: int
    members: int
    oldest_ms: int | None = None


class Broker(Protocol):
    """Makes producers, consumers, and readers."""

    def producer(self) -> Producer: ...

    def transactional_producer(self, transactional_id: str) -> TransactionalProducer: ...

    def consumer(self, group: str) -> Consumer: ...

    def reader(self) -> TopicReader: ...

    def n_partitions(self, topic: str) -> int: ...

    def identity(self, topic: str) -> str:
        """Return what tells a topic from any other one of its name. Raises TransientError."""

    @property
    def generation(self) -> int:
        """The generation of the topics, as of the first look. Raises TransientError."""

    def base(self) -> "Broker":
        """Return the first generation, whose mark names the one in use."""

    def physical(self, topic: str) -> str:
        """Return the name of a topic on the wire. Raises TransientError."""

    def progress(self, groups: Sequence[str]) -> dict[str, Progress]:
        """Return how far groups have read, without those that nobody ever joined.

        Raises TransientError.
        """

    def is_up(self) -> bool: ...

    def login_refusal(self) -> str:
        """Return the line of the refused login that `is_up` met last; "" if it met none."""


@dataclass(frozen=True, slots=True)
class IndexAction:
    """One document to write. `version` is external; a stored document with a higher one stays.

    - `index`: a name (`services/index_names.py`). If there is none of that name, it is made.
    - `is_edit`: documents of an earlier version of this article may be stored.
    """

    index: str
    id: str
    version: int
    document: bytes
    is_edit: bool = False


@dataclass(frozen=True, slots=True)
class IndexOutcome:
    """The outcome of one action.

    - `stored`.
    - `stale`: a newer version is stored already.
    - `retry`: refused for a reason that lies with the engine.
    - `rejected`: refused for a reason that lies with the document alone.
    - `unclear`: refused for an unknown reason.
    """

    action: IndexAction
    outcome: Literal["stored", "stale", "retry", "rejected", "unclear"]
    reason: str = ""


class SearchIndex(Protocol):
    """The parts of a search engine that we use."""

    def bulk(self, actions: Sequence[IndexAction]) -> list[IndexOutcome]:
        """Write documents. Return one outcome for each action, in order.

        A refused document does not keep the others from being written. Raises TransientError if a
        whole request failed.
        """

    def remove(self, index: str, query: JsonObject) -> int:
        """Remove the documents that match a query. Return their number. Raises TransientError.

        A document that is written anew meanwhile stays.
        """

    def search(self, index: str, body: JsonObject) -> JsonObject:
        """Run a search body. Raises TransientError.

        A body with `pit` asks that point in time; `index` has no effect then. Raises
        PointInTimeEnded if it is not kept any more. Its id may change: the answer's `pit_id` is the
        one to go on with.
        """

    def open_point_in_time(self, index: str, keep_seconds: int) -> str:
        """Return the id of an index as it is now, whatever is written afterwards.

        It is kept for so long after the last search that asked it. Raises TransientError.
        """

    def close_point_in_time(self, id: str) -> None:
        """Let go of a point in time; one that has ended already is no error.

        Raises TransientError.
        """

    def get(self, index: str, id: str) -> JsonObject | None:
        """Return a document's source, or None."""

    def is_up(self) -> bool: ...

    def login_refusal(self) -> str:
        """Return the line of the refused login that `is_up` met last; "" if it met none."""


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """An index, the aliases before it, its documents, and its bytes on disk."""

    index: str
    aliases: frozenset[str]
    n_documents: int
    n_bytes: int


class IndexAdmin(Protocol):
    """What is done to whole indices, by their names (`services/index_names.py`)."""

    def apply_templates(self, templates: Mapping[str, JsonObject]) -> dict[str, str]:
        """Write templates, and give the existing indices their new fields.

        Return, by pattern of names, why indices can't be extended. Raises TransientError.
        """

    def ensure(self, name: str) -> None:
        """Make the first index of a name behind its aliases, unless there is one."""

    def indices(self) -> list[IndexFacts]:
        """Return all indices, by name. Raises TransientError."""

    def make(self, index: str) -> None:
        """Make an index behind no alias, so that nobody reads it. Raises TransientError."""

    def put_in_place(self, indices: Sequence[str]) -> list[str]:
        """Put indices behind the aliases of their names. Return those that were there.

        This is one step: no reader finds a document twice, or finds none. An index whose name is
        now an alias is removed in that step. Raises TransientError.
        """

    def drop(self, indices: Sequence[str]) -> None:
        """Remove indices with their documents. Raises TransientError."""

    def refresh(self) -> None:
        """Make everything written so far searchable. Raises TransientError."""

    def expunge(self) -> None:
        """Take removed documents off the disk. Raises TransientError."""


class Clock(Protocol):
    """The news clock, used for windows and stamps; may be virtual."""

    def now(self) -> datetime:
        """Return the news time, aware and in UTC."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A redirect that was followed: `url` answered with `status` and named the next address."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An HTTP answer, after the redirects `hops`.

    Header names are in lower case; the body is decoded, and unpacked if it is a gzip file.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    hops: tuple[Hop, ...] = ()


Turn = Callable[[str], AbstractAsyncContextManager[object]]
"""Waits until an address may be asked, and holds its host for one request."""


class Fetcher(Protocol):
    """GET of addresses that outsiders choose.

    Refuses addresses that are neither public nor allowed.
    """

    async def get(
        self, url: str, headers: Mapping[str, str], turn: Turn = nullcontext
    ) -> HttpAnswer:
        """Fetch `url`. Each request, also of a redirect, is made inside `turn` of its address.

        Raises what `turn` raises, TransientError (no whole answer, too slow) or InvalidMessage
        (refused, unreadable, too large).
        """


Method = Literal["GET", "POST", "PUT", "PATCH"]


class Poster(Protocol):
    """Requests to addresses that subscribers choose, with the same checks.

    No redirect is followed, and nothing is sent twice.
    """

    async def call(
        self,
        method: Method,
        url: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        answer_bytes: int = 0,
    ) -> HttpAnswer:
        """Send one request.

        The body of the answer is read if `answer_bytes` is not 0, and may have as many at most.
        If it is 0, the request is over with the answer's headers.

        Raises TransientError (no whole answer, too slow) or InvalidMessage (refused, unreadable,
        too large).
        """


MailStep = Literal["connect", "login", "sender", "recipient", "data"]
"""What a mail server answered to; `data` is the mail itself."""


@dataclass(frozen=True, slots=True)
class MailAnswer:
    """The last answer of a mail server, by which a mail is taken or refused.

    - `code`: of RFC 5321; 250 to `data` means that it is taken.
    - `status`: of RFC 3463, such as "5.1.1"; "" if the server gives none.
    """

    step: MailStep
    code: int
    status: str
    text: str

    @property
    def is_taken(self) -> bool:
        return self.step == "data" and self.code == 250


class Broadcaster(Protocol):
    """Sends text by addresses that stand in the operator's file of secrets."""

    async def send(self, url: str, title: str, text: str) -> bool:
        """Return True if the service took a message. No error holds the address.

        Raises TransientError (too slow) or InvalidMessage (no address that may be used).
        """


class Mailer(Protocol):
    """Hands mail to the server that the operator chose."""

    async def send(self, sender: str, recipient: str, message: bytes) -> MailAnswer:
        """Send a mail to one recipient.

        Raises TransientError if the server can't be talked to, or is too slow; Occupied if it was
        not talked to, since other mails use all connections.
        """


class Stop(Protocol):
    """The request to stop, set by SIGTERM or SIGINT."""

    def is_set(self) -> bool: ...

    def wait(self, timeout_seconds: float) -> bool: ...


def partition_of(key: str, n_partitions: int) -> int:
    """Return the partition of a key, as Kafka's default partitioner computes it (murmur2)."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % n_partitions


def murmur2(data: bytes) -> int:
    """Return the 32-bit MurmurHash2 with the seed of Kafka's Java client (0x9747b28c)."""
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
