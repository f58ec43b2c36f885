"""A whole system for a bench: engines, services, feeds and watches saved, and a world around it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.live import free_port
from bench.whole_news import News, rss_item, watches
from bench.whole_seen import Told, Usage
from bench.whole_world import host
from services.adapters.kafka import KafkaBroker
from services.addresses import LOOPBACK
from services.commands.system import System, running_system
from services.commands.topic import read_all
from services.messages import Feed, PageRules, Suppressed, Watch, decode, encode
from services.ports import Outgoing
from services.runtime.health import Pulse, living
from services.runtime.logs import configure
from services.settings import Settings

N_RECEIVERS = 200
FIRST_RECEIVER = 500_000
"""The number of the first receiver's host: 127.9.0.1."""

LOOK_SECONDS = 10.0
"""Seconds between two looks at what was held back, which reads a whole topic."""

START_SECONDS = 600.0
"""How long services may take to come up, to load all watches, and to read all feeds once, each."""

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Plan:
    """What is published: an article each `1 / rate` seconds, on feeds chosen in turn.

    - `n_pushed`: feeds with a hub, the first ones. `pushed_share`: of the articles, theirs.
    - `interval`: seconds between two polls of a feed.
    - `later`: articles that are not in feeds and have watches too. The watch of the last one is
      saved last.
    """

    news: Sequence[News]
    rate: float
    n_feeds: int
    n_watches: int
    n_pushed: int = 0
    pushed_share: float = 0.0
    interval: float = 60.0
    later: Sequence[News] = ()

    def timetable(self) -> Iterator[dict[str, object]]:
        """Yield a row an article, in order of time."""
        n_plain, owed = self.n_feeds - self.n_pushed, 0.0
        for i, each in enumerate(self.news):
            owed += self.pushed_share
            is_pushed = owed >= 1.0
            owed -= is_pushed
            feed = i % self.n_pushed if is_pushed else self.n_pushed + i * 7919 % n_plain
            item = rss_item(each, f"http://{host(feed)}/{each.mark.lower()}")
            at = i / self.rate if self.rate else 0.0
            yield {"id": each.mark, "feed": feed, "at": at, "item": item}


@dataclass
class Bench:
    """A running system with its world."""

    system: System
    world: "subprocess.Popen[str]"
    port: int
    folder: Path
    told: Told
    usage: Usage
    pushed: set[str] = field(default_factory=set)

    def receivers(self) -> list[str]:
        return receivers(self.port)

    def broker(self) -> KafkaBroker:
        return KafkaBroker(self.system.settings.kafka_bootstrap)

    def begin(self) -> float:
        """Let the timetable begin in a second. Return the beginning, in seconds since 1970."""
        at = time.time() + 1.0
        self._order(f"begin {at}")
        return at

    def state(self) -> dict[str, int]:
        self._order("state")
        assert self.world.stdout is not None
        found: dict[str, int] = json.loads(self.world.stdout.readline())
        return found

    def served(self) -> dict[str, float]:
        """Return mark to the time at which an answer first held it."""
        lines = (self.folder / "served.jsonl").read_text().splitlines()
        return dict(json.loads(line) for line in lines)

    def wait(self, what: str, is_done: Callable[[], bool], seconds: float) -> bool:
        """Wait with a line of progress now and then. Return False if the time is over."""
        began = shown = time.monotonic()
        while not is_done():
            if self.system.stop.wait(0.2):
                raise KeyboardInterrupt
            now = time.monotonic()
            if now - began > seconds:
                return False
            if now - shown > 15:
                shown = now
                click.echo(f"  {now - began:.0f} s: waiting until {what}", err=True)
        return True

    def wait_for(self, marks: Sequence[str], seconds: float) -> bool:
        """Wait until every article with one of the marks was told, or held back with a reason."""
        wanted = {mark.lower() for mark in marks}
        looked_at = time.monotonic()

        def is_done() -> bool:
            nonlocal looked_at
            missing = set(self.told.read().missing(wanted))
            if missing and time.monotonic() - looked_at > LOOK_SECONDS:
                missing -= self.held_back().keys()
                looked_at = time.monotonic()
            return not missing

        return self.wait("all is told", is_done, seconds)

    def held_back(self) -> dict[str, str]:
        """Return watch to the reason for which the alert on its article was held back."""
        rows = (value for _, value in read_all(self.system.settings, "suppressed"))
        found = (decode(Suppressed, value) for value in rows if value is not None)
        return {row.watch_id: row.reason for row in found}

    def _order(self, line: str) -> None:
        assert self.world.stdin is not None
        self.world.stdin.write(line + "\n")
        self.world.stdin.flush()


def receivers(port: int) -> list[str]:
    return [f"http://{host(FIRST_RECEIVER + n)}:{port}/hook" for n in range(N_RECEIVERS)]


@contextmanager
def running(plan: Plan, folder: Path, changed: dict[str, object] | None = None) -> Iterator[Bench]:
    """Run a system with the feeds and watches of a plan. Everything is loaded when it is yielded.

    `changed`: settings. Ctrl-C raises KeyboardInterrupt inside.
    """
    _write(plan, folder)
    with _world(folder) as (world, port):
        settings = _settings(folder, plan.interval, changed or {})
        configure(settings, "up")
        with running_system(settings, lambda step, _: click.echo(f"  {step}", err=True)) as system:
            told, usage = Told(folder / "posted.jsonl"), Usage(os.getpid())
            bench = Bench(system, world, port, folder, told, usage)
            usage.start()
            try:
                _load(bench, plan)
                yield bench
            finally:
                usage.stop()


def _write(plan: Plan, folder: Path) -> None:
    with (folder / "timetable.jsonl").open("w", encoding="utf-8") as file:
        for row in plan.timetable():
            file.write(json.dumps(row) + "\n")
    (folder / "pushed.json").write_text(json.dumps([*range(plan.n_pushed)]))


def _settings(folder: Path, interval: float, changed: dict[str, object]) -> Settings:
    port = free_port()
    values: dict[str, object] = {
        "data_dir": folder / "data",
        "run_dir": folder / "data" / "run",
        "api_port": port,
        "public_url": f"http://127.0.0.1:{port}",
        "fetch_allow_networks": LOOPBACK,
        "poll_interval_seconds": interval,
        "log_format": "json",
        "log_level": "warning",
    }
    return Settings(**(values | changed))  # type: ignore[arg-type]


@contextmanager
def _world(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    command = [sys.executable, "-m", "bench.whole_world", str(folder)]
    pipe = subprocess.PIPE
    world = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
    assert world.stdout is not None
    assert world.stdin is not None
    try:
        yield world, int(world.stdout.readline())
    finally:
        world.stdin.close()
        world.wait(30)


def _load(bench: Bench, plan: Plan) -> None:
    """Save feeds and watches, and wait until all are in force. Raises SystemExit."""
    click.echo(f"  save {plan.n_watches:,} watches and {plan.n_feeds:,} feeds", err=True)
    saved = watches([*plan.news, *plan.later], plan.n_watches, bench.receivers())
    _send(bench, (_of_feed(n, bench.port, plan.interval) for n in range(plan.n_feeds)))
    _send(bench, (_of_watch(watch) for watch in saved))  # meanwhile the first feeds are read
    run_dir = bench.system.settings.run_dir
    steps: list[tuple[str, Callable[[], bool]]] = [
        ("every service runs", lambda: all(map(_runs, living(run_dir).values()))),
        ("all feeds are read", lambda: bench.state()["asked"] >= plan.n_feeds),
        ("hubs know us", lambda: bench.state()["subscribed"] >= plan.n_pushed),
    ]
    for what, is_done in steps:
        if not bench.wait(what, is_done, START_SECONDS + plan.n_feeds / 10):
            raise SystemExit(f"it never came that {what}: see {bench.folder / 'data' / 'logs'}")


def _runs(loops: Sequence[Pulse]) -> bool:
    """True if a service is there, and none of its loops loads or waits."""
    return bool(loops) and all(loop.is_well and loop.state == "running" for loop in loops)


def _send(bench: Bench, messages: Iterable[Outgoing]) -> None:
    producer = bench.broker().producer()
    for n, message in enumerate(messages, 1):
        producer.send(message)
        if n % 5_000 == 0:
            producer.flush()
    producer.close()


def _of_watch(watch: Watch) -> Outgoing:
    return Outgoing("watches", watch.id, encode(watch))


def _of_feed(n: int, port: int, interval: float) -> Outgoing:
    """Return a feed. Its interval is fixed: one that published once would else be polled rarely."""
    feed = Feed(
        feed_id=f"herald-{n}",
        url=f"http://{host(n)}:{port}/feed/{n}",
        outlet=f"Herald {n}",
        interval_seconds=interval,
        pages=PageRules(fetch="never"),
    )
    return Outgoing("feeds", feed.feed_id, encode(feed))
