"""What streams are made of: the gold stories, tagged once and kept, or made-up tagged articles."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from stories.run import articles_of, tagger
from stories.story import DATA, Story, load_stories

from bench.state_stream import Stream
from services.messages import Article, Message, TaggedArticle, Watch, decode, encode

END = datetime(2031, 6, 1, 12, tzinfo=UTC)
"""When each story ends: all are moved there, so that they happen at one time."""

NOW = END + timedelta(hours=6)
"""Where the news clock stands. Far from every limit, so that a step of an hour decides nothing."""

MOST_DAYS = timedelta(days=31)
"""The longest story: each month of a stream costs Elasticsearch three indices."""

N_STORIES = 10
"""Stories of a stream: about fifty articles, thirteen watches."""

N_MADE_UP = 40


@dataclass(frozen=True)
class Stuff:
    """The input of a schedule, in order of sight. `articles` are what `tagged` was made of."""

    articles: tuple[Article, ...]
    tagged: tuple[TaggedArticle, ...]
    watches: tuple[Watch, ...]


class Tale(Message, frozen=True, kw_only=True):
    """A story at `END`: its articles, the same tagged, and its watches."""

    name: str
    articles: tuple[Article, ...]
    tagged: tuple[TaggedArticle, ...]
    watches: tuple[Watch, ...]


@dataclass(frozen=True)
class Library:
    """All stories."""

    tales: Sequence[Tale]

    def draw(self, seed: int) -> Stuff:
        """Return the stream of a seed: some stories among each other, with their watches."""
        some = random.Random(f"stream {seed}").sample(list(self.tales), N_STORIES)
        rows = [row for tale in some for row in zip(tale.articles, tale.tagged, strict=True)]
        rows.sort(key=lambda row: (row[0].seen_at, row[0].article_id))
        watches = [
            msgspec.structs.replace(watch, id=f"{tale.name}-{watch.id}")
            for tale in some
            for watch in tale.watches
        ]
        return Stuff(tuple(a for a, _ in rows), tuple(t for _, t in rows), tuple(watches))


def library(folder: Path) -> Library:
    """Return all stories. They are read and tagged once, and kept in the folder."""
    kept = folder / f"stories-{_fingerprint()}.jsonl"
    if not kept.exists():
        fresh = kept.with_suffix(".new")
        fresh.write_bytes(b"".join(encode(tale) + b"\n" for tale in _tales()))
        fresh.replace(kept)
    return Library([decode(Tale, line) for line in kept.read_bytes().splitlines()])


def _tales() -> Iterator[Tale]:
    stories = [story for story in load_stories() if _length(story) <= MOST_DAYS]
    moved = [[_at_end(a, _shift(story)) for a in articles_of(story)] for story in stories]
    tagged = iter(tagger().tag([article for some in moved for article in some]))
    for story, some in zip(stories, moved, strict=True):
        yield Tale(
            name=story.name,
            articles=tuple(some),
            tagged=tuple(next(tagged) for _ in some),
            watches=story.watches,
        )


def made_up(seed: int) -> Stuff:
    """Return a stream of made-up tagged articles, for which no language model is loaded."""
    stream = Stream(2 * N_MADE_UP, N_MADE_UP, seed=seed)
    found = [a for a in stream.day(0) if a.incidents][:N_MADE_UP]
    at = [END - timedelta(minutes=len(found) - i) for i in range(len(found))]
    moved = [
        msgspec.structs.replace(
            article,
            published_at=t,
            first_seen_at=t,
            seen_at=t,
            last_poll_at=t - timedelta(minutes=1),
        )
        for article, t in zip(found, at, strict=True)
    ]
    watches = tuple(Watch(id=id, name="Broad", query="broadly") for id in ("broad", "wide"))
    return Stuff((), tuple(moved), watches)


def _length(story: Story) -> timedelta:
    sights = [telling.sight for telling in story.articles]
    return max(sights) - min(sights)


def _shift(story: Story) -> timedelta:
    return END - max(telling.sight for telling in story.articles)


def _at_end(article: Article, shift: timedelta) -> Article:
    seen = article.seen_at + shift
    moved = {
        name: at + shift if (at := getattr(article, name)) is not None else None
        for name in ("published_at", "first_seen_at", "last_poll_at")
    }
    return msgspec.structs.replace(
        article, **moved, seen_at=seen, version=int(seen.timestamp() * 1000)
    )


def _fingerprint() -> str:
    """Return what changes with the stories and the tagger."""
    tagger_files = Path(__file__).parents[2] / "services" / "tagger"
    files = [*DATA.glob("*.yaml"), *tagger_files.rglob("*.py"), *tagger_files.rglob("*.yaml")]
    whole = hashlib.sha256()
    for path in sorted(files):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:12]
