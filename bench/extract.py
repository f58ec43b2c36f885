"""The text of saved pages: ours beside trafilatura's default, in turns, in one process and one run.

    python bench/extract.py PAGE… [--rounds 7]

PAGE: saved pages (HTML, also with `.gz`). Printed: pages a second of CPU of each, the median of the
rounds, and how many times as fast ours is. Ours gives the times of publication too, for which
trafilatura is not asked.
"""

import argparse
import gzip
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import trafilatura

from services.poller.pages.extract import extract_page
from services.poller.pages.page import Fetched


def read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    pages = [Fetched(read(path), "", str(path), datetime.now(UTC)) for path in given.pages]
    ways: dict[str, Callable[[Fetched], object]] = {
        "trafilatura, default": lambda page: trafilatura.extract(page.body),
        "ours, with times": extract_page,
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(given.rounds + 1):
        for name, way in ways.items():
            began = time.process_time()
            for page in pages:
                way(page)
            took[name].append(time.process_time() - began)
    # The first round loads what the libraries load late.
    medians = {name: statistics.median(times[1:]) for name, times in took.items()}
    for name, seconds in medians.items():
        times = medians["trafilatura, default"] / seconds
        print(f"{name:32} {len(pages) / seconds:8.1f} pages a second of CPU  {times:5.2f} times")


if __name__ == "__main__":
    main()
