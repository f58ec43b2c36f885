"""Tracker and alerter without Kafka, each in a process of its own, for bench/state.py.

Each service has all of its partitions, with its rows kept on disk. The latest rows of its state
also stand in a file in place of the topic, from which a restart without kept rows reads.
"""

import gc
import multiprocessing
import resource
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.state_stream import START
from services.adapters.sqlite_rows import SqliteRows
from services.alerter.alerts import AlertMachine
from services.alerter.match import match, update, withdrawal
from services.alerter.presearch import Presearch
from services.alerter.watch import CompiledWatch, compile_all
from services.messages import Claim, Hit, TaggedArticle, Watch, decode, encode
from services.ports import Outgoing, Record, partition_of
from services.rows import Mark
from services.tracker.block.block import Block
from services.tracker.block.blocks import Room
from services.tracker.block.machine import FoldMachine
from services.tracker.claims.rules import archive
from services.tracker.route import RouteMachine

PARTITIONS = 12
WATCH = Watch(id="broad", name="Broad", query="broadly")
MARK = Mark(topic="topic", program="program", next_offset=0, at=0.0)

KEPT = "kept"
"""Folder of the rows that are kept."""


class Topic:
    """The latest row of each key of the state topics, in a file: a stand-in for compaction."""

    def __init__(self, path: Path) -> None:
        self._rows = sqlite3.connect(path, isolation_level=None)
        self._rows.execute("PRAGMA synchronous=OFF")
        self._rows.execute("PRAGMA journal_mode=OFF")
        self._rows.execute("PRAGMA cache_size=-2000")
        self._rows.execute(
            "CREATE TABLE IF NOT EXISTS state (topic TEXT, partition INT, key TEXT, value BLOB,"
            " PRIMARY KEY (topic, partition, key)) WITHOUT ROWID"
        )

    def write(self, rows: Sequence[tuple[str, int, str, bytes | None]]) -> None:
        gone = [row[:3] for row in rows if row[3] is None]
        kept = [row for row in rows if row[3] is not None]
        self._rows.execute("BEGIN")
        self._rows.executemany("INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?)", kept)
        delete = "DELETE FROM state WHERE topic = ? AND partition = ? AND key = ?"
        self._rows.executemany(delete, gone)
        self._rows.execute("COMMIT")

    def read(self) -> Iterator[tuple[str, int, str, bytes]]:
        yield from self._rows.execute("SELECT topic, partition, key, value FROM state")


@dataclass
class Cost:
    """Milliseconds of each message of a kind, and the bytes that it led to."""

    ms: list[float] = field(default_factory=list)
    n_bytes: int = 0

    def take(self, work: Callable[[], list[Outgoing]]) -> list[Outgoing]:
        start = time.process_time()
        out = work()
        self.ms.append((time.process_time() - start) * 1e3)
        self.n_bytes += sum(len(o.value or b"") + len(o.key or "") for o in out)
        return out

    def summary(self) -> tuple[float, float, float, int]:
        """Return median, 99th percentile, bytes a message, and the number; forget all."""
        ms, n_bytes = sorted(self.ms) or [0.0], self.n_bytes
        n, self.ms, self.n_bytes = len(self.ms), [], 0
        return statistics.median(ms), ms[int(len(ms) * 0.99)], n_bytes / max(1, n), n


Figures = dict[str, tuple[float, float, float, int]]


class Side(Protocol):
    """One service with all its partitions."""

    def take(self, work: Any) -> Any: ...
    def restore(self, topic: str, partition: int, key: str, value: bytes) -> None: ...
    def figures(self) -> Figures: ...
    def rows(self) -> Iterator[tuple[str, int, str, bytes]]: ...
    def keep(self) -> None: ...


class Tracker:
    """Route and fold. Takes tagged articles; returns the claims that they change."""

    def __init__(self, folder: Path, horizon: timedelta) -> None:
        self._topic = Topic(folder / "tracker")
        routes = [SqliteRows(folder / KEPT, f"route-{n}") for n in range(PARTITIONS)]
        folds, room = [SqliteRows(folder / KEPT, f"fold-{n}") for n in range(PARTITIONS)], Room()
        self._kept = (*routes, *folds)
        self._route = [RouteMachine(rows, horizon) for rows in routes]
        self._fold = [
            FoldMachine(
                lambda name: Block(name, archive(horizon)),
                put_off_from=200,
                rows=rows,
                room=room,
                stay=horizon,
            )
            for rows in folds
        ]
        self._cost = Cost()

    def take(self, work: tuple[datetime, list[bytes]]) -> list[bytes]:
        rows: list[tuple[str, int, str, bytes | None]] = []
        claims: list[bytes] = []
        for value in work[1]:
            id = decode(TaggedArticle, value).article_id
            out = self._cost.take(partial(self._step, id, value))
            for one in out:
                if one.topic == "claims":
                    claims.append(one.value or b"")
                elif one.topic in ("article-blocks", "tracker-state"):
                    p = partition_of(one.partition_key or one.key or "", PARTITIONS)
                    rows.append((one.topic, p, one.key or "", one.value))
        for fold in self._fold:
            claims += [one.value or b"" for one in fold.settle() if one.topic == "claims"]
        self._topic.write(rows)
        return claims

    def _step(self, id: str, value: bytes) -> list[Outgoing]:
        p = partition_of(id, PARTITIONS)
        out = self._route[p].step(Record("tagged-articles", p, 0, id, value))
        for one in out.copy():
            if one.topic == "reports":
                q = partition_of(one.partition_key or "", PARTITIONS)
                out += self._fold[q].step(Record("reports", q, 0, one.key, one.value))
        return out

    def restore(self, topic: str, partition: int, key: str, value: bytes) -> None:
        machines = self._route if topic == "article-blocks" else self._fold
        machines[partition].restore(key, value)

    def figures(self) -> Figures:
        return {"an article": self._cost.summary()}

    def rows(self) -> Iterator[tuple[str, int, str, bytes]]:
        return self._topic.read()

    def keep(self) -> None:
        for rows in self._kept:
            rows.keep(MARK)


class Alerter:
    """Match and fold. Takes tagged articles and claims; returns the number of alerts sent."""

    def __init__(self, folder: Path, horizon: timedelta) -> None:
        self._topic = Topic(folder / "alerter")
        self._now = START
        self._watches = compile_all([WATCH])
        self._queries: Presearch[CompiledWatch] = Presearch()
        for id, compiled in self._watches.items():
            assert compiled.query
            self._queries.put(id, compiled.query, compiled)
        self._kept = [SqliteRows(folder / KEPT, f"alerts-{n}") for n in range(PARTITIONS)]
        self._machines = [
            AlertMachine(lambda: self._watches, PARTITIONS, lambda: self._now, rows, horizon)
            for rows in self._kept
        ]
        self._hit, self._update = Cost(), Cost()

    def take(self, work: tuple[datetime, list[bytes], list[bytes]]) -> int:
        self._now, articles, claims = work
        rows: list[tuple[str, int, str, bytes | None]] = []
        n = 0
        for value in articles:
            article = decode(TaggedArticle, value)
            sent = [
                Outgoing("hits", hit.hit_id, encode(hit), partition_key=hit.watch_id)
                for hit in match(article, self._queries)
            ]
            edit = withdrawal(article)
            assert edit is None
            for hit in sent:
                n += self._keep(self._hit.take(partial(self._on, [hit])), rows)
        for value in claims:
            sent = _to_all(update(decode(Claim, value)))
            n += self._keep(self._update.take(partial(self._sent_and, sent)), rows)
        self._topic.write(rows)
        return n

    def _sent_and(self, sent: list[Outgoing]) -> list[Outgoing]:
        return [*sent, *self._on(sent)]

    def _on(self, sent: Iterable[Outgoing]) -> list[Outgoing]:
        out: list[Outgoing] = []
        for hit in sent:
            p = hit.partition
            if p is None:
                p = partition_of(hit.partition_key or "", PARTITIONS)
            out += self._machines[p].step(Record("hits", p, 0, hit.key, hit.value))
        return out

    def _keep(self, out: list[Outgoing], rows: list[tuple[str, int, str, bytes | None]]) -> int:
        rows += [
            (one.topic, one.partition or 0, one.key or "", one.value)
            for one in out
            if one.topic == "alerter-state"
        ]
        return sum(one.topic == "alerts" for one in out)

    def restore(self, topic: str, partition: int, key: str, value: bytes) -> None:
        assert topic == "alerter-state"
        self._machines[partition].restore(key, value)

    def figures(self) -> Figures:
        return {"a hit": self._hit.summary(), "a claim update": self._update.summary()}

    def rows(self) -> Iterator[tuple[str, int, str, bytes]]:
        return self._topic.read()

    def keep(self) -> None:
        for rows in self._kept:
            rows.keep(MARK)


def _to_all(hit: Hit) -> list[Outgoing]:
    """Return an update for each partition that has a watch, as the service sends it."""
    homes = {partition_of(WATCH.id, PARTITIONS)}
    return [Outgoing("hits", hit.hit_id, encode(hit), partition=p) for p in sorted(homes)]


SIDES: dict[str, type[Tracker] | type[Alerter]] = {"tracker": Tracker, "alerter": Alerter}

OWN = {"tracker": "fold", "alerter": "alerts"}
"""The beginning of the names of a side's kept rows."""


def serve(name: str, folder: Path, horizon: timedelta, line: Connection) -> None:
    """Answer the parent: work, `None` for figures and memory, "restart" for those of the start.

    Without kept rows a start reads all rows. Rows are kept after each piece of work.
    """
    start = time.perf_counter()
    is_kept = (folder / KEPT).exists() and any((folder / KEPT).glob(f"{OWN[name]}-*.rows"))
    side, n = SIDES[name](folder, horizon), 0
    for row in () if is_kept else side.rows():
        side.restore(*row)
        n += 1
    seconds = time.perf_counter() - start
    while True:
        work = line.recv()
        if work == "end":
            side.keep()
            return
        if work is None:
            line.send((side.figures(), _resident()))
        elif work == "restart":
            line.send((n, seconds, _resident()))
        else:
            line.send(side.take(work))
            side.keep()


class Process:
    """A service in a process of its own."""

    def __init__(self, name: str, folder: Path, horizon: timedelta) -> None:
        self._line, other = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(name, folder, horizon, other), daemon=True
        )
        self._process.start()

    def ask(self, work: Any) -> Any:
        self._line.send(work)
        return self._line.recv()

    def close(self) -> None:
        self._line.send("end")
        self._process.join()


def _resident() -> float:
    """Return MiB of memory in use."""
    gc.collect()
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize() / 2**20
