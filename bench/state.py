"""State of tracker and alerter as days go by: memory, cost, bytes written, and restarts.

Made-up tagged articles of so many days pass through the machines of both services, without Kafka.
Each service is a process of its own with all its partitions, so its memory is told apart. One broad
watch is hit all day. Latest rows of state are kept in a file, from which the restart reads.

examples:
  python bench/state.py --articles-a-day 10000 --days 4
  python bench/state.py --articles-a-day 2000 --days 8 --horizon 2
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.state_sides import SIDES, Process
from bench.state_stream import Stream
from services.messages import encode

BATCH = 50
"""Articles that pass between two looks at the clock."""


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
