"""State of tracker and alerter as days go by: memory, cost, bytes written, and restarts.

Made-up tagged articles of so many days pass through the machines of both services, without Kafka.
Each service is a process of its own with all its partitions, so its memory is told apart. One broad
watch is hit all day. Latest rows of state are kept in a file, from which the restart reads.

examples:
  python bench/state.py --articles-a-day 10000 --days 4
  python bench/state.py --articles-a-day 2000 --days 8 --horizon 2
"""

import argparse
import gc
import multiprocessing
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).parents[1]))

from services.adapters.sqlite_rows import SqliteRows
from services.alerter.alerts import AlertMachine
from services.alerter.match import match, update, withdrawal
from services.alerter.presearch import Presearch
from services.alerter.watch import CompiledWatch, compile_all
from services.messages import (
    Claim,
    Count,
    Hit,
    Incident,
    IncidentStance,
    Mention,
    Report,
    TaggedArticle,
    Watch,
    decode,
    encode,
)
from services.ports import Outgoing, Record, partition_of
from services.text.sketch import sketch
from services.tracker.block.block import Block
from services.tracker.block.machine import FoldMachine
from services.tracker.claims.rules import archive
from services.tracker.route import RouteMachine

START = datetime(2031, 5, 2, tzinfo=UTC)
PARTITIONS = 12
BATCH = 50
"""Articles that pass between two looks at the clock."""

PLACES = 3_000
"""Places that things happen in, again and again."""

TOLD_BY = 4
"""Articles of one event on average: most have one, a few have dozens."""

SHARE_OF_EVENTS = 0.5
"""Share of articles that tell of an event; the others pass without a report."""

STANCES: tuple[IncidentStance, ...] = ("reported", "asserted", "claimed", "reported", "confirmed")
WATCH = Watch(id="broad", name="Broad", query="broadly")


@dataclass(frozen=True)
class Event:
    """A made-up event: its block, who it befell, how many articles are left, and since when."""

    number: int
    block: str
    person: str
    place: str
    until: datetime


class Stream:
    """Articles in order of time. The same arguments give the same articles."""

    def __init__(self, a_day: int, hits_a_day: int, seed: int = 5) -> None:
        self._chance = random.Random(seed)
        self._a_day, self._hit = a_day, min(1.0, hits_a_day / a_day)
        self._events: list[Event] = []
        self._n = 0

    def day(self, number: int) -> Iterator[TaggedArticle]:
        for i in range(self._a_day):
            at = START + timedelta(days=number, seconds=86_400 * i / self._a_day)
            yield self._article(at)

    def _article(self, at: datetime) -> TaggedArticle:
        chance, self._n = self._chance, self._n + 1
        filler = " ".join(f"w{chance.randint(0, 20_000)}" for _ in range(110))
        how = "broadly" if chance.random() < self._hit else "reportedly"
        event = self._event(at) if chance.random() < SHARE_OF_EVENTS else None
        lead, n = f"This was {how} so.", chance.randint(3, 6)
        if event:
            lead = f"{event.person} and {n} others were killed in {event.place}, {how}."
        text = f"Title of {self._n}\n\n{lead} {filler}."
        found = _told(f"a{self._n}", text, event, n, chance) if event else {}
        return TaggedArticle(
            article_id=f"{self._n:020x}",
            version=1,
            outlet=f"outlet {chance.randint(0, 500)}",
            url=f"https://outlet.example/news/2031/05/{self._n}-title-of-an-article",
            published_at=at,
            first_seen_at=at,
            seen_at=at,
            last_poll_at=at - timedelta(minutes=1),
            text=text,
            title_end=text.find("\n\n"),
            sketch=sketch(text),
            **found,
        )

    def _event(self, at: datetime) -> Event:
        chance = self._chance
        if self._events and chance.random() > 1 / TOLD_BY:
            i = chance.randrange(len(self._events))
            if self._events[i].until > at:
                return self._events[i]
            self._events[i] = self._events[-1]
            self._events.pop()
        place, person = f"Place {chance.randrange(PLACES)}", f"Person {self._n}"
        is_named = chance.random() < 0.3
        key = f"person-{self._n}" if is_named else place.lower().replace(" ", "-")
        until = at + timedelta(hours=chance.expovariate(1 / 12))
        event = Event(self._n, f"violence:{key}", person, place, until)
        self._events.append(event)
        return event


def _told(
    article_id: str, text: str, event: Event, n: int, chance: random.Random
) -> dict[str, Any]:
    """Return mentions, reports, and incidents of an article that tells of an event."""
    person = _mention("m1", text, event.person, "person", event.person.lower().replace(" ", "-"))
    place = _mention("m2", text, event.place, "place", event.place.lower().replace(" ", "-"))
    start = text.find("\n\n") + 2
    sentence, at = (start, text.find(".", start) + 1), text.find("killed")
    count = Count(of="killed", min=n, max=n, span=(start, start + 1))
    stance = chance.choice(STANCES)
    shared: dict[str, Any] = {
        "patient": ("m1",),
        "place": ("m2",),
        "counts": (count,),
        "stance": stance,
        "claim_block": event.block,
    }
    report = Report(
        report_id=f"{article_id}r",
        event="killed",
        plover="ASSAULT",
        trigger=(at, at + 6),
        sentence=sentence,
        sentence_index=1,
        rule="event/kill@1",
        **shared,
    )
    incident = Incident(
        incident_id=f"{article_id}i",
        main=True,
        events=("killed",),
        reports=(report.report_id,),
        time="news",
        quote=sentence,
        confidence=0.9,
        **shared,
    )
    return {"mentions": (person, place), "reports": (report,), "incidents": (incident,)}


def _mention(id: str, text: str, words: str, type: Any, key: str) -> Mention:
    at = text.find(words)
    return Mention(
        id=id,
        start=at,
        end=at + len(words),
        surface=words,
        label=words,
        type=type,
        key=key,
        rule="phrase/name@1",
    )


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


class Tracker:
    """Route and fold. Takes tagged articles; returns the claims that they change."""

    def __init__(self, folder: Path, horizon: timedelta) -> None:
        self._topic = Topic(folder / "tracker")
        rows = partial(SqliteRows, folder / "rows")
        self._route = [RouteMachine(rows(), horizon) for _ in range(PARTITIONS)]
        self._fold = [
            FoldMachine(
                lambda name: Block(name, archive(horizon)),
                put_off_from=200,
                rows=rows(),
                stay=horizon,
            )
            for _ in range(PARTITIONS)
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
        self._machines = [
            AlertMachine(
                lambda: self._watches,
                PARTITIONS,
                lambda: self._now,
                SqliteRows(folder / "rows"),
                horizon,
            )
            for _ in range(PARTITIONS)
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


def _to_all(hit: Hit) -> list[Outgoing]:
    """Return an update for each partition that has a watch, as the service sends it."""
    homes = {partition_of(WATCH.id, PARTITIONS)}
    return [Outgoing("hits", hit.hit_id, encode(hit), partition=p) for p in sorted(homes)]


SIDES: dict[str, type[Tracker] | type[Alerter]] = {"tracker": Tracker, "alerter": Alerter}


def serve(name: str, folder: Path, horizon: timedelta, line: Connection) -> None:
    """Answer the parent: work, `None` for figures and memory, "restart" to load all rows."""
    side = SIDES[name](folder, horizon)
    while True:
        work = line.recv()
        if work == "end":
            return
        if work is None:
            line.send((side.figures(), _resident()))
        elif work == "restart":
            start = time.perf_counter()
            n = 0
            for row in side.rows():
                side.restore(*row)
                n += 1
            line.send((n, time.perf_counter() - start, _resident()))
        else:
            line.send(side.take(work))


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


def run(options: argparse.Namespace, folder: Path) -> None:
    """Print the figures of each day, then those of a restart."""
    horizon = timedelta(days=options.horizon)
    stream = Stream(options.articles_a_day, options.hits_a_day)
    tracker, alerter = (Process(name, folder, horizon) for name in SIDES)
    memory: dict[str, list[float]] = {name: [] for name in SIDES}
    for day in range(options.days):
        start, n_claims, n_alerts = time.perf_counter(), 0, 0
        articles: list[bytes] = []
        for article in stream.day(day):
            articles.append(encode(article))
            if len(articles) == BATCH:
                claims = tracker.ask((article.seen_at, articles))
                n_alerts += alerter.ask((article.seen_at, articles, claims))
                n_claims, articles = n_claims + len(claims), []
        print(
            f"day {day + 1}: {n_claims:,} claim updates, {n_alerts:,} alerts, "
            f"{time.perf_counter() - start:.0f} s"
        )
        for name, side in (("tracker", tracker), ("alerter", alerter)):
            figures, mib = side.ask(None)
            memory[name].append(mib)
            print(f"  {name}: {mib:.0f} MiB{_slope(memory[name])}")
            for what, (median, p99, n_bytes, n) in figures.items():
                print(
                    f"    {what}: {median:.2f} ms, p99 {p99:.2f} ms, "
                    f"{n_bytes / 1000:.1f} kB written ({n:,})"
                )
        sys.stdout.flush()
    for name, side in (("tracker", tracker), ("alerter", alerter)):
        side.close()
        again = Process(name, folder, horizon)
        n, seconds, mib = again.ask("restart")
        print(f"{name}: restart reads {n:,} rows in {seconds:.1f} s, {mib:.0f} MiB", flush=True)
        again.close()


def _slope(memory: Sequence[float]) -> str:
    if len(memory) < 2:
        return ""
    return f" ({100 * (memory[-1] / memory[-2] - 1):+.1f} % since the day before)"


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles-a-day", type=int, default=2_000)
    parser.add_argument("--days", type=int, default=4)
    parser.add_argument(
        "--horizon", type=int, default=2, help="days that hits stay, and articles of claims"
    )
    parser.add_argument("--hits-a-day", type=int, default=1_440, help="one a minute by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(options, Path(folder))


if __name__ == "__main__":
    main()
