"""Matching beside Lucene Monitor 10.3.0: the same watches, tokens, and articles,
one thread each, in turns, in one run.

    python bench/match.py [--articles FILE.jsonl.gz] [--watches 1000,10000,100000]
        [--rounds 5] [--json FILE]
    python bench/match.py --hostile [--articles FILE.jsonl.gz]

Every way of asking the peer is printed and the best one counts. Match sets are compared on every
article before anything is timed. One line a figure; `--json` keeps all of them raw.
"""

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.hostile import count_hostile
from bench.match_watches import (
    MIX,
    BenchWatch,
    as_document,
    made_up_texts,
    make_watches,
    prefix_notation,
    read_texts,
)
from services.adapters.embedded.artifacts import fetch_all, maven_fetch, read_lock
from services.adapters.embedded.jdk import find_jdk
from services.alerter.presearch import Presearch
from services.query.parse import parse

JAVA = Path(__file__).parent / "java"
VARIANTS = {
    "term": "TermFiltered",
    "multi2": "MultipassTermFiltered 2",
    "multi4": "MultipassTermFiltered 4",
    "ngrams": "TermFiltered + RegexpQueryHandler",
}
"""The last is not asked for, but the peer's own means for prefixes:
without it they are run on every document."""

BATCHES = (1, 30)
SLICE = 120
"""Articles that every side gets in a round."""

CLASS_ARTICLES = 240
"""Articles for the watches of one class, as many as there are in all:
the peer takes seconds for each of them."""

Text = tuple[str, str]


class Peer:
    """The Java side, asked line by line."""

    def __init__(self, folder: Path, heap: str) -> None:
        cache = Path("~/.cache/reportedly").expanduser()
        pins = read_lock((JAVA / "lucene.lock").read_text(encoding="ascii"))
        jars = fetch_all(pins, partial(maven_fetch, cache))
        path, home = ":".join(map(str, jars)), find_jdk()
        subprocess.run(
            [home / "bin" / "javac", "-cp", path, "-d", folder, JAVA / "MonitorBench.java"],
            check=True,
        )
        self._folder = folder
        options = [
            "--add-modules",
            "jdk.incubator.vector",
            f"-Xmx{heap}",
            "-cp",
            f"{path}:{folder}",
        ]
        self._process = subprocess.Popen(
            [home / "bin" / "java", *options, "MonitorBench"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, *command: object) -> list[int]:
        assert self._process.stdin
        assert self._process.stdout
        print(*command, file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline().split()
        if answer[:1] != ["ok"]:
            raise SystemExit(f"the peer failed at: {command}")
        return [int(value) for value in answer[1:]]

    def load(self, watches: Sequence[BenchWatch], texts: Sequence[Text]) -> None:
        (self._folder / "queries").write_text(
            "".join(f"{w.id}\t{prefix_notation(w.node)}\n" for w in watches)
        )
        (self._folder / "docs").write_text("".join(f"{title}\t{body}\n" for title, body in texts))
        self.ask("queries", self._folder / "queries")
        self.ask("docs", self._folder / "docs")

    def hits(self, variant: str) -> list[set[str]]:
        self.ask("hits", variant, self._folder / "hits")
        return [set(line.split()) for line in (self._folder / "hits").read_text().splitlines()]

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=60)


@dataclass
class Timed:
    """Articles a second of each round, and the milliseconds of each call."""

    name: str
    rates: list[float]
    calls: list[float]

    def row(self, ours: float | None = None) -> str:
        middle = statistics.median(self.rates)
        spread = f"{min(self.rates):,.0f}-{max(self.rates):,.0f}"
        ratio = f"   we are {ours / middle:6.1f} times as fast" if ours else ""
        return (
            f"  {self.name:<44}{middle:>9,.0f} articles/s ({spread}), "
            f"p99 of a call {p99(self.calls):8.2f} ms{ratio}"
        )


def p99(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


def build(watches: Sequence[BenchWatch]) -> tuple[Presearch[None], float, float]:
    """Return the matcher with seconds and megabytes that it took."""
    gc.collect()
    before, start = resident(), time.perf_counter()
    presearch: Presearch[None] = Presearch()
    for watch in watches:
        presearch.put(watch.id, parse(watch.query), None)
    seconds = time.perf_counter() - start
    gc.collect()
    return presearch, seconds, resident() - before


def resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def compare(
    name: str, peer: Peer, watches: Sequence[BenchWatch], texts: Sequence[Text], rounds: int
) -> dict[str, object]:
    """Print and return the figures of one set of watches."""
    presearch, seconds, megabytes = build(watches)
    gc.freeze()
    found = [set(presearch.find(as_document(text))) for text in texts]
    per_article = sum(map(len, found)) / len(found)
    print(
        f"\n{name}: {len(watches):,} watches, {len(texts):,} articles, "
        f"{per_article:.1f} hits an article"
    )
    print(f"  ours: read and put in in {seconds:.1f} s, {megabytes:.0f} MB")
    peer.load(watches, texts)
    base = peer.ask("memory")[0]
    figures: dict[str, object] = {
        "hits_per_article": per_article,
        "megabytes": megabytes,
        "seconds": seconds,
    }
    for variant, title in VARIANTS.items():
        (nanoseconds,) = peer.ask("register", variant)
        (heap,) = peer.ask("memory")
        print(
            f"  {title}: registered in {nanoseconds / 1e9:.1f} s, "
            f"{(heap - base) / 1e6:.0f} MB of heap"
        )
        base = heap
        assert peer.hits(variant) == found, f"{name}: {title} finds something else than we do"
    print(f"  identical match sets on {len(watches) * len(texts):,} pairs, {len(VARIANTS)} times")
    ours, theirs = timed(presearch, peer, texts, rounds)
    speed = statistics.median(ours.rates)
    print(ours.row())
    for row in theirs:
        print(row.row(speed))
    best = max(theirs, key=lambda row: statistics.median(row.rates))
    ratio = speed / statistics.median(best.rates)
    print(
        f"  => {ratio:.1f} times the best of theirs ({best.name}); "
        f"p99 {p99(ours.calls):.2f} ms an article"
    )
    for variant in VARIANTS:
        peer.ask("drop", variant)
    rates = {row.name: row.rates for row in (ours, *theirs)}
    return figures | {"rates": rates, "ratio": ratio, "best": best.name, "p99_ms": p99(ours.calls)}


def timed(
    presearch: Presearch[None], peer: Peer, texts: Sequence[Text], rounds: int
) -> tuple[Timed, list[Timed]]:
    """Match in turns: a slice of the articles, ours and every way of theirs, then the next slice.

    Both are warm.
    """
    ours = Timed("ours", [], [])
    theirs = {
        (v, b): Timed(f"{title}, batches of {b}", [], [])
        for v, title in VARIANTS.items()
        for b in BATCHES
    }
    for variant, batch in theirs:
        peer.ask("match", variant, batch, 0, min(SLICE, len(texts)))
    for number in range(rounds):
        at = number * SLICE % max(1, len(texts) - SLICE)
        part = range(at, min(len(texts), at + SLICE))
        start = time.perf_counter()
        hits = 0
        for i in part:
            called = time.perf_counter()
            hits += len(presearch.find(as_document(texts[i])))
            ours.calls.append((time.perf_counter() - called) * 1e3)
        ours.rates.append(len(part) / (time.perf_counter() - start))
        for (variant, batch), row in theirs.items():
            matched, *nanoseconds = peer.ask("match", variant, batch, part.start, part.stop)
            assert matched == hits
            row.rates.append(len(part) / (sum(nanoseconds) / 1e9))
            row.calls += [n / 1e6 for n in nanoseconds]
    return ours, list(theirs.values())


def live_changes(watches: Sequence[BenchWatch], texts: Sequence[Text]) -> dict[str, float]:
    """Put watches in and out while another thread matches:
    how long until each is found, and how long matching pauses.
    """
    presearch, _, _ = build(watches)
    gc.freeze()
    calls, ended = [], threading.Event()

    def keep_matching() -> None:
        while not ended.is_set():
            for text in texts:
                called = time.perf_counter()
                presearch.find(as_document(text))
                calls.append((time.perf_counter() - called) * 1e3)

    thread = threading.Thread(target=keep_matching)
    thread.start()
    live = []
    for i in range(300):
        words = ["zyxnew", f"zyxword{i}"]
        start = time.perf_counter()
        presearch.put("new", parse(f'"{" ".join(words)}"'), None)
        assert "new" in presearch.find(as_document(("", " ".join(words))))
        live.append((time.perf_counter() - start) * 1e3)
        presearch.remove("new")
    ended.set()
    thread.join()
    print(
        f"\nlive changes at {len(watches):,} watches: a new watch is found "
        f"after {p99(live):.1f} ms (p99, {len(live)} times);"
    )
    print(f"  matching meanwhile: p99 {p99(calls):.1f} ms, longest {max(calls):.1f} ms an article")
    return {"add_p99_ms": p99(live), "pause_max_ms": max(calls)}


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--articles", type=Path)
    options.add_argument("--watches", default="1000,10000,100000")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--heap", default="4g")
    options.add_argument(
        "--hostile", action="store_true", help="count what hostile queries cost, without the peer"
    )
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    texts = read_texts(given.articles) if given.articles else made_up_texts()
    if given.hostile:
        raise SystemExit(count_hostile(texts) > 0)
    sizes = [int(n) for n in given.watches.split(",")]
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        peer = Peer(Path(folder), given.heap)
        for n in sizes:
            watches = make_watches(texts, n)
            figures[f"all {n}"] = compare("all classes", peer, watches, texts, given.rounds)
        for kind in MIX:
            some = texts[:CLASS_ARTICLES]
            part = make_watches(some, sizes[-1], {kind: 1.0})
            figures[f"{kind} {sizes[-1]}"] = compare(f"only {kind}", peer, part, some, given.rounds)
        figures["live"] = live_changes(watches, texts)
        peer.close()
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
