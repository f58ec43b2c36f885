"""CPU time and memory of a running system, by service, and what its receivers were told."""

import json
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from services.commands.system import SERVICES

LOOK_SECONDS = 1.0
_BY_VERB = {verb: name for name, verb in SERVICES.items()}
ENGINES = {"kafka.Kafka": "Kafka", "org.elasticsearch": "Elasticsearch"}
"""A word of an engine's command line, and its name."""


def name_of(command: Sequence[str]) -> str | None:
    """Return the part of the system that a command line starts; None: that of its parent."""
    if "services" in command and (verb := command[-1]) in _BY_VERB:
        return _BY_VERB[verb]
    whole = " ".join(command)
    if "bench." in whole and "-m" in command:
        return "bench"
    return next((name for word, name in ENGINES.items() if word in whole), None)


@dataclass
class Usage:
    """The processes below one, looked at each second: CPU seconds, and the most memory.

    - `cpu`: process to CPU seconds. `part_of`: process to part. `most`: part to bytes (PSS).
    - `memory`: process to bytes, at the last look. `own`: those that a part begins with; the others
      are their workers.
    """

    root: int
    cpu: dict[int, float] = field(default_factory=dict)
    part_of: dict[int, str] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    memory: dict[int, int] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Look each second, in a thread."""
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def look(self) -> None:
        used: dict[str, int] = defaultdict(int)
        now: dict[int, int] = {}
        self._below(psutil.Process(self.root), "bench", used, now)
        for part, size in used.items():
            self.most[part] = max(self.most.get(part, 0), size)
        self.memory = now

    def by_part(self) -> dict[str, float]:
        """Return the CPU seconds of each part since its start."""
        total: Counter[str] = Counter()
        for pid, seconds in list(self.cpu.items()):
            total[self.part_of[pid]] += seconds  # type: ignore[assignment] # counts of seconds
        return dict(total)

    def _below(
        self, process: psutil.Process, part: str, used: dict[str, int], now: dict[int, int]
    ) -> None:
        try:
            times, size = process.cpu_times(), process.memory_full_info().pss
            self.part_of[process.pid] = part
            self.cpu[process.pid] = times.user + times.system
            used[part] += size
            now[process.pid] = size
            for child in process.children():
                name = name_of(child.cmdline())
                if name is not None:
                    self.own.add(child.pid)
                self._below(child, name or part, used, now)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return  # it has ended meanwhile

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            self.look()


def spent(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Return the CPU seconds of each part between two looks."""
    return {part: seconds - before.get(part, 0.0) for part, seconds in sorted(after.items())}


@dataclass
class Told:
    """What came to the receivers, as `whole_world.py` has noted it.

    - `first`: watch to the time of its first alert. `n_first`: watch to the number of them.
    - `ids`: each webhook id with how often it came. `later`: posts of later revisions.
    """

    file: Path
    first: dict[str, float] = field(default_factory=dict)
    n_first: Counter[str] = field(default_factory=Counter)
    ids: Counter[str] = field(default_factory=Counter)
    later: int = 0
    _read: int = 0

    def read(self) -> "Told":
        """Take what was noted since the last time."""
        with self.file.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                watch, kind, id, at = json.loads(line)
                self.ids[id] += 1
                if kind in ("alert.first", "peer"):
                    self.n_first[watch] += 1
                    self.first.setdefault(watch, at)
                else:
                    self.later += 1
        return self

    def missing(self, wanted: Iterable[str]) -> list[str]:
        return [watch for watch in wanted if watch not in self.first]

    def doubled(self, wanted: Iterable[str]) -> list[str]:
        """Return the watches whose first alert came more than once."""
        return [watch for watch in wanted if self.n_first[watch] > 1]

    def n_repeats(self) -> int:
        """Return how many posts came again under the same id."""
        return sum(n - 1 for n in self.ids.values())


def quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile by the nearest rank; infinite of none."""
    ordered = sorted(values)
    at = min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))
    return ordered[at] if ordered else float("inf")
