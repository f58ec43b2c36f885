"""Reading feeds: ours beside feedparser, in turns, in one process and one run.

    python -m bench.parse [--documents 60] [--rounds 5] [--fuzz 20000] [--seed 1]

The bench makes the documents: news feeds of RSS, RDF, and Atom with 10 to 60 items, in several
languages, charsets, and qualities (bare ampersands, HTML entities, a byte that is none, a body that
ends early). It knows each entry's id, title, address, time, and words, and asserts that ours gives
them: no entry is lost. Printed: documents a second of CPU of each, the median of the rounds; how
many times as fast ours is; and the share for which feedparser was asked too.

`--fuzz N` reads N documents that are damaged at random in place of the comparison, and prints what
was refused. Any exception but InvalidMessage is a mistake, printed with its seed.
"""

import argparse
import random
import statistics
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import feedparser

from bench.parse_documents import Made, damaged, documents
from services.errors import InvalidMessage
from services.poller.reading.feed import parse_feed

URL = "https://herald.example/feed"


def ours(made: Made) -> object:
    return parse_feed(made.body, made.content_type, URL)


def theirs(made: Made) -> object:
    return feedparser.parse(made.body, response_headers={"content-type": made.content_type})


def theirs_bare(made: Made) -> object:
    """Return feedparser's reading without its two slowest steps."""
    return feedparser.parse(
        made.body,
        response_headers={"content-type": made.content_type},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def check(all_made: list[Made]) -> None:
    """Assert that ours gives every entry of every document, and print what was asked for it."""
    n_entries = n_asked = n_damaged = 0
    for made in all_made:
        found = parse_feed(made.body, made.content_type, URL)
        assert len(found.entries) == len(made.items), (made.name, found.problems)
        assert found.is_damaged == made.is_damaged, (made.name, found.problems)
        for item, entry in zip(made.items, found.entries, strict=True):
            told = entry.guid, entry.title, entry.url, entry.published_at, entry.text
            wanted = item.guid, item.title, item.url, item.at, item.text
            assert told == wanted or item.is_hit, (made.name, told, wanted)
        n_entries += len(found.entries)
        n_asked += found.is_fallback
        n_damaged += found.is_damaged
    size = sum(len(made.body) for made in all_made) / len(all_made) / 1024
    print(f"{len(all_made)} documents of {size:.0f} kB on average, {n_entries} entries, 0 lost")
    print(f"{n_damaged} of them damaged")
    print(f"feedparser asked too: {n_asked} ({n_asked / len(all_made):.1%})")


def compare(all_made: list[Made], rounds: int) -> None:
    """Print the speed of each way."""
    ways: dict[str, Callable[[Made], object]] = {
        "feedparser": theirs,
        "feedparser, bare": theirs_bare,
        "ours": ours,
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.process_time()
            for made in all_made:
                way(made)
            took[name].append(time.process_time() - began)
    medians = {name: statistics.median(times) for name, times in took.items()}
    for name, seconds in medians.items():
        times = medians["feedparser"] / seconds
        print(f"{name:18} {len(all_made) / seconds:8.1f} documents a second  {times:6.1f} times")


def fuzz(n: int, seed: int) -> int:
    """Read damaged documents. Return how many ended in an exception that is none of ours."""
    base = documents(random.Random(seed), 40)
    ends, n_wrong = Counter[str](), 0
    for number in range(n):
        made, body = damaged(random.Random(f"{seed}:{number}"), base)
        try:
            found = parse_feed(body, made.content_type, URL)
            ends["damaged" if found.is_damaged else "read"] += 1
        except InvalidMessage as error:
            ends[error.reason] += 1
        except Exception as error:  # noqa: BLE001 - what is looked for
            n_wrong += 1
            print(f"seed {seed}:{number}: {type(error).__name__}: {error}")
    print(f"{n} damaged documents: " + ", ".join(f"{n} {end}" for end, n in ends.most_common()))
    return n_wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--fuzz", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    if given.fuzz:
        sys.exit(1 if fuzz(given.fuzz, given.seed) else 0)
    all_made = documents(random.Random(given.seed), given.documents)
    check(all_made)
    compare(all_made, given.rounds)


if __name__ == "__main__":
    main()
