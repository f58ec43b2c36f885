"""The peer's side of `bench/poll.py`: lemon24/reader, run by the Python that has it.

    PYTHON bench/poll_reader.py N_FEEDS PORT WORKERS SECONDS

It updates all feeds, again and again, as its documentation says (`workers=…`, and
`scheduled=False` for all of them at each round).
Prints one JSON object.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.poll_feeds import addresses


def main(n_feeds: int, port: int, workers: int, seconds: float) -> None:
    """Update for at least these seconds, and at least once, and print the figures."""
    from reader import __version__, make_reader  # type: ignore[import-not-found]

    with tempfile.TemporaryDirectory() as folder:
        reader = make_reader(f"{folder}/reader.sqlite")
        for _, url in addresses(n_feeds, port):
            reader.add_feed(url)
        rounds: list[float] = []
        began, wall, polls = time.process_time(), time.monotonic(), 0
        while not rounds or time.monotonic() - wall < seconds:
            start = time.process_time()
            n = sum(1 for _ in reader.update_feeds_iter(scheduled=False, workers=workers))
            polls += n
            rounds.append(n / (time.process_time() - start))
        cpu = time.process_time() - began
    figures = {
        "version": __version__,
        "polls": polls,
        "cpu": cpu,
        "polls_per_cpu_second": polls / cpu,
        "first_round": rounds[0],
        "last_round": rounds[-1],
        "rounds": len(rounds),
        "seconds": time.monotonic() - wall,
    }
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
