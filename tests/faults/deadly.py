"""Ports that kill their process with -9 at a named point, when it comes there for the nth time.

| point | is |
| --- | --- |
| polled | records were fetched, nothing is done with them |
| sent | a message was handed to the producer, and may not be acknowledged |
| flushed | all messages are acknowledged, no offset is committed |
| before-commit, after-commit | of offsets, with or without a transaction |
| stored | Elasticsearch took documents, no offset is committed |
| posted | a receiver took a message, nothing says so yet |
| tagged | an article is tagged and not sent |
"""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.ports import (
    HttpAnswer,
    IndexAction,
    IndexOutcome,
    Method,
    Outgoing,
    Record,
    TopicPartition,
)
from services.runtime.world import World


def kill_this_process(number: int) -> None:
    """Send a signal to this process."""
    os.kill(os.getpid(), number)


@dataclass
class Fuse:
    """Kills the process at the nth time at `point`."""

    point: str
    nth: int
    kill: Callable[[int], None] = kill_this_process
    n_seen: int = 0

    def reach(self, point: str) -> None:
        if point == self.point:
            self.n_seen += 1
            if self.n_seen == self.nth:
                self.kill(signal.SIGKILL)


def armed(world: World, fuse: Fuse) -> World:
    """Return a world whose ports tell the fuse of every point."""
    return replace(
        world,
        broker=_Broker(world.broker, fuse),
        search=_Search(world.search, fuse),
        poster=_Poster(world.poster, fuse),
        clock=_Clock(world.clock, fuse),
    )


class _Around:
    """Hands on everything that a subclass leaves out."""

    def __init__(self, real: Any, fuse: Fuse) -> None:
        self._real, self._fuse = real, fuse

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _Broker(_Around):
    def producer(self) -> "_Producer":
        return _Producer(self._real.producer(), self._fuse)

    def transactional_producer(self, transactional_id: str) -> "_Producer":
        return _Producer(self._real.transactional_producer(transactional_id), self._fuse)

    def consumer(self, group: str) -> "_Consumer":
        return _Consumer(self._real.consumer(group), self._fuse)


class _Producer(_Around):
    def send(self, message: Outgoing) -> None:
        self._real.send(message)
        self._fuse.reach("sent")

    def flush(self) -> None:
        self._real.flush()
        self._fuse.reach("flushed")

    def commit(
        self, consumer: Any, offsets: Mapping[TopicPartition, int]
    ) -> Mapping[TopicPartition, int]:
        self._fuse.reach("before-commit")
        ends: Mapping[TopicPartition, int] = self._real.commit(consumer, offsets)
        self._fuse.reach("after-commit")
        return ends


class _Consumer(_Around):
    def poll(
        self, max_records: int, timeout_seconds: float, linger_seconds: float = 0.0
    ) -> list[Record]:
        records: list[Record] = self._real.poll(max_records, timeout_seconds, linger_seconds)
        if records:
            self._fuse.reach("polled")
        return records

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        self._fuse.reach("before-commit")
        self._real.commit(offsets)
        self._fuse.reach("after-commit")


class _Search(_Around):
    def bulk(self, actions: Sequence[IndexAction]) -> list[IndexOutcome]:
        outcomes: list[IndexOutcome] = self._real.bulk(actions)
        self._fuse.reach("stored")
        return outcomes


class _Poster(_Around):
    async def call(
        self,
        method: Method,
        url: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        answer_bytes: int = 0,
    ) -> HttpAnswer:
        answer: HttpAnswer = await self._real.call(method, url, headers, body, answer_bytes)
        self._fuse.reach("posted")
        return answer


class _Clock(_Around):
    def now(self) -> datetime:
        self._fuse.reach("tagged")
        now: datetime = self._real.now()
        return now
