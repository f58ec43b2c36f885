"""The rows of state that a process keeps on disk, so that a start reads only what came since.

    kept rows ─► usable? ─┬─► yes: the rows of the topic behind the mark
                          └─► no, or a row can't be read: emptied; all rows of the topic

A mark is set between two transactions, when a machine is as its topic is. What is doubtful is read
whole.
"""

import hashlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

import structlog

import services
from services.errors import TransientError
from services.ports import Record, TopicPartition
from services.rows import KeptRows, Mark
from services.runtime.loading import Loaded, Restores, go_on, load
from services.runtime.set_aside import Letter
from services.runtime.world import World
from services.settings import Settings

KEEP_SECONDS = 30.0
"""Seconds between two marks. A killed process reads again the rows of so long."""

MOST_AGE_SECONDS = 6 * 86400.0
"""Seconds after its mark for which kept rows are used.

Source: the topics of the state keep tombstones for seven days (`tombstone_days`). Whatever was
deleted before that would stand in older rows for ever.
"""

_log = structlog.get_logger()

M = TypeVar("M", bound=Restores)


@dataclass(slots=True)
class _Held:
    """Rows in use, the mark that they have as of the last transaction, and when they were kept."""

    rows: KeptRows
    mark: Mark
    kept_at: float


class KeptState(Generic[M]):
    """The rows of those partitions of a state topic that this process has loaded."""

    def __init__(
        self,
        world: World,
        topic: str,
        machine: Callable[[KeptRows], M],
        beat: Callable[[str], None],
        keep_seconds: float = KEEP_SECONDS,
    ) -> None:
        """`beat` is called with "loading" for each row that is read."""
        self._world, self._topic, self._machine, self._beat = world, topic, machine, beat
        self._keep_seconds = keep_seconds
        self._program = program_of(world.settings)
        self._held: dict[int, _Held] = {}

    def load(self, partition: int, asked_back: Sequence[Letter]) -> Loaded[M]:
        """Return a machine with all committed state of a partition. See `loading.load`."""
        self.drop([partition])
        at = TopicPartition(self._topic, partition)
        topic = f"{self._world.broker.identity(self._topic)}/{partition}"
        now = Mark(topic, self._program, 0, time.time())
        rows = self._world.rows(f"{self._topic}-{partition}")
        try:
            loaded = None if asked_back else self._gone_on(rows, now, at)
            if loaded is None:
                loaded = load(
                    lambda: self.read(at), lambda: self._machine(rows.emptied()), asked_back
                )
        except BaseException:
            rows.close()
            raise
        now = replace(now, next_offset=loaded.next_offset)
        self._held[partition] = _Held(rows, now, time.monotonic())
        return loaded

    def read(self, at: TopicPartition, start: int | None = None) -> Iterator[Record]:
        """Yield the committed rows of a partition of any topic, from an offset on or all."""
        reader = self._world.broker.reader()
        try:
            since = {} if start is None else {at: start}
            for record in reader.read_to_end([at], since):
                yield record
                self._beat("loading")
        finally:
            reader.close()

    def wrote(self, ends: Mapping[TopicPartition, int]) -> None:
        """Note the offsets behind the last rows that a transaction wrote."""
        for at, end in ends.items():
            held = self._held.get(at.partition) if at.topic == self._topic else None
            if held is not None:
                held.mark = replace(held.mark, next_offset=end)

    def keep_due(self) -> None:
        """Keep the rows that were kept last long ago. No transaction may be open."""
        for held in self._held.values():
            if time.monotonic() - held.kept_at >= self._keep_seconds:
                self._keep(held)

    def release(self, partitions: Iterable[int]) -> None:
        """Keep the rows of partitions, and let them go. No transaction may be open."""
        for partition in set(partitions) & set(self._held):
            with suppress(TransientError):  # then they are read from the topic
                self._keep(self._held[partition])
            self.drop([partition])

    def drop(self, partitions: Iterable[int]) -> None:
        """Let the rows of partitions go, as they were kept last."""
        for partition in set(partitions) & set(self._held):
            self._held.pop(partition).rows.close()

    def _keep(self, held: _Held) -> None:
        held.rows.keep(replace(held.mark, at=time.time()))
        held.kept_at = time.monotonic()

    def _gone_on(self, rows: KeptRows, now: Mark, at: TopicPartition) -> Loaded[M] | None:
        """Return a machine that goes on from kept rows; None if they can't be used."""
        kept = rows.mark
        if kept is None:
            return None
        why = why_unusable(kept, now, self._span(at))
        if not why:
            loaded = go_on(self.read(at, kept.next_offset), self._machine(rows))
            if loaded is not None:
                return replace(loaded, next_offset=max(kept.next_offset, loaded.next_offset))
        _log.info(
            "kept rows are not used: all rows of state are read",
            topic=at.topic,
            partition=at.partition,
            reason=why or "a row since then can't be read",
        )
        return None

    def _span(self, at: TopicPartition) -> tuple[int, int]:
        reader = self._world.broker.reader()
        try:
            return reader.span(at)
        finally:
            reader.close()


def why_unusable(kept: Mark, now: Mark, span: tuple[int, int]) -> str:
    """Return why kept rows can't be used; "" if they can.

    `now`: what a mark of this process would be. `span`: the offsets of the topic's partition.
    """
    first, end = span
    if kept.topic != now.topic:
        return "they are of another topic or partition"
    if kept.program != now.program:
        return "another program or other settings made them"
    if not first <= kept.next_offset <= end:
        return f"they end at offset {kept.next_offset:,}, the topic has {first:,} to {end:,}"
    if not 0 <= now.at - kept.at <= MOST_AGE_SECONDS:
        return f"they are {(now.at - kept.at) / 86400:.1f} days old"
    return ""


def program_of(settings: Settings) -> str:
    """Return the identity of this program with the settings that rows of state depend on."""
    return f"{_sources()}-{settings.claim_days}-{settings.state_days}"


@cache
def _sources() -> str:
    """Return a digest of all modules and word lists: each may decide what a row is found by."""
    digest, folder = (
        hashlib.blake2b(sys.version.encode(), digest_size=16),
        Path(services.__path__[0]),
    )
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".py", ".yaml")):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
