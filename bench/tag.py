"""Tagging beside the plain ways to read the same articles,
on one thread each, in turns, in one run.

    python bench/tag.py [--articles FILE.jsonl.gz] [--n 400] [--rounds 3]

Printed too: what each part of the tagger takes (where the interpreter stands at each thousandth of
a second of CPU), and the memory of the service: its own process with one worker of its pool.

The peers: spaCy's whole small pipeline over every sentence (what a reader without triggers pays,
and no event found yet), and a regular expression of all trigger words (no roles, no stance,
no source: what a keyword alert does). Asserted before anything is timed:
every span holds its surface, and a batch tags each article as it is tagged alone.
"""

import argparse
import asyncio
import gzip
import json
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import chain, islice
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # as the command does; threads are no time of one core

import regex
import spacy

import services
from bench.quiet import quiet_articles
from services.commands.articles import BATCH, read_article
from services.messages import Article, TaggedArticle, encode
from services.runtime.collector import settle
from services.runtime.workers import Workers
from services.scenario.story import load_story
from services.settings import Settings
from services.tagger.lexicon.ontology import ontology
from services.tagger.pipeline import Tagger
from services.tagger.service.worker import load_tagger, tag_each

NOW = datetime(2035, 1, 1, tzinfo=UTC)
SERVICES = Path(services.__file__).parent
ALONE = 40
"""Articles that are tagged alone too, to compare with the batch."""


def main() -> None:
    """Print the figures; exits 1 where a span does not hold or a batch tags otherwise."""
    asked = _options()
    if asked.service:
        asyncio.run(
            _serve(list(islice(_read(asked.articles) if asked.articles else _made_up(), asked.n)))
        )
        return
    articles = list(islice(_read(asked.articles) if asked.articles else _made_up(), asked.n))
    words = sum(len(f"{a.title} {a.text}".split()) for a in articles)
    started = time.process_time()
    tagger = Tagger.load(Settings.parse({}).spacy_model)
    settle()
    print(f"load: {time.process_time() - started:.1f} s")
    _assert_right(tagger, articles)
    ways: dict[str, Callable[[], object]] = {
        "reportedly tag": lambda: _tag(tagger, articles),
        "spaCy, whole pipeline": _whole_pipeline(articles),
        "one regular expression": _keywords(articles),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(asked.rounds):
        for name, way in ways.items():
            started = time.process_time()
            way()
            times[name].append(time.process_time() - started)
    ours = statistics.median(times["reportedly tag"])
    print(f"{len(articles)} articles, {words:,} words, median of {asked.rounds} rounds, one thread")
    for name, taken in times.items():
        spent = statistics.median(taken)
        print(
            f"{name:24} {len(articles) / spent:9,.1f} articles/s "
            f"{words / spent:11,.0f} words/s  {spent / ours:7.3f} × our time"
        )
    _print_parts(ways["reportedly tag"], words, ours)
    subprocess.run([sys.executable, __file__, *sys.argv[1:], "--service"], check=True)


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument(
        "--articles",
        type=Path,
        help="JSON Lines of articles, may be gzipped (default: made-up ones)",
    )
    options.add_argument("--n", type=int, default=400, help="articles (default 400)")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument(
        "--service",
        action="store_true",
        help="only print the memory of the service's two processes",
    )
    return options.parse_args()


def _read(path: Path) -> Any:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
        yield from (read_article(json.loads(line), NOW) for line in file)


def _made_up() -> Any:
    """Yield one article of the bundled story for four quiet ones."""
    rows = ({"id": a.id, "title": a.title, "text": a.text} for a in quiet_articles(10**6, seed=1))
    story = [{"title": a.title, "text": a.text} for a in load_story().entries]
    for i in range(10**6):
        row = {"id": f"story/{i}"} | story[i // 5 % len(story)] if i % 5 == 0 else next(rows)
        yield read_article(row, NOW)


def _tag(tagger: Tagger, articles: Sequence[Article]) -> list[TaggedArticle]:
    batches = (articles[i : i + BATCH] for i in range(0, len(articles), BATCH))
    return list(chain.from_iterable(map(tagger.tag, batches)))


def _assert_right(tagger: Tagger, articles: Sequence[Article]) -> None:
    tagged = _tag(tagger, articles)
    reports = 0
    for done in tagged:
        reports += len(done.reports)
        wrong = [m for m in done.mentions if done.text[m.start : m.end] != m.surface]
        assert not wrong, f"{done.article_id}: spans that do not hold {wrong}"
    for article, in_batch in zip(articles[:ALONE], tagged, strict=False):
        assert encode(tagger.tag([article])[0]) == encode(in_batch), (
            f"{article.article_id}: tagged otherwise in a batch"
        )
    assert reports, "no event in any article: nothing was measured"
    print(
        f"right: {sum(len(a.mentions) for a in tagged):,} mentions "
        f"and {reports:,} reports hold their words"
    )


PARTS = {
    "text/canonical.py": "text, boilerplate, sentences",
    "text/language.py": "text, boilerplate, sentences",
    "tagger/layout": "text, boilerplate, sentences",
    "tagger/parse/vectors.py": "word vectors",
    "tagger/parse/spacy_model.py": "parser, lemmas",
    "tagger/parse/recogniser.py": "entities",
    "tagger/lexicon/matcher.py": "names, roles, short forms",
    "tagger/lexicon/gazetteer.py": "places",
    "tagger/names/place_candidates.py": "places",
    "tagger/names/place_evidence.py": "places",
    "tagger/names/place_patterns.py": "places",
    "tagger/names/places.py": "places",
    "tagger/names": "names, roles, short forms",
    "tagger/sources": "who says",
    "tagger/events": "events",
    "tagger/values": "events",
    "tagger/stance": "stance",
    "tagger/discourse": "events",
    "tagger/models": "events",
    "tagger/incidents": "events",
    "tagger/timing": "events",
    "text/sketch.py": "sketch for copies",
    "tagger/pipeline.py": "tokens, tags, messages",
    "tagger/completion.py": "tokens, tags, messages",
    "tagger/reports.py": "tokens, tags, messages",
}
"""Modules and rooms below `services/` by the part that they belong to.

What is not named, like the words for the dependency tree, counts for the part that calls it.
"""

_PAUSE = 0.001
"""Seconds of CPU between two looks at the interpreter."""


def _print_parts(run: Callable[[], object], words: int, seconds: float) -> None:
    seen = Counter[str]()

    def look(_: int, frame: FrameType | None) -> None:
        part = None
        while frame is not None and part is None:
            part, frame = _part(frame.f_code.co_filename), frame.f_back
        seen[part or "all else"] += 1

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _PAUSE, _PAUSE)
    run()
    signal.setitimer(signal.ITIMER_PROF, 0)
    for part, n in seen.most_common():
        share = n / seen.total()
        print(f"  {part:30} {share:6.1%} {share * seconds / words * 1e6:7.1f} ms per 1,000 words")


@cache
def _part(file: str) -> str | None:
    path = Path(file)
    if not path.is_relative_to(SERVICES):
        return None
    module = path.relative_to(SERVICES)
    return PARTS.get(module.as_posix()) or PARTS.get(module.parent.as_posix())


async def _serve(articles: Sequence[Article]) -> None:
    """Tag as the service does, in a worker of a pool,
    and print the most memory that either process had.
    """
    workers = Workers(1, tag_each, load_tagger, (Settings.parse({}).spacy_model, ()))
    for i in range(0, len(articles), BATCH):
        await workers.run(articles[i : i + BATCH])
    own, theirs = (
        _peak("self"),
        sum(_peak(str(process.pid)) for process in multiprocessing.active_children()),
    )
    print(
        f"memory: the service {own:,.0f} MB + its worker {theirs:,.0f} MB = {own + theirs:,.0f} MB"
    )
    workers.close()


def _peak(pid: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(
        int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")
    )


def _whole_pipeline(articles: Sequence[Article]) -> Callable[[], object]:
    nlp = spacy.load(Settings.parse({}).spacy_model)
    texts = [f"{a.title}\n\n{a.text}" for a in articles]
    return lambda: sum(len(doc.ents) for doc in nlp.pipe(texts, batch_size=64))


def _keywords(articles: Sequence[Article]) -> Callable[[], object]:
    words = sorted({word for kind in ontology() for word in kind.stems()})
    pattern = regex.compile(rf"\b(?:{'|'.join(map(regex.escape, words))})\w*", regex.IGNORECASE)
    return lambda: sum(len(pattern.findall(f"{a.title} {a.text}")) for a in articles)


if __name__ == "__main__":
    main()
