"""An hour of steady news through a whole system: the memory of no process may keep growing.

    python -m bench.soak [--minutes 60] [--rate 6] [--warm 12000] [--articles FILE.jsonl.gz]

Before the hour, so many articles pass that every cache is full. Then the proportional set size of
every process is noted each two seconds. Its slope is that of Theil and Sen: the median of the
slopes between all pairs, so that a collection, a merge, or a burst moves it little. Judged is the
slope's lower bound (95 %, after Sen 1968): a process fails only if it surely grows. A tagger's
worker grows until a new one takes its place: judged is the most that it ever had. Exit code 1 if a
process is beyond its bound, if one was restarted, or if an alert was lost or doubled.
"""

import math
import sys
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import measured
from bench.whole import LATE_SECONDS, tag, warm
from bench.whole_news import made_news
from bench.whole_system import Bench, Plan, running
from services.commands.system import SERVICES

EVERY_SECONDS = 2.0
WARM_ARTICLES = 12_000
"""Articles before memory counts: as many as the tracker keeps in memory (its MOST_LIVE).

The caches of words are full by then, too, and the engines' heaps have found their size.
"""

MOST_POINTS = 200
"""Points of a process that are compared in pairs: medians of equal stretches of time."""

Z = 1.96
"""Of the normal distribution at 95 %, both sides."""

SERVICE_MB_AN_HOUR, ENGINE_MB_AN_HOUR = 20.0, 100.0
"""The bounds. A service with 20 MB more an hour fills its container (0.5 to 2 GB) in a day or more;
state of claims and alerts is on disk, and what is in memory of it has a bound. An engine has a
fixed heap, and its pages of files grow with what is written."""

WORKER_MB = {"tagger": 800.0}
"""The most that a worker may have. An idle one of the tagger has 408 MB, and leaves when it has
grown by .625 (`services.runtime.workers.RENEW_SHARE`) of 537 MB, which are 336; the next share
of articles is still done meanwhile."""


@dataclass(frozen=True)
class Slope:
    """MB an hour: the median of the slopes of all pairs, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def slope(points: Sequence[tuple[float, float]]) -> Slope:
    """Return the slope of (seconds, bytes). Source: Theil 1950; interval by Sen 1968."""
    pairs = combinations(_thinned(points), 2)
    slopes = sorted((b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs if b[0] != a[0])
    if not slopes:
        return Slope(0.0, -math.inf, math.inf)
    n = len(_thinned(points))
    spread = Z * math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    last = len(slopes) - 1
    low = slopes[max(0, math.floor((len(slopes) - spread) / 2))]
    high = slopes[min(last, math.ceil((len(slopes) + spread) / 2))]
    return Slope(*(each * 3600 / 1e6 for each in (slopes[len(slopes) // 2], low, high)))


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return at most MOST_POINTS points: the middle one, by size, of each stretch."""
    size = max(1, math.ceil(len(points) / MOST_POINTS))
    stretches = [points[i : i + size] for i in range(0, len(points), size)]
    return [(stretch[len(stretch) // 2][0], _middle(stretch)) for stretch in stretches]


def _middle(stretch: Sequence[tuple[float, float]]) -> float:
    return sorted(size for _, size in stretch)[len(stretch) // 2]


@dataclass(frozen=True)
class Judged:
    """A process: its part, MB at the end and at most, growth, and whether it may be replaced."""

    part: str
    pid: int
    last: float
    most: float
    slope: Slope
    is_worker: bool

    @property
    def bound(self) -> str:
        """In words, for people."""
        if self.is_worker:
            return f"{WORKER_MB[self.part]:.0f} at most"
        return f"{bound_of(self.part):.0f} an hour"

    @property
    def fault(self) -> str | None:
        """What is wrong with it, for people."""
        if self.is_worker:
            is_within = self.most <= WORKER_MB[self.part]
            said = f"had {self.most:.0f} MB"
        else:
            is_within = self.slope.low <= bound_of(self.part)
            said = f"grows by {self.slope.value:.0f} MB an hour, at least {self.slope.low:.0f}"
        return None if is_within else f"{self.part} ({self.pid}) {said}"


def bound_of(part: str) -> float:
    """Return the MB an hour that a process of a part may grow."""
    return SERVICE_MB_AN_HOUR if part in SERVICES else ENGINE_MB_AN_HOUR


def judged(
    points: Mapping[int, Sequence[tuple[float, float]]],
    part_of: Mapping[int, str],
    own: Collection[int],
) -> list[Judged]:
    """Return each process by its part and number. `own` are those that are no workers.

    Processes of the bench itself are left out, and those with too few points to tell anything.
    """
    rows = []
    for pid, seen in sorted(points.items(), key=lambda row: (part_of[row[0]], row[0])):
        part, sizes = part_of[pid], [size / 1e6 for _, size in seen]
        if part != "bench" and len(seen) >= 10:
            is_worker = part in WORKER_MB and pid not in own
            rows.append(Judged(part, pid, sizes[-1], max(sizes), slope(seen), is_worker))
    return rows


def play(
    bench: Bench, plan: Plan, warm_seconds: float
) -> tuple[dict[int, list[tuple[float, float]]], list[str]]:
    """Publish the plan. Return the memory of each process after the warm-up, and what is wrong."""
    began, seconds = time.monotonic(), len(plan.news) / plan.rate
    points, at_warm = dict[int, list[tuple[float, float]]](), set[int]()
    bench.begin()
    while (now := time.monotonic() - began) < seconds:
        if bench.system.stop.wait(EVERY_SECONDS):
            raise KeyboardInterrupt
        if int(now) % 60 < EVERY_SECONDS:
            told = len(bench.told.read().first)
            click.echo(f"  {now / 60:.0f} of {seconds / 60:.0f} minutes, {told} told", err=True)
        if now < warm_seconds:
            at_warm = _services(bench)
            continue
        for pid, size in bench.usage.memory.items():
            points.setdefault(pid, []).append((now, size))
    wrong = [] if at_warm <= _services(bench) else ["a process of a service ended"]
    marks = [each.mark for each in plan.news]
    bench.wait_for(marks, LATE_SECONDS + 2 * plan.interval)
    reasons, wanted = bench.held_back(), [mark.lower() for mark in marks]
    lost = [watch for watch in bench.told.missing(wanted) if watch not in reasons]
    wrong += [f"{len(lost)} alerts never came, such as {lost[0]}"] if lost else []
    doubled = bench.told.doubled(wanted)
    return points, [*wrong, *([f"{len(doubled)} first alerts came twice"] if doubled else [])]


def _services(bench: Bench) -> set[int]:
    """Return the processes of services that run now, without their workers.

    A worker that has grown is replaced by plan.
    """
    usage = bench.usage
    return {
        pid for pid in list(usage.memory) if pid in usage.own and usage.part_of[pid] in SERVICES
    }


@click.command()
@click.option("--minutes", default=60.0, show_default=True, help="After the warm-up.")
@click.option("--warm", default=WARM_ARTICLES, show_default=True, help="Articles of the warm-up.")
@click.option("--rate", default=6.0, show_default=True, help="Articles a second.")
@click.option(
    "--articles",
    type=click.Path(path_type=Path, exists=True),
    help="JSON Lines with `title` and `text`, may be gzipped (default: made-up news).",
)
@click.option("--feeds", "n_feeds", default=1_000, show_default=True)
@click.option("--watches", "n_watches", default=20_000, show_default=True)
@click.option("--record", "is_recorded", is_flag=True, help="Write bench/measured.json.")
def main(**given: Any) -> None:  # fmt: skip
    """Run a system for an hour and judge the growth of every process."""
    minutes, rate, console = given["minutes"], given["rate"], Console(width=110)
    n = given["warm"] + round(60 * minutes * rate)
    news = made_news(given["articles"], n + 1)
    plan = Plan(news[:n], rate, given["n_feeds"], given["n_watches"], later=news[n:])
    last = tag(plan.later)[0]
    folder = tempfile.TemporaryDirectory(prefix="soak-", dir="/var/tmp")
    with folder as own, running(plan, Path(own)) as bench:
        warm(bench, last)
        points, wrong = play(bench, plan, given["warm"] / rate)
        rows = judged(points, bench.usage.part_of, bench.usage.own)
    table = Table("process", "pid", "MB at the end", "at most", "MB an hour", "95 %", "bound")
    for row in rows:
        interval = f"{row.slope.low:.1f} to {row.slope.high:.1f}"
        sizes = f"{row.last:,.0f}", f"{row.most:,.0f}", f"{row.slope.value:.1f}"
        table.add_row(row.part, str(row.pid), *sizes, interval, row.bound)
    console.print(table)
    wrong += [row.fault for row in rows if row.fault]
    if given["is_recorded"]:
        grown = {f"{row.part} {row.pid}": round(row.slope.value, 1) for row in rows}
        measured.record("soak", {"minutes": minutes, "MB an hour": grown})
    for line in wrong:
        console.print(f"FAILED: {line}", markup=False, style="bold red")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
