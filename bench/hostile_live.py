"""One running system among hostile hosts: is it alive at the end,
and was every normal article alerted in time?

    python -m bench.hostile_live --minutes 5

Starts `reportedly up` in a folder of its own.
Feeds and receivers of webhooks of `hostile_attacks.py` attack it,
each from a loopback address of its own, while normal feeds publish an article every few seconds.
Exit code 1 if a service ended, took more memory than its container may (docker-compose.yml),
or if a normal article was lost or alerted too late.
At the end every service is killed and must come back with what the attack left in its state.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import click
import yaml
from rich.console import Console
from rich.table import Table

from bench.hostile_attacks import FEEDS, ONCE, RECEIVERS, item, names, rss, warm
from bench.hostile_server import STOP, Asked, Host
from services.runtime.health import SERVICES, pulses
from services.runtime.supervisor import service_command

LATEST_SECONDS = 15.0
"""From the moment at which a normal article stands in its feed to its webhook."""

POLL_SECONDS, HOSTILE_POLL_SECONDS = 2.0, 15.0
"""How often normal and hostile feeds are polled. By default each feed is polled once a minute,
so hostile ones come four times as often as their senders could make them."""

EVERY_SECONDS = 3.0
"""A normal article comes so often."""

PROGRESS = 10
"""So many articles lie between two lines of progress."""

N_FEEDS = 6
START_SECONDS = 400.0
"""How long engines and services may take to come up on a busy machine."""

LAST_SECONDS = 60.0
"""How long is waited for what is late, to tell late from lost."""

MIN_POLLS = 2
"""A hostile feed that was polled only once is a feed that was given up for ever;
but for those that ask for it."""

RESTART_SECONDS = 180.0
"""Until every service is well again after kill -9,
and tells what is published then: groups take 45 s to miss a member."""

ROOT = Path(__file__).parents[1]


@dataclass
class Story:
    """A normal article: whom it names,
    and when (monotonic) it was put into its feed and told by webhook.
    """

    name: str
    title: str
    published: float
    told: float | None = None

    @property
    def seconds(self) -> float | None:
        return None if self.told is None else self.told - self.published


@dataclass
class News:
    """The normal feeds, and the receiver that notes when each article is told."""

    stories: list[Story] = field(default_factory=list)
    items: list[list[str]] = field(default_factory=lambda: [[] for _ in range(N_FEEDS)])
    _names: Iterator[str] = field(default_factory=names)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def publish(self) -> None:
        """Put the next article into the next feed."""
        number, name = len(self.stories), next(self._names)
        story = Story(name, f"Police arrested {name} in Meris on Friday", time.monotonic())
        with self._lock:
            self.items[number % N_FEEDS].append(
                item(number, story.title, f"{name} was arrested at home, police said.")
            )
            self.stories.append(story)

    def feed(self, number: int, asked: Asked) -> None:
        with self._lock:
            body = rss(*self.items[number])
        asked.reply(body)

    def receive(self, asked: Asked) -> None:
        text, now = asked.body.decode("utf-8", "replace"), time.monotonic()
        with self._lock:
            for story in self.stories:
                if story.told is None and story.name in text:
                    story.told = now
        asked.reply(b"")


@dataclass
class Watched:
    """What was seen of the services:
    their processes and their most memory (proportional set size, bytes).
    """

    pids: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    most: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def look(self, run_dir: Path) -> None:
        parents = _parents()
        for service, pid in {
            (pulse.service, pulse.pid) for pulse in pulses(run_dir) if pulse.is_alive
        }:
            self.pids[service].add(pid)
            used = sum(map(_proportional, _family(pid, parents)))
            self.most[service] = max(self.most[service], used)


def _parents() -> dict[int, int]:
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended meanwhile
    return found


def _family(pid: int, parents: dict[int, int]) -> set[int]:
    """Return a process and all below it."""
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def _proportional(pid: int) -> int:
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in rows if row.startswith("Pss:")), 0)


def limits() -> dict[str, int]:
    """Return the bytes of memory that each service may take in docker-compose.yml."""
    units = {"m": 2**20, "g": 2**30}
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    return {
        name: int(compose[name]["mem_limit"][:-1]) * units[compose[name]["mem_limit"][-1]]
        for name in SERVICES
    }


@contextmanager
def running(
    folder: Path, feeds: Sequence[tuple[Host, float]], receivers: Sequence[Host]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `reportedly up` on feeds, each with its interval, and receivers; its log is `up.log`.

    Ends it with Ctrl-C.
    """
    rows = [
        {"url": f"{host.url}/f", "outlet": host.name, "interval_seconds": seconds}
        for host, seconds in feeds
    ]
    (folder / "feeds.yaml").write_text(json.dumps(rows))
    channels = [{"to": "log:"}, *({"to": f"webhook:{host.url}/hook"} for host in receivers)]
    watch = {
        "id": "arrests",
        "name": "Arrests",
        "query": "arrested",
        "deliver": channels,
        "digest": None,
    }
    (folder / "watches.yaml").write_text(json.dumps([watch]))
    people = "\n".join(
        f"  - {{id: person-{n}, type: person, name: {name}}}" for n, name in enumerate(names())
    )
    (folder / "people.yaml").write_text(f"actors:\n{people}\n")
    environment = {**os.environ, **settings(folder)}
    with (folder / "up.log").open("wb") as log:
        files = [
            "--feeds",
            str(folder / "feeds.yaml"),
            "--watches",
            str(folder / "watches.yaml"),
            "--partitions",
            "2",
        ]
        command = [*service_command("up"), *files]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        STOP.set()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(90)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def settings(folder: Path) -> dict[str, str]:
    values = {
        "DATA_DIR": folder / "data",
        "API_PORT": _free_port(),
        "LOG_FORMAT": "json",
        "POLL_INTERVAL_SECONDS": POLL_SECONDS,
        "FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
        "LEXICON": folder / "people.yaml",
    }
    return {f"REPORTEDLY_{name}": str(value) for name, value in values.items()}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def wait_until_running(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Return when every service has come round its loop. Raises SystemExit."""
    until = time.monotonic() + START_SECONDS
    while set(SERVICES) - {
        pulse.service for pulse in pulses(folder / "data" / "run") if pulse.is_well
    }:
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"the system did not come up:\n{_tail(folder / 'up.log', 40)}")
        time.sleep(0.5)


def play(
    news: News, watched: Watched, folder: Path, minutes: float, process: subprocess.Popen[bytes]
) -> None:
    """Publish an article every few seconds and look at the services, then wait for what is late."""
    began = time.monotonic()
    while time.monotonic() - began < minutes * 60 and process.poll() is None:
        news.publish()
        watched.look(folder / "data" / "run")
        time.sleep(max(0.0, EVERY_SECONDS * len(news.stories) - (time.monotonic() - began)))
        done = sum(story.told is not None for story in news.stories)
        if len(news.stories) % PROGRESS == 0:
            click.echo(
                f"{time.monotonic() - began:.0f} s: {done} of {len(news.stories)} articles told",
                err=True,
            )
    last = time.monotonic()
    while time.monotonic() - last < LAST_SECONDS and any(
        story.told is None for story in news.stories
    ):
        watched.look(folder / "data" / "run")
        time.sleep(1.0)


def kill_all(news: News, folder: Path) -> list[str]:
    """Kill every service with -9, which makes each read back what the attack left in its state.

    Returns what is wrong.
    """
    run_dir = folder / "data" / "run"
    killed = {pulse.pid for pulse in pulses(run_dir) if pulse.is_alive}
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    began, first = time.monotonic(), len(news.stories)
    for _ in range(N_FEEDS):
        news.publish()
    while time.monotonic() - began < RESTART_SECONDS:
        well = {
            pulse.service for pulse in pulses(run_dir) if pulse.is_well and pulse.pid not in killed
        }
        untold = [story.name for story in news.stories[first:] if story.told is None]
        if not untold and well == set(SERVICES):
            return []
        time.sleep(1.0)
    missing = (
        f"not well: {', '.join(sorted(set(SERVICES) - well)) or 'none'}; "
        f"untold articles: {len(untold)}"
    )
    return [f"{RESTART_SECONDS:.0f} s after kill -9 of every service: {missing}"]


def unindexed(news: News, folder: Path) -> list[Story]:
    """Return the articles that Elasticsearch does not hold,
    after a wait for those that are late.
    """
    until = time.monotonic() + LAST_SECONDS
    while missing := [story for story in news.stories if story.title not in indexed(folder)]:
        if time.monotonic() > until:
            break
        time.sleep(1.0)
    return missing


def indexed(folder: Path) -> set[str]:
    """Return the titles of the normal articles that Elasticsearch holds."""
    lines = [
        json.loads(line)
        for line in (folder / "up.log").read_text().splitlines()
        if line.startswith("{")
    ]
    elastic = next(line["elasticsearch"] for line in lines if line["event"] == "running")
    outlets = ",".join(f'"Herald {n}"' for n in range(N_FEEDS))
    query = (
        f'{{"size": 10000, "_source": ["title"], "query": {{"terms": {{"outlet": [{outlets}]}}}}}}'
    )
    with urlopen(
        f"{elastic}/articles*/_search?source_content_type=application/json&source={_quoted(query)}"
    ) as answer:
        return {hit["_source"]["title"] for hit in json.load(answer)["hits"]["hits"]}


def _quoted(text: str) -> str:
    return quote(text)


def _tail(path: Path, n: int) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-n:]) if path.exists() else ""


def show_services(watched: Watched, folder: Path, console: Console) -> list[str]:
    """Print a row a service. Returns what is wrong."""
    well = dict.fromkeys(SERVICES, True)
    states = defaultdict(list)
    for pulse in pulses(folder / "data" / "run"):
        if pulse.is_alive:
            states[pulse.service].append(pulse.state)
            well[pulse.service] &= pulse.is_well
    table = Table(
        "service", "process", "restarts", "state", "most memory", "limit", title="Services"
    )
    wrong = []
    for service, limit in limits().items():
        restarts, used = max(0, len(watched.pids[service]) - 1), watched.most[service]
        state = ", ".join(sorted(set(states[service]))) or "gone"
        row = (service, " ".join(map(str, sorted(watched.pids[service]))), str(restarts), state)
        table.add_row(*row, f"{used / 2**20:,.0f} MB", f"{limit / 2**20:,.0f} MB")
        if not states[service] or not well[service]:
            wrong.append(f"{service} is not well at the end: {state}")
        if restarts:
            wrong.append(f"{service} ended {restarts} times")
        if used > limit:
            wrong.append(
                f"{service} took {used / 2**20:,.0f} MB, its container has {limit / 2**20:,.0f} MB"
            )
    console.print(table)
    return wrong


def show_hosts(title: str, hosts: Sequence[Host], console: Console, at_least: int) -> list[str]:
    """Print how often each hostile host was asked. Returns what is wrong."""
    table, now, wrong = Table("attack", "asked", "last, s ago", title=title), time.monotonic(), []
    for host in hosts:
        ago = f"{now - host.asked_at[-1]:.0f}" if host.asked_at else "never"
        table.add_row(host.name, str(len(host.asked_at)), ago)
        if len(host.asked_at) < (min(at_least, 1) if host.name in ONCE else at_least):
            wrong.append(f"{title.lower()}: {host.name!r} was asked {len(host.asked_at)} times")
    console.print(table)
    return wrong


def show_news(news: News, folder: Path, console: Console) -> list[str]:
    """Print what became of the normal articles. Returns what is wrong."""
    seconds = sorted(story.seconds for story in news.stories if story.seconds is not None)
    lost = [story.name for story in news.stories if story.told is None]
    late = [s for s in seconds if s > LATEST_SECONDS]
    missing = unindexed(news, folder)
    table = Table(
        "published",
        "told",
        "median",
        "longest",
        f"over {LATEST_SECONDS:.0f} s",
        "indexed",
        title="Normal articles",
    )
    median, longest = (
        (f"{seconds[len(seconds) // 2]:.1f} s", f"{seconds[-1]:.1f} s") if seconds else ("-", "-")
    )
    n = len(news.stories)
    table.add_row(str(n), str(len(seconds)), median, longest, str(len(late)), str(n - len(missing)))
    console.print(table)
    first = news.stories[0].published
    for story in news.stories:
        if story.seconds is None or story.seconds > LATEST_SECONDS:
            told = "never" if story.seconds is None else f"after {story.seconds:.1f} s"
            console.print(
                f"  {story.name}, published at {story.published - first:.0f} s, was told {told}"
            )
    wrong = [f"{len(lost)} articles were never told, the first of {lost[0]}"] if lost else []
    wrong += (
        [f"{len(late)} articles were told after more than {LATEST_SECONDS:.0f} s"] if late else []
    )
    if missing:
        wrong.append(
            f"{len(missing)} articles are not in Elasticsearch, the first of {missing[0].name}"
        )
    return wrong


def _events(folder: Path) -> list[str]:
    """Return the lines of the logs that tell of ends and errors,
    each kind once, with how often it came.
    """
    seen: dict[tuple[str, str, str], list[Any]] = {}
    for path in sorted([folder / "up.log", *(folder / "data" / "logs").glob("*.log")]):
        for line in path.read_text(errors="replace").splitlines():
            row = json.loads(line) if line.startswith("{") and line.endswith("}") else {}
            if row.get("level") in ("error", "critical") or "started again" in str(
                row.get("event")
            ):
                key = (path.name, str(row.get("event")), str(row.get("name", "")))
                seen.setdefault(key, [0, line])[0] += 1
            elif line.startswith("reportedly: "):
                seen.setdefault((path.name, line[:60], ""), [0, line])[0] += 1
    return [f"{file} ×{n}: {line[:500]}" for (file, _, _), (n, line) in seen.items()]


@click.command()
@click.option("--minutes", default=5.0, show_default=True, help="How long the attack lasts.")
@click.option(
    "--only", multiple=True, help="Only attacks whose names hold this; may be given again."
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where data and logs stay (default: a folder that is removed).",
)
def main(minutes: float, only: tuple[str, ...], folder: Path | None) -> None:
    """Attack one running system and print how it stood."""

    def chosen(name: str) -> bool:
        return not only or any(word in name for word in only)

    warm()
    news, watched, console = News(), Watched(), Console(width=110)
    addresses = (f"127.0.{2 + n // 200}.{1 + n % 200}" for n in range(400))
    feeds = [Host(f"Herald {n}", partial(news.feed, n), next(addresses)) for n in range(N_FEEDS)]
    attacks = [
        Host(name, answer, next(addresses)) for name, answer in FEEDS.items() if chosen(name)
    ]
    bad = [
        Host(name, answer, next(addresses)) for name, answer in RECEIVERS.items() if chosen(name)
    ]
    good = Host("good", news.receive, next(addresses))
    with tempfile.TemporaryDirectory(prefix="hostile-") as own:
        at = (folder or Path(own)).resolve()
        at.mkdir(parents=True, exist_ok=True)
        polled = [
            *((host, POLL_SECONDS) for host in feeds),
            *((host, HOSTILE_POLL_SECONDS) for host in attacks),
        ]
        with running(at, polled, [*islice(bad, 5), good, *islice(bad, 5, None)]) as process:
            wait_until_running(process, at)
            play(news, watched, at, minutes, process)
            wrong = show_services(watched, at, console)
            wrong += show_hosts("Feeds", attacks, console, MIN_POLLS)
            wrong += show_hosts("Receivers", bad, console, 0)
            wrong += show_news(news, at, console)
            after = kill_all(news, at)
            console.print(
                f"After kill -9 of every service: {'all is well again' if not after else after[0]}"
            )
            wrong += after
        events = _events(at)
    console.print("Errors in the logs:" if events else "No errors in the logs.")
    for line in events:
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    for line in wrong:
        console.print(f"FAILED: {line}", markup=False, style="bold red")
    console.print("held" if not wrong else f"{len(wrong)} failures", style="bold")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
