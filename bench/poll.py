"""The poller against a local server on many loopback addresses, beside lemon24/reader.

    python -m venv peer && peer/bin/pip install 'reader>=3.24' sgmllib3k
    python bench/poll.py [--feeds 10000] [--interval 60] [--seconds 600] [--reader peer/bin/python]
        [--reader-feeds 1000] [--reader-seconds 180] [--json FILE]

After a first reading, each feed is asked every `--interval` seconds. 5 % of them answer after 3 s,
1 % never, 1 % refuse each third request for 90 s (five feeds on a host), 1 % redirect, 1 % end
early, 1 % change at each poll, and the others are unchanged. Most answers set a cookie. The
server's log proves that no host was asked before the time that it named, and no feed's polls
stopped. The figures of both sides are polls for each second of CPU time; the server's own CPU time
counts for neither. The peer gets the first `--reader-feeds` of them: it had not ended its first
round of 10,000 after 23 minutes of CPU time.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.poll_feeds import addresses
from services.poller.turns import MAX_IN_FLIGHT

ROOT = Path(__file__).parents[1]
PORT = 18_655
GOAL = 5.0
"""Times the polls for each CPU second of the peer."""

MOST_LAG = 5.0
"""Seconds within which 99 of 100 polls must begin."""


def early(rows: list[list[Any]]) -> int:
    """Return how many requests came to a host before the time that it had named."""
    free_at: dict[str, float] = {}
    n_early = 0
    for at, host, _, _, wait in rows:
        n_early += at < free_at.get(host, 0.0)
        if wait:
            free_at[host] = at + wait
    return n_early


def silent(rows: list[list[Any]], n_feeds: int, interval: float) -> int:
    """Return how many healthy feeds were not asked within two intervals before the end."""
    end = rows[-1][0]
    last = {(host, path): at for at, host, path, _, _ in rows}
    n = 0
    for temper, url in addresses(n_feeds, PORT):
        if temper in ("same", "slow", "changing"):
            host, _, path = url.removeprefix("http://").partition(":")
            n += end - last.get((host, "/" + path.partition("/")[2]), 0.0) > 2 * interval
    return n


def served(command: list[str], folder: str) -> tuple[dict[str, Any], list[list[Any]]]:
    """Run one side against a fresh server. Return its figures and the server's log."""
    log = Path(folder) / "log"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.poll_server", str(PORT), str(log)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=env,
    )
    assert server.stdout is not None
    server.stdout.readline()
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT, env=env, check=True)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    return json.loads(done.stdout.splitlines()[-1]), rows


def main() -> int:
    """Run both sides, print the figures, and return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--interval", type=float, default=60.0)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--reader", help="the Python that has lemon24/reader")
    parser.add_argument("--reader-feeds", type=int, default=1_000)
    parser.add_argument("--reader-seconds", type=float, default=180.0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        numbers = [str(given.feeds), str(PORT), str(given.interval), str(given.seconds)]
        ours, rows = served([sys.executable, "-m", "bench.poll_ours", *numbers], folder)
        misses, theirs = ours_told(ours, rows, given.feeds, given.interval), dict[str, Any]()
        if given.reader:
            n_feeds = min(given.feeds, given.reader_feeds)
            numbers = [str(n_feeds), str(PORT), str(MAX_IN_FLIGHT), str(given.reader_seconds)]
            theirs, _ = served([given.reader, "bench/poll_reader.py", *numbers], folder)
            misses += compared(ours, theirs)
    for miss in misses:
        print(f"MISSED: {miss}")
    if given.json:
        given.json.write_text(json.dumps({"ours": ours, "reader": theirs, "misses": misses}))
    return 1 if misses else 0


def ours_told(
    ours: dict[str, Any], rows: list[list[Any]], n_feeds: int, interval: float
) -> list[str]:
    """Print our figures. Return the goals that were missed."""
    statuses = Counter(status for *_, status, _ in rows)
    n_early, n_silent = early(rows), silent(rows, n_feeds, interval)
    print(f"requests {len(rows)}, by status {dict(statuses)}")
    print(f"requests before a host's named time {n_early}; healthy feeds gone silent {n_silent}")
    print(f"polls {ours['polls']}, CPU {ours['cpu']:.1f} s, memory {ours['mb']:.0f} MB")
    print(
        f"first reading: {ours['first_seconds']:.0f} s, {ours['first_ms']:.2f} ms of CPU a poll; "
        "then the schedule"
    )
    print(f"CPU a poll: {ours['ms_start']:.2f} ms at the start, {ours['ms_end']:.2f} ms at the end")
    print(f"lag: half within {ours['lag_p50']} s, 99 % within {ours['lag_p99']} s")
    print(f"polls for each CPU second: {ours['polls_per_cpu_second']:.0f}")
    misses = []
    if n_early:
        misses.append("a host was asked before the time that it named")
    if n_silent:
        misses.append("a healthy feed was not asked any more")
    if ours["lag_p99"] > MOST_LAG:
        misses.append("the lag is too long")
    sys.stdout.flush()
    return misses


def compared(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Print the peer's figures beside ours. Return the goal if it was missed."""
    whole = ours["polls_per_cpu_second"] / theirs["polls_per_cpu_second"]
    factor = 1000.0 / ours["ms_end"] / theirs["last_round"]
    print(
        f"reader {theirs['version']}: {theirs['polls_per_cpu_second']:.0f} for each CPU second "
        f"(first round {theirs['first_round']:.0f}, last {theirs['last_round']:.0f}, "
        f"{theirs['rounds']} rounds in {theirs['seconds']:.0f} s)"
    )
    print(f"ours are {whole:.1f} times over the whole, {factor:.1f} times in the last round")
    return [f"less than {GOAL} times the peer"] if factor < GOAL else []


if __name__ == "__main__":
    sys.exit(main())
