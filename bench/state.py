"""State of tracker and alerter as days go by: memory, cost, bytes written, and restarts.

Made-up tagged articles of so many days pass through the machines of both services, without Kafka.
Each service is a process of its own with all its partitions, so its memory is told apart. One broad
watch is hit all day. Rows are kept after every 50 articles; a restart goes on from them, and then
one reads all rows.

examples:
  python bench/state.py --articles-a-day 10000 --days 4
  python bench/state.py --articles-a-day 2000 --days 12 --horizon 2
  python bench/state.py --articles-a-day 100000 --days 0.4 --every 10000
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain, count, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.state_sides import KEPT, SIDES, Process
from bench.state_stream import PLACES, Stream
from services.messages import TaggedArticle, encode

BATCH = 50
"""Articles that pass at once."""


def run(options: argparse.Namespace, folder: Path) -> None:
    """Print the figures of each day, or of each part, then those of a restart."""
    horizon = timedelta(days=options.horizon)
    tracker, alerter = (Process(name, folder, horizon) for name in SIDES)
    memory: dict[str, list[float]] = {name: [] for name in SIDES}
    start, n_claims, n_alerts = time.perf_counter(), 0, 0
    for n, batch in enumerate(_batches(options), 1):
        articles = [encode(article) for article in batch]
        claims = tracker.ask((batch[-1].seen_at, articles))
        n_alerts += alerter.ask((batch[-1].seen_at, articles, claims))
        n_claims += len(claims)
        if n * BATCH % (options.every or options.articles_a_day):
            continue
        print(
            f"day {n * BATCH / options.articles_a_day:g}: {n_claims:,} claim updates, "
            f"{n_alerts:,} alerts, {time.perf_counter() - start:.0f} s"
        )
        start, n_claims, n_alerts = time.perf_counter(), 0, 0
        for name, side in (("tracker", tracker), ("alerter", alerter)):
            figures, mib = side.ask(None)
            memory[name].append(mib)
            print(f"  {name}: {mib:.0f} MiB{_slope(memory[name])}")
            for what, (median, p99, n_bytes, number) in figures.items():
                print(
                    f"    {what}: {median:.2f} ms, p99 {p99:.2f} ms, "
                    f"{n_bytes / 1000:.1f} kB written ({number:,})"
                )
        sys.stdout.flush()
    for side in (tracker, alerter):
        side.close()
    for how in ("kept rows", "no kept rows"):
        for name in SIDES:
            again = Process(name, folder, horizon)
            n, seconds, mib = again.ask("restart")
            print(f"{name}: a restart with {how} reads {n:,} in {seconds:.1f} s, {mib:.0f} MiB")
            again.close()
        shutil.rmtree(folder / KEPT)


def _batches(options: argparse.Namespace) -> Iterator[list[TaggedArticle]]:
    """Yield the articles of all days."""
    stream = Stream(options.articles_a_day, options.hits_a_day, options.places)
    articles = chain.from_iterable(map(stream.day, count()))
    for _ in range(round(options.days * options.articles_a_day / BATCH)):
        yield list(islice(articles, BATCH))


def _slope(memory: Sequence[float]) -> str:
    if len(memory) < 2:
        return ""
    return f" ({100 * (memory[-1] / memory[-2] - 1):+.1f} % since the last)"


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles-a-day", type=int, default=2_000)
    parser.add_argument("--days", type=float, default=4, help="or a part of one")
    parser.add_argument("--every", type=int, help="articles between two figures: by default a day")
    parser.add_argument(
        "--horizon", type=int, default=2, help="days that hits stay, and articles of claims"
    )
    parser.add_argument("--places", type=int, default=PLACES, help="in which things happen")
    parser.add_argument("--hits-a-day", type=int, default=1_440, help="one a minute by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(options, Path(folder))


if __name__ == "__main__":
    main()
