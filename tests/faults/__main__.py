"""Seeded schedules of faults on a real Kafka and a real Elasticsearch, judged by an oracle.

Each schedule has topics and indices of its own, a stream of stories, the services as processes, and
faults drawn from its seed. What comes of it is compared with what the pure machines make of the
input. A naive pipeline suffers the same beside it. Results are appended to a file. Ctrl-C gives up
the schedules under way and ends in ten seconds, a second one at once.

examples:
  make faults ARGS="--schedules 200"                 # goes on where it was ended
  make faults ARGS="--seed 17"                       # one schedule, again; its folder stays
  make faults ARGS="--kind 'Kafka paused' --schedules 5"
  make faults ARGS="--report"                        # the table of what has been played
"""

import argparse
import queue
import shlex
import shutil
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from faults.ending import Ending, wake_descendants
from faults.engines import Ours, own_engines
from faults.material import Library, library
from faults.nursery import Nursery
from faults.play import Result, Stage, play
from faults.report import append, read, summary, table
from faults.schedule import KINDS, Schedule, draw
from receivers.shore import Shore

AT_A_TIME = 2
"""Schedules that run at a time: most of one is waiting."""


def main() -> int:
    """Play what is asked for. Return 1 if a schedule went wrong."""
    options = _options()
    folder = options.folder.expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    results = folder / "results.jsonl"
    if not options.report:
        seeds = _seeds(options, {result.seed for result in read(results)})
        ending = Ending(partial(_farewell, results, seeds))
        ending.install()
        try:
            _run(options, folder, results, seeds)
        except KeyboardInterrupt:
            ending.leave()
    found = read(results)
    if options.seed is not None:
        found = [result for result in found if result.seed == options.seed]
    if not found:
        print("nothing has been played yet")
        return 0
    print(table(found), summary(found), sep="\n\n")
    return 0 if all(result.is_good for result in found) else 1


def _farewell(results: Path, seeds: Sequence[int]) -> None:
    """Print what has been played, and how to go on."""
    found = read(results)
    if found:
        print(table(found), summary(found), sep="\n\n")
    n = len({result.seed for result in found}.intersection(seeds))
    command = shlex.join(sys.argv[1:])
    again = f"make faults ARGS={shlex.quote(command)}" if command else "make faults"
    print(f"\nended: {n} of {len(seeds)} schedules have a result, kept in {results}")
    print(f"to go on: {again}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make faults", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--schedules", type=int, default=20, help="how many there are to be (20)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (0)")
    parser.add_argument("--seed", type=int, help="play this one alone, also if it was played")
    parser.add_argument("--kind", choices=KINDS, help="only schedules of this kind")
    parser.add_argument(
        "--anew", action="store_true", help="play seeds again that have a result already"
    )
    parser.add_argument("--no-naive", action="store_true", help="without the naive pipeline")
    parser.add_argument("--report", action="store_true", help="only print what has been played")
    parser.add_argument("--at-a-time", type=int, default=AT_A_TIME, help=f"({AT_A_TIME})")
    parser.add_argument(
        "--folder", type=Path, default=Path("/var/tmp/reportedly-faults"),
        help="for engines, logs, and results.jsonl (/var/tmp/reportedly-faults)",
    )  # fmt: skip
    return parser.parse_args()


def _seeds(options: argparse.Namespace, played: set[int]) -> list[int]:
    if options.seed is not None:
        return [options.seed]
    seeds: list[int] = []
    seed = options.first
    while len(seeds) < options.schedules:
        if options.kind is None or draw(seed).kind == options.kind:
            seeds.append(seed)
        seed += 1
    return seeds if options.anew else [seed for seed in seeds if seed not in played]


def _run(options: argparse.Namespace, folder: Path, results: Path, seeds: Sequence[int]) -> None:
    if not seeds:
        return
    print(f"{len(seeds)} schedules to play; logs and results: {folder}", flush=True)
    stories = library(folder)
    n = 1 if options.seed is not None else options.at_a_time
    with Nursery() as nursery, Shore() as shore, own_engines(folder / "engines", n) as ours:
        shore.keeps_requests = False
        stage = Stage(nursery, shore, folder, ours)
        try:
            _Players(stage, stories, results, not options.no_naive).play(ours, seeds)
        except KeyboardInterrupt:
            nursery.end()
            wake_descendants()
            raise


class _Players:
    """Plays schedules, one for each place at a time. Those of an engine's faults run alone."""

    def __init__(self, stage: Stage, stories: Library, results: Path, naive: bool) -> None:
        self._stage, self._stories, self._results, self._naive = stage, stories, results, naive
        self._lock = threading.Lock()
        self._n = 0

    def play(self, ours: Ours, seeds: Sequence[int]) -> None:
        """Play all, twenty at a time: first those that may run together, then the others."""
        self._total = len(seeds)
        for at in range(0, len(seeds), len(KINDS)):
            schedules = [draw(seed) for seed in seeds[at : at + len(KINDS)]]
            left: queue.SimpleQueue[Schedule] = queue.SimpleQueue()
            for schedule in schedules:
                if not schedule.is_exclusive:
                    left.put(schedule)
            self._together([partial(self._take, left, n) for n in range(len(ours.places))])
            for schedule in schedules:
                if schedule.is_exclusive:
                    self._together([partial(self._one, schedule, 0)])

    def _together(self, jobs: Sequence[Callable[[], None]]) -> None:
        """Return when all have ended.

        They have threads of their own, which Ctrl-C leaves behind: it is for this thread alone.
        """
        threads = [threading.Thread(target=job, daemon=True) for job in jobs]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(1.0)  # A join without end would not hear Ctrl-C.
        except KeyboardInterrupt:
            self._lock.acquire()  # Never let go: no result is half written, and none comes now.
            raise

    def _take(self, left: "queue.SimpleQueue[Schedule]", place: int) -> None:
        while True:
            try:
                schedule = left.get_nowait()
            except queue.Empty:
                return
            self._one(schedule, place)

    def _one(self, schedule: Schedule, place: int) -> None:
        assert self._stage.ours
        stuff = self._stories.draw(schedule.seed)
        try:
            result = play(
                schedule, stuff, self._stage.ours.places[place], self._stage, naive=self._naive
            )
        except Exception:  # noqa: BLE001 - told; the seed has no result, so it is played again
            with self._lock:
                print(f"seed {schedule.seed} was not played:", file=sys.stderr)
                traceback.print_exc()
            return
        with self._lock:
            append(self._results, result)
            self._tell(result)

    def _tell(self, result: Result) -> None:
        self._n += 1
        wrong = [f"{name}: {len(rows)}" for name, rows in result.verdict.items() if rows]
        wrong += [f"told twice: {result.twice}"] if result.twice else []
        wrong += result.crashes
        naive = ", ".join(f"{v} {k}" for k, v in result.naive.items())
        print(
            f"{self._n}/{self._total} seed {result.seed} {result.kind}: {result.seconds:.0f} s, "
            f"{'; '.join(wrong) or 'good'} [naive: {naive or 'not asked'}]",
            flush=True,
        )
        if result.is_good:
            for folder in self._stage.folder.glob(f"s{result.seed}-*"):
                shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
