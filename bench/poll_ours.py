"""Our side of `bench/poll.py`: the poller as it is, on a broker in memory.

    python -m bench.poll_ours N_FEEDS PORT INTERVAL SECONDS

Prints one JSON object.
"""

import json
import os
import random
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.poll_feeds import addresses
from services.adapters.clock import clock_from
from services.adapters.http import HttpFetcher, HttpPoster
from services.adapters.memory import MemoryBroker
from services.addresses import LOOPBACK
from services.messages import Feed, PageRules, encode
from services.poller.roster import FIRST_RATE
from services.poller.service import run
from services.ports import Outgoing, SearchIndex
from services.runtime import metrics
from services.runtime.logs import configure
from services.runtime.shutdown import SignalStop
from services.runtime.world import World
from services.settings import Settings


def cpu_seconds() -> float:
    """Return the CPU time of this process and of its children, also of those that still run."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    me = os.getpid()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == me:
            total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def n_polls() -> int:
    """Return the polls that came to an end."""
    return round(
        sum(
            metrics.value("reportedly_polls_total", outcome=outcome)
            for outcome in ("read", "unchanged", "failed")
        )
    )


def lags() -> dict[float, float]:
    """Return how many polls had a lag of at most each bound."""
    return {
        float(sample.labels["le"]): sample.value
        for family in metrics.REGISTRY.collect()
        for sample in family.samples
        if sample.name == "reportedly_poll_lag_seconds_bucket"
    }


def lag(share: float, before: dict[float, float]) -> float:
    """Return the bound below which this share of the lags since `before` lies."""
    rows = sorted((bound, n - before.get(bound, 0.0)) for bound, n in lags().items())
    total = max((n for _, n in rows), default=0.0)
    return next((bound for bound, n in rows if n >= share * total), 0.0)


def main(n_feeds: int, port: int, interval: float, seconds: float) -> None:
    """Poll for some seconds and print the figures."""
    broker, stop = MemoryBroker(), SignalStop()
    producer = broker.producer()
    feeds = list(addresses(n_feeds, port))
    random.Random(7).shuffle(feeds)
    for n, (temper, url) in enumerate(feeds):
        feed = Feed(
            feed_id=f"f{n}",
            url=url,
            outlet=temper,
            interval_seconds=interval,
            # The items have no pages, and the readers beside ours fetch none.
            pages=PageRules(fetch="never"),
        )
        producer.send(Outgoing("feeds", feed.feed_id, encode(feed)))
    producer.flush()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(run_dir=Path(folder), poll_interval_seconds=interval, log_level="error")
        configure(settings, "poller")
        world = World(
            settings=settings,
            clock=clock_from(""),
            broker=broker,
            search=cast(SearchIndex, None),
            fetcher=HttpFetcher("bench", LOOPBACK),
            poster=HttpPoster("bench", LOOPBACK),
            stop=stop,
        )
        thread = threading.Thread(target=run, args=(world,))
        began = cpu_seconds()
        thread.start()
        read_within = first_reading(thread, n_feeds, interval)
        # The last of them come to their schedule.
        time.sleep(interval)
        marks, before = [(n_polls(), cpu_seconds())], lags()
        first_cpu = marks[0][1] - began
        until = time.monotonic() + seconds
        while time.monotonic() < until and thread.is_alive():
            time.sleep(min(5.0, seconds / 10))
            marks.append((n_polls(), cpu_seconds()))
        stop.set()
        thread.join(60)
    n, cpu = marks[-1]
    third = max(1, len(marks) // 3)
    figures = {
        "polls": n,
        "first_seconds": read_within,
        "first_ms": first_cpu / max(1, marks[0][0]) * 1000,
        "cpu": cpu - began,
        "polls_per_cpu_second": n / (cpu - began),
        "ms_start": _ms(marks[0], marks[third]),
        "ms_end": _ms(marks[-1 - third], marks[-1]),
        "lag_p50": lag(0.5, before),
        "lag_p99": lag(0.99, before),
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures), flush=True)


def first_reading(thread: threading.Thread, n_feeds: int, interval: float) -> float:
    """Wait until nearly all feeds have been read once. Return the seconds that it took."""
    began = time.monotonic()
    patience = n_feeds / FIRST_RATE * 3 + 2 * interval
    while thread.is_alive() and time.monotonic() - began < patience:
        if metrics.value("reportedly_polls_total", outcome="read") >= 0.95 * n_feeds:
            break
        time.sleep(0.5)
    return time.monotonic() - began


def _ms(one: tuple[int, float], other: tuple[int, float]) -> float:
    return (other[1] - one[1]) / max(1, other[0] - one[0]) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
