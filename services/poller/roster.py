"""The feeds of this process, and when each is due. Pure: times are passed in (monotonic seconds).

A partition assigned to us is held for a tenure. Its feeds, their states, and unpublished articles
are loaded during it. Before that, no feed of it is polled. After its revocation all of this is
dropped.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from services.errors import InvalidMessage
from services.messages import Article, Feed, FeedState, decode
from services.poller.decide import acknowledged
from services.poller.hosts import host_of
from services.poller.outbox import Bundle
from services.poller.redirects import address_of
from services.poller.rows import readable
from services.poller.schedule import Planned, longest_wait
from services.ports import Record

TOPICS = ("feed-states", "feed-pending", "feeds")
"""The topics loaded of a partition, in this order. A feed without its state would look new."""

START_RATE = 100.0
"""Feeds asked each second after a start. A poll without news takes 1 to 2 ms of CPU time."""

FIRST_RATE = 40.0
"""Feeds read each second for the first time: 12 ms of CPU time each, all entries being new."""

IN_FLIGHT = float("inf")
"""`due` of a feed that is being polled."""


@dataclass(eq=False, slots=True)
class Tenure:
    """One period in which a partition is ours, from its assignment to its revocation."""

    partition: int


@dataclass(eq=False, slots=True)
class Slot:
    """A feed that we poll.

    - `due`: when it is polled next; IN_FLIGHT during a poll; None once it is gone for good.
    - `offset`: of its definition on `feeds`.
    - `asked_at`: when the present poll began. `ends_by`: when it must have ended. `asked_hosts`:
      the hosts that it asks. `answered_at`: when they answered; reading comes after that.
      `answered_by`: the address of the last answer, after redirects.
    """

    feed: Feed
    state: FeedState
    tenure: Tenure
    due: float | None
    offset: int = -1
    asked_at: float = 0.0
    ends_by: float = float("inf")
    problems: tuple[str, ...] = ()
    asked_hosts: tuple[str, ...] = ()
    asked_as_new: bool = False
    answered_at: float | None = None
    answered_by: str = ""

    @property
    def is_new(self) -> bool:
        """True until the feed has been asked once."""
        return self.state.last_poll_at is None

    @property
    def address(self) -> str:
        return address_of(self.feed, self.state)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that a poll asks: that of the address, and that of the last redirect."""
        own, last = host_of(self.address), host_of(self.answered_by)
        return (own,) if last in ("", own) else (own, last)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A bundle to publish, unless its tenure has ended."""

    tenure: Tenure
    bundle: Bundle
    slot: Slot | None = None


@dataclass(frozen=True, slots=True)
class Census:
    """The counts of the heartbeat.

    - `on_topic`: enabled feeds on the topic, and unreadable ones. `feeds`: those that are polled.
    - `loading`: partitions that are ours and not loaded yet.
    - `overdue`: feeds that are late by an interval or more.
    - `over_quota`: feeds with entries that wait for the next hour.
    """

    partitions: int
    loading: int
    on_topic: int
    feeds: int
    on_time: int
    overdue: int
    failing: int
    gone: int
    over_quota: int


@dataclass(slots=True)
class Roster:
    """The slots of all feeds.

    For one thread. `interval`, in seconds, is for feeds without their own. A feed may be removed or
    switched off, and come back while the partition is ours:

    - `_parked`: its slot until then. `_states`: by partition, the states of feeds without a slot.
    """

    interval: float
    slots: dict[str, Slot] = field(default_factory=dict)
    _tenures: dict[int, Tenure] = field(default_factory=dict)
    _loaded: dict[int, int] = field(default_factory=dict)
    _early: dict[int, dict[str, Record]] = field(default_factory=dict)
    _parked: dict[str, Slot] = field(default_factory=dict)
    _states: dict[int, dict[str, FeedState]] = field(default_factory=dict)
    _on_topic: dict[str, int] = field(default_factory=dict)
    _line: list[tuple[float, int, Slot]] = field(default_factory=list)
    _ready: list[Slot] = field(default_factory=list)
    _n_queued: int = 0

    def hold(self, tenures: Mapping[int, Tenure]) -> None:
        """Set the partitions held now. Everything of an ended tenure is dropped."""
        gone = {n for n, tenure in self._tenures.items() if tenures.get(n) is not tenure}
        self._tenures = dict(tenures)
        if not gone:
            return
        self._loaded = {n: end for n, end in self._loaded.items() if n not in gone}
        self._early = {n: records for n, records in self._early.items() if n not in gone}
        self._on_topic = {key: n for key, n in self._on_topic.items() if n not in gone}
        self._states = {n: states for n, states in self._states.items() if n not in gone}
        for slots in (self.slots, self._parked):
            for key in [key for key, slot in slots.items() if slot.tenure.partition in gone]:
                del slots[key]

    def unloaded(self) -> dict[int, Tenure]:
        """Return the partitions that are ours and not loaded yet."""
        return {n: tenure for n, tenure in self._tenures.items() if n not in self._loaded}

    def load(
        self,
        tenures: Mapping[int, Tenure],
        rows: Iterable[Record],
        now: float,
        dues: Mapping[str, Planned] = MappingProxyType({}),
    ) -> tuple[list[Parcel], list[str]]:
        """Apply all rows of these partitions (of all TOPICS).

        `dues`: when the feeds are due, as their last poller has told. Feeds without one, and those
        that should have been polled already, are spread over the next interval.

        Return the articles that are decided on and not yet published, and sentences about unusable
        rows.
        """
        valid = {n for n, tenure in tenures.items() if self._tenures.get(n) is tenure}
        latest = {(r.topic, r.key or ""): r for r in rows if r.partition in valid}
        states, problems = readable(FeedState, latest, "feed-states")
        pending, unusable = readable(Article, latest, "feed-pending")
        problems += unusable
        for n in valid:
            self._loaded[n], self._states[n] = -1, {}
        for key, state in states.items():
            self._states[latest["feed-states", key].partition][key] = state
        for (topic, _), record in latest.items():
            if topic == "feeds":
                problems += self._put(record, now)
        for n in valid:
            for record in self._early.pop(n, {}).values():
                problems += self.take(record, now)
        self._spread(
            [slot for slot in self.slots.values() if slot.tenure.partition in valid], now, dues
        )
        return list(self._unpublished(pending, latest)), problems

    def known_to(self, partition: int) -> int:
        """Return the last offset of `feeds` that was applied; -1 without one."""
        return self._loaded.get(partition, -1)

    def take(self, record: Record, now: float) -> list[str]:
        """Apply a new record of `feeds`. Return sentences about an unusable one."""
        n = record.partition
        if n not in self._tenures:
            return []
        if n not in self._loaded:
            self._early.setdefault(n, {})[record.key or ""] = record
            return []
        return self._put(record, now) if record.offset > self._loaded[n] else []

    def plan(self, slot: Slot, due: float | None) -> None:
        """Set when a feed is due."""
        slot.due, slot.ends_by = due, float("inf")
        self._queue(slot)

    def due(self, now: float) -> list[Slot]:
        """Return the feeds that are due, the longest due first."""
        while self._line and self._line[0][0] <= now:
            due, _, slot = heapq.heappop(self._line)
            # A slot that was planned anew stands in line again.
            if slot.due == due:
                self._ready.append(slot)
        waiting = {
            slot.feed.feed_id: slot
            for slot in self._ready
            if slot.due is not None
            and slot.due <= now
            and self.slots.get(slot.feed.feed_id) is slot
        }
        self._ready = sorted(waiting.values(), key=lambda slot: (slot.due, slot.feed.feed_id))
        return self._ready

    def hung(self, now: float) -> list[Slot]:
        """Return the feeds whose poll should have ended."""
        return [
            slot for slot in self.slots.values() if slot.due == IN_FLIGHT and now > slot.ends_by
        ]

    def census(self, now: float) -> Census:
        """Return the counts of the heartbeat."""
        slots = list(self.slots.values())
        n_overdue = sum(self._is_overdue(slot, now) for slot in slots)
        return Census(
            partitions=len(self._tenures),
            loading=len(self.unloaded()),
            on_topic=len(self._on_topic),
            feeds=len(slots),
            on_time=len(slots) - n_overdue,
            overdue=n_overdue,
            failing=sum(slot.state.failures > 0 for slot in slots),
            gone=sum(slot.due is None for slot in slots),
            over_quota=sum(bool(slot.state.waiting) for slot in slots),
        )

    def interval_of(self, feed: Feed) -> float:
        """Return the seconds between two successful polls of a feed."""
        return (
            feed.interval_seconds
            if feed.interval_seconds and feed.interval_seconds > 0
            else self.interval
        )

    def _is_overdue(self, slot: Slot, now: float) -> bool:
        since = slot.asked_at if slot.due == IN_FLIGHT else slot.due
        return since is not None and now - since > self.interval_of(slot.feed)

    def _put(self, record: Record, now: float) -> list[str]:
        key = record.key or ""
        self._loaded[record.partition] = max(self._loaded[record.partition], record.offset)
        self._on_topic.pop(key, None)
        if key in self.slots:
            self._parked[key] = self.slots.pop(key)
        if record.value is None:
            return []
        try:
            feed = decode(Feed, record.value)
        except InvalidMessage as error:
            self._on_topic[key] = record.partition
            return [f"feeds, offset {record.offset}: feed {key} can't be used: {error}"]
        if feed.enabled:
            self._on_topic[key] = record.partition
            self.slots[key] = slot = self._slot(feed, self._tenures[record.partition], now)
            slot.offset = record.offset
        return []

    def _slot(self, feed: Feed, tenure: Tenure, now: float) -> Slot:
        key = feed.feed_id
        old = self._parked.pop(key, None)
        if old is None:
            state = self._states[tenure.partition].pop(key, None) or FeedState(feed_id=key)
            new = Slot(feed, state, tenure, now)
            self._queue(new)
            return new
        # Keep the slot: a poll may be under way in it. An idle feed with a new definition is due at
        # once, and so is one that was gone.
        if (old.feed != feed or old.due is None) and old.due != IN_FLIGHT:
            old.due = now
        self._queue(old)
        old.feed = feed
        return old

    def _spread(self, slots: Sequence[Slot], now: float, dues: Mapping[str, Planned]) -> None:
        """Plan the first polls of slots that were loaded together."""
        known, new = list[Slot](), list[Slot]()
        for slot in slots:
            told = dues.get(slot.feed.feed_id)
            # A feed that was imported since is asked at once, whatever was planned before.
            due = told.due if told and slot.offset <= told.known_to else now
            if due is None or due > now:
                self.plan(slot, due and min(due, now + longest_wait(slot.feed, self.interval)))
            else:
                (new if slot.is_new else known).append(slot)
        for n, slot in enumerate(known):
            within = min(self.interval_of(slot.feed), len(known) / START_RATE)
            self.plan(slot, now + within * n / len(known))
        for n, slot in enumerate(new):
            self.plan(slot, now + n / FIRST_RATE)

    def _queue(self, slot: Slot) -> None:
        """Put a slot in line at its time."""
        if slot.due is not None and slot.due != IN_FLIGHT:
            self._n_queued += 1
            heapq.heappush(self._line, (slot.due, self._n_queued, slot))

    def _unpublished(
        self, pending: Mapping[str, Article], latest: Mapping[tuple[str, str], Record]
    ) -> Iterator[Parcel]:
        """Yield one parcel for each feed. The feed counts as in flight until it is published."""
        by_feed: dict[str, list[Article]] = {}
        for article in pending.values():
            by_feed.setdefault(article.feed_id, []).append(article)
        for key, articles in by_feed.items():
            tenure = self._tenures[latest["feed-pending", articles[0].article_id].partition]
            states = self._states[tenure.partition]
            slot = self.slots.get(key) or self._parked.get(key)
            before = slot.state if slot else states.get(key) or FeedState(feed_id=key)
            owed = _unknown(articles, before)
            done = acknowledged(before, owed)
            cleared = tuple(a.article_id for a in articles if a not in owed)
            bundle = Bundle(
                key, owed, done if slot and owed else None, is_kept=True, cleared=cleared
            )
            if slot is not None:
                slot.state, slot.due = done, IN_FLIGHT
            else:
                states[key] = done
            yield Parcel(tenure, bundle, slot)


def _unknown(articles: Iterable[Article], state: FeedState) -> tuple[Article, ...]:
    """Return the articles that are not yet published.

    A state is written only after its articles are acknowledged, so an article in it needs only
    clearing. The key of an entry may be another than its article's id.
    """
    versions = {entry.article_id: entry.version for entry in state.entries.values()}
    return tuple(a for a in articles if versions.get(a.article_id, -1) < a.version)
