"""What is seen of a system under attack: when its articles are told, and what its services take."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bench.hostile_attacks import item, names, rss
from bench.hostile_server import Asked
from services.runtime.health import SERVICES, pulses

N_FEEDS = 6
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
