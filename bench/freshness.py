"""The mean delay of entries: intervals by rhythm beside a fixed one, with as many requests.

    python bench/freshness.py [--feeds 200] [--days 20] [--mean 1200] [--seed 7] [--times FILE]

Times of publication are made by seed: feeds that publish around the clock, by day, each hour, once
a day at about the same time, in bursts, and hardly ever. `--times` takes real ones from a file, a
JSON line a feed: `{"feed": "herald", "times": [seconds since 1970, …]}`. The last `--days` of each
feed count; shorter ones are repeated by whole days, so that the hours stay. The first half of the
time is for learning; the second half counts. The delay of an entry is the time until the next poll
of its feed.
"""

import argparse
import heapq
import json
import math
import random
import sys
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from services.messages import Rhythm
from services.poller import rhythm
from services.poller.schedule import JITTER

GOAL = 0.5
"""The most mean delay, as a share of the fixed interval's."""

START = datetime(2031, 5, 1, tzinfo=UTC)
DAY = 86_400.0
KINDS = ("steady", "daytime", "hourly", "daily", "bursts", "rare")
SHARES = (0.05, 0.30, 0.05, 0.25, 0.10, 0.25)
"""Kinds of feeds and their shares: an assumption. The figures are printed for each kind too."""


def published(kind: str, days: float, chance: random.Random) -> list[float]:
    """Return the times of a feed's entries, in seconds from the start."""
    end, times = days * DAY, list[float]()
    hour = chance.uniform(5, 20)
    if kind == "hourly":
        minute = chance.uniform(0, 60)
        times = [3600 * n + 60 * minute + chance.gauss(0, 60) for n in range(round(days * 24))]
    elif kind == "daily":
        times = [DAY * n + 3600 * hour + chance.gauss(0, 1200) for n in range(round(days))]
    elif kind == "bursts":
        at = 0.0
        while (at := at + chance.expovariate(1 / (2 * DAY))) < end:
            times += [at + chance.expovariate(1 / 2400) for _ in range(chance.randint(4, 15))]
    else:
        a_day = {
            "steady": chance.lognormvariate(3.4, 0.8),
            "daytime": chance.lognormvariate(1.8, 0.9),
            "rare": 0.1,
        }[kind]
        at = 0.0
        while (at := at + chance.expovariate(a_day / DAY)) < end:
            times.append(at)
        if kind == "daytime":
            times = [
                DAY * (t // DAY) + 3600 * min(max(chance.gauss(hour, 3), 0), 24) for t in times
            ]
    return sorted(t for t in times if 0 <= t < end)


def made(n_feeds: int, days: float, seed: int) -> tuple[list[str], list[list[float]]]:
    """Return the kinds of so many feeds, and the times of each."""
    chance = random.Random(seed)
    kinds = chance.choices(KINDS, SHARES, k=n_feeds)
    return kinds, [published(kind, days, chance) for kind in kinds]


def read(path: Path, days: float) -> list[list[float]]:
    """Return the times of the feeds in a file, in seconds from the start of so many days."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [replayed(row["times"], days) for row in rows if row["times"]]


def replayed(times: Sequence[float], days: float) -> list[float]:
    """Return the last times of a feed, from a midnight on, repeated by whole days."""
    last = max(times)
    end = DAY * (last // DAY + 1)
    since = max(end - DAY * math.ceil(days), DAY * (min(times) // DAY))
    kept = [time - since for time in times if time >= since]
    n_copies = math.ceil(days * DAY / (end - since))
    copies = (time + copy * (end - since) for copy in range(n_copies) for time in kept)
    return sorted(time for time in copies if time < days * DAY)


def adaptive(
    feeds: Sequence[list[float]], days: float, mean: float, seed: int
) -> list[list[float]]:
    """Return the times at which each feed is polled by its rhythm."""
    chance, end = random.Random(seed), days * DAY
    known: list[Rhythm | None] = [None] * len(feeds)
    polls: list[list[float]] = [[] for _ in feeds]
    line = [(chance.uniform(0, mean), n) for n in range(len(feeds))]
    heapq.heapify(line)
    pace, tuned_at = 0.0, -DAY
    while line and line[0][0] < end:
        now, n = heapq.heappop(line)
        at = START + timedelta(seconds=now)
        if now - tuned_at >= 600:
            pace = rhythm.pace([rhythm.weight(one, at) for one in known], mean)
            tuned_at = now
        last = polls[n][-1] if polls[n] else -1.0
        new = feeds[n][bisect_right(feeds[n], last) : bisect_right(feeds[n], now)]
        polls[n].append(now)
        if new or known[n] is None:
            times = [START + timedelta(seconds=time) for time in new]
            known[n] = rhythm.learned(known[n], times, at)
        wait = rhythm.interval(rhythm.weight(known[n], at), pace, mean)
        heapq.heappush(line, (now + wait * (1 + JITTER * chance.uniform(-1, 1)), n))
    return polls


def fixed(n_feeds: int, days: float, interval: float, seed: int) -> list[list[float]]:
    """Return the times at which each feed is polled at one interval."""
    chance, polls = random.Random(seed), []
    for _ in range(n_feeds):
        now, times = chance.uniform(0, interval), list[float]()
        while now < days * DAY:
            times.append(now)
            now += interval * (1 + JITTER * chance.uniform(-1, 1))
        polls.append(times)
    return polls


def delays(
    feeds: Sequence[list[float]], polls: Sequence[list[float]], since: float
) -> list[list[float]]:
    """Return the delays of the entries of each feed that came from `since` on and were found."""
    found = []
    for entries, asked in zip(feeds, polls, strict=True):
        places = [(time, bisect_right(asked, time)) for time in entries if time >= since]
        found.append([asked[place] - time for time, place in places if place < len(asked)])
    return found


def compared(
    feeds: Sequence[list[float]], days: float, mean: float, seed: int
) -> tuple[list[list[float]], list[list[float]], int, int]:
    """Return the delays by rhythm and at a fixed interval, and the requests of both."""
    half = days * DAY / 2
    ours = adaptive(feeds, days, mean, seed)
    n_ours = sum(time >= half for times in ours for time in times)
    # The interval at which as many requests are made in the half that counts.
    theirs = fixed(len(feeds), days, len(feeds) * half / n_ours, seed)
    n_theirs = sum(time >= half for times in theirs for time in times)
    return delays(feeds, ours, half), delays(feeds, theirs, half), n_ours, n_theirs


def main() -> int:
    """Print both, and return 1 if the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--days", type=float, default=20.0)
    parser.add_argument("--mean", type=float, default=1200.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--times", type=Path)
    given = parser.parse_args()
    if given.times:
        feeds = read(given.times, given.days)
        kinds = ["all"] * len(feeds)
    else:
        kinds, feeds = made(given.feeds, given.days, given.seed)
    ours, theirs, n_ours, n_theirs = compared(feeds, given.days, given.mean, given.seed)
    print(f"requests {n_ours} by rhythm, {n_theirs} at a fixed interval")
    for kind in sorted(set(kinds)) if len(set(kinds)) > 1 else []:
        told(kind, [n for n, other in enumerate(kinds) if other == kind], ours, theirs)
    return 1 if told("all", range(len(feeds)), ours, theirs) > GOAL else 0


def told(
    kind: str, which: Sequence[int], ours: Sequence[list[float]], theirs: Sequence[list[float]]
) -> float:
    """Print the mean delays of some feeds. Return ours as a share of the fixed interval's."""
    one = [delay for n in which for delay in ours[n]]
    other = [delay for n in which for delay in theirs[n]]
    if not one or not other:
        return 0.0
    means = sum(one) / len(one), sum(other) / len(other)
    print(
        f"{kind}: {len(which)} feeds, {len(one)} entries, mean delay {means[0]:.0f} s by rhythm, "
        f"{means[1]:.0f} s at a fixed interval: {means[0] / means[1]:.2f}"
    )
    return means[0] / means[1]


if __name__ == "__main__":
    sys.exit(main())
