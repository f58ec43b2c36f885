"""The news of `bench/whole.py`: articles with a mark each, and a watch for each mark among many.

An article's mark is a made-up word in its title that no other text holds. The watch for it must
alert once. All other watches are for words that hardly any article holds.
"""

import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice
from pathlib import Path
from xml.sax.saxutils import escape

import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.match_watches import MIX
from services.messages import Channel, Watch
from services.text.canonical import canonical
from services.text.tokens import tokens

SEED = 20_310_502
CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
SYLLABLES = [a + b for a in CONSONANTS for b in VOWELS]
MARK_SYLLABLES = 4
"""70 syllables: 24 million marks."""

LINES = (12, 30)
"""Sentences of a made-up article: 200 to 500 words, as news sites publish."""

EVENT_SHARE = 0.4
"""Of the made-up articles, those that tell of an event."""

SAMPLE = 2_000
"""Articles whose words the strangers are made of."""

RARE = 2
"""A word in so many of them is rare."""

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")
"""A capitalised word inside a sentence."""

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class News:
    """An article to publish. `mark` stands in the title."""

    mark: str
    title: str
    text: str

    @property
    def n_words(self) -> int:
        return len(self.title.split()) + len(self.text.split())


def mark_of(n: int) -> str:
    """Return the n-th mark, a word of nine letters."""
    word = ""
    for _ in range(MARK_SYLLABLES):
        n, rest = divmod(n, len(SYLLABLES))
        word = SYLLABLES[rest] + word
    return f"{word}q".capitalize()


def made_news(path: Path | None, n: int, first: int = 0) -> list[News]:
    """Return `n` articles of a file, repeated with other names, or made-up ones.

    `path`: JSON Lines with `title` and `text`, may be gzipped. `first`: the number of the first
    mark.
    """
    source = _told(_rows(path)) if path else _made_up()
    chosen = islice(source, first, first + n)
    return [
        News(mark_of(i), f"{title} ({mark_of(i)})", text)
        for i, (title, text) in enumerate(chosen, first)
    ]


def _rows(path: Path) -> list[tuple[str, str]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [json.loads(line) for line in content.splitlines() if line.strip()]
    found = [(row.get("title") or _first_words(row["text"]), row["text"]) for row in rows]
    if not found:
        raise SystemExit(f"{path} holds no article")
    return found


def _first_words(text: str) -> str:
    return " ".join(text.split()[:10])


def _told(rows: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the articles again and again, from the second time on with other names."""
    for turn in count():
        for title, text in rows:
            yield (_renamed(title, turn), _renamed(text, turn)) if turn else (title, text)


def _renamed(text: str, turn: int) -> str:
    return _NAME.sub(lambda found: _name(found[0], turn), text)


@lru_cache(maxsize=200_000)
def _name(word: str, turn: int) -> str:
    dice = random.Random(f"{turn} {word}")
    return "".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))).capitalize()


def _made_up() -> Iterator[tuple[str, str]]:
    """Yield articles of sentences of all quiet topics; some begin with an event."""
    folder = Path(__file__).parent
    quiet = yaml.safe_load((folder / "quiet.yaml").read_text(encoding="utf-8"))
    events = yaml.safe_load((folder / "whole_news.yaml").read_text(encoding="utf-8"))
    lines = [line for topic in quiet["topics"].values() for line in topic["lines"]]
    titles = [line for topic in quiet["topics"].values() for line in topic["titles"]]
    dice = random.Random(SEED)
    while True:
        words = _Words(quiet["words"], dice)
        body = dice.sample(lines, dice.randint(*LINES))
        title = dice.choice(titles)
        if dice.random() < EVENT_SHARE:
            event = dice.choice(events)
            title, body = event["title"], [*event["lines"], *body]
        yield words.fill(title), " ".join(words.fill(line) for line in body)


class _Words:
    """Fills slots. Person, group, and town of an article stay the same."""

    def __init__(self, words: dict[str, list[str]], dice: random.Random) -> None:
        self._words, self._dice = words, dice
        self._fixed = {
            "person": f"{dice.choice(words['first'])} {self._own()}",
            "group": f"{self._own()} {dice.choice(('Front', 'Brigade', 'Army', 'Movement'))}",
            "city": self._own(),
            "toll": str(dice.randint(2, 60)),
        }

    def fill(self, line: str) -> str:
        filled = _SLOT.sub(lambda slot: self._word(slot[1]), line)
        return filled[0].upper() + filled[1:]

    def _own(self) -> str:
        return "".join(self._dice.choices(SYLLABLES, k=3)).capitalize()

    def _word(self, slot: str) -> str:
        if slot in self._fixed:
            return self._fixed[slot]
        if slot in self._words:
            return self._dice.choice(self._words[slot])
        return str(self._dice.randint(2, 89))


def rss_item(news: News, link: str) -> str:
    """Return the inside of an RSS item, without a date."""
    fields = {"guid": link, "link": link, "title": news.title, "description": news.text}
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())


def watches(news: Sequence[News], n: int, receivers: Sequence[str]) -> Iterator[Watch]:
    """Yield `n` watches: strangers to all articles, and then one for each article's mark.

    `receivers`: webhook addresses; the watches take them in turn. The id of an article's watch is
    its mark in small letters.
    """
    others = strangers([_words(each) for each in news[:SAMPLE]], max(0, n - len(news)))
    for i, query in enumerate(others):
        to = (Channel(to=f"webhook:{receivers[i % len(receivers)]}"),)
        yield Watch(id=f"stranger-{i}", name=f"Stranger {i}", query=query, deliver=to)
    for i, each in enumerate(news):
        yield watch_of(each.mark, receivers[i % len(receivers)])


def watch_of(mark: str, receiver: str) -> Watch:
    """Return the watch for a mark. Words in passing count: nothing may be held back for them."""
    return Watch(
        id=mark.lower(),
        name=mark,
        query=mark.lower(),
        passing=True,
        deliver=(Channel(to=f"webhook:{receiver}"),),
    )


def strangers(texts: Sequence[set[str]], n: int) -> Iterator[str]:
    """Yield `n` queries in the mix of `bench/match.py` that hardly any article matches.

    Each asks for rare words of two articles at once. So an article that holds one of them is looked
    at, and refused.
    """
    spread = Counter(word for words in texts for word in words)
    rare = sorted(word for word, n_texts in spread.items() if n_texts <= RARE and len(word) > 4)
    dice = random.Random(SEED)
    shapes = {
        "phrase": ('"{a} {b}"', '"{a} {c} {b}"'),
        "boolean": ("{a} AND {b} NOT {c}", "{a} AND ({b} OR {c}) NOT {d}", "{a} AND {b}"),
        "prefix": ("{a} AND {p}*",),
        "proximity": ('"{a} {b}"~5',),
    }
    for kind in dice.choices([*MIX], [*MIX.values()], k=n):
        words = dict(zip("abcd", dice.sample(rare, 4), strict=True))
        yield dice.choice(shapes[kind]).format(**words, p=words["b"][:4])


def _words(news: News) -> set[str]:
    text, title_end = canonical(news.title, news.text)
    return {*tokens(text, 0, title_end).words, *tokens(text, title_end).words}
