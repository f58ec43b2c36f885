"""Watches and articles for bench/match.py: by a fixed seed, from the articles' own n-grams."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from services.alerter.presearch import Presearch
from services.errors import ConfigError
from services.query.ast import And, Near, Node, Not, Or, Phrase, Prefix
from services.query.document import Document
from services.query.parse import parse
from services.text.canonical import canonical
from services.text.tokens import Tokens, tokens

SEED = 20_310_502
MIX = {"phrase": 0.60, "boolean": 0.30, "prefix": 0.05, "proximity": 0.05}
"""Class to share of all watches."""

HITS_PER_ARTICLE = 15
"""What 10 to 20 is aimed at."""


@dataclass(frozen=True)
class BenchWatch:
    id: str
    kind: str
    query: str
    node: Node


def read_texts(path: Path) -> list[tuple[str, str]]:
    """Return (title tokens, body tokens), each joined by blanks,
    of JSON Lines with `title` and `text`.
    """
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [json.loads(line) for line in content.splitlines() if line.strip()]
    texts = []
    for row in rows:
        text, title_end = canonical(row.get("title") or "", row.get("text") or "")
        texts.append(
            (" ".join(tokens(text, 0, title_end).words), " ".join(tokens(text, title_end).words))
        )
    return texts


def made_up_texts(n: int = 1000) -> list[tuple[str, str]]:
    """Return articles of made-up words whose frequencies follow Zipf,
    each with some words of its own subject.
    """
    dice = random.Random(SEED)
    syllables = [
        a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "or", "is", "el")
    ]
    vocabulary = list(
        dict.fromkeys("".join(dice.choices(syllables, k=dice.randint(1, 4))) for _ in range(40_000))
    )
    weights = [1 / (rank + 2) for rank in range(len(vocabulary))]
    texts = []
    for _ in range(n):
        subject = dice.sample(vocabulary[500:], 30)
        words = dice.choices(vocabulary, weights, k=dice.randint(200, 700))
        words = [dice.choice(subject) if dice.random() < 0.15 else word for word in words]
        texts.append((" ".join(words[:9]), " ".join(words[9:])))
    return texts


def as_document(text: tuple[str, str]) -> Document:
    """Return the article to match; the bench asks for no offsets, so the words have none."""
    title, body = (part.split() for part in text)
    return Document(
        [Tokens(title, [(0, 0)] * len(title)), Tokens(body, [(0, 0)] * len(body))], len(title)
    )


def make_watches(
    texts: Sequence[tuple[str, str]], n: int, mix: Mapping[str, float] = MIX
) -> list[BenchWatch]:
    """Return `n` watches: up to half occur, the others are put together from parts that do.

    As many occur as bring about HITS_PER_ARTICLE in all:
    in few articles fewer than half may, or every article would have more.
    """
    maker = _Maker(texts)
    occurring = _with_hits(maker, n, texts, mix)
    watches = list(occurring)
    for kind, part in mix.items():
        missing = round(n * part) - sum(watch.kind == kind for watch in occurring)
        watches += islice(_never(maker.watches(kind, occur=False), texts), missing)
    random.Random(SEED).shuffle(watches)
    return [BenchWatch(f"w{i}", w.kind, w.query, w.node) for i, w in enumerate(watches)]


def _never(watches: Iterator[BenchWatch], texts: Sequence[tuple[str, str]]) -> Iterator[BenchWatch]:
    """Yield the watches that no article matches:
    parts of two articles that happen to meet in a third are drawn again.
    """
    documents = [as_document(text) for text in texts]
    while batch := list(islice(watches, 5000)):
        presearch: Presearch[None] = Presearch()
        for i, watch in enumerate(batch):
            presearch.put(str(i), watch.node, None)
        met = {id for document in documents for id in presearch.find(document)}
        yield from (watch for i, watch in enumerate(batch) if str(i) not in met)


def _with_hits(
    maker: "_Maker", n: int, texts: Sequence[tuple[str, str]], mix: Mapping[str, float]
) -> list[BenchWatch]:
    """Return the watches that occur, of each class its part;
    the more frequent are taken first only where hits are missing.
    """
    counts: Counter[str] = Counter()
    pool = [
        w
        for kind, part in mix.items()
        for w in islice(maker.watches(kind, occur=True), 100 + round(n * part / 2))
    ]
    pool = [BenchWatch(f"p{i}", w.kind, w.query, w.node) for i, w in enumerate(pool)]
    presearch: Presearch[None] = Presearch()
    for watch in pool:
        presearch.put(watch.id, watch.node, None)
    for text in texts:
        counts.update(presearch.find(as_document(text)).keys())
    chosen: list[BenchWatch] = []
    for kind, part in mix.items():
        wanted, room = HITS_PER_ARTICLE * len(texts) * part, round(n * part / 2)
        own = [watch for watch in pool if watch.kind == kind]
        if sum(counts[w.id] for w in own[:room]) < wanted:
            own.sort(key=lambda w: -counts[w.id])
        for watch in own[:room]:
            if wanted <= 0:
                break
            chosen.append(watch)
            wanted -= counts[watch.id]
    return chosen


class _Maker:
    """Draws watches; every one is read by the watch language,
    and what it refuses is drawn again.
    """

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._dice = random.Random(SEED)
        self._texts = [body.split() for _, body in texts if body.count(" ") > 40]
        self._spread = Counter(word for words in self._texts for word in set(words))
        self._rare = max(2, len(self._texts) // 50)

    def watches(self, kind: str, *, occur: bool) -> Iterator[BenchWatch]:
        draw = {
            "phrase": self._phrase,
            "boolean": self._boolean,
            "prefix": self._prefix,
            "proximity": self._near,
        }[kind]
        seen: set[str] = set()
        while True:
            query = draw(self._dice.choice(self._texts), self._dice.choice(self._texts), occur)
            if query and query not in seen:
                seen.add(query)
                try:
                    yield BenchWatch("", kind, query, parse(query))
                except ConfigError:
                    continue

    def _phrase(self, words: list[str], others: list[str], occur: bool) -> str:
        n = self._dice.choice((2, 2, 3, 3, 4))
        first = self._gram(words, n)
        return _quoted(first if occur else first[: n // 2] + self._gram(others, n)[n // 2 :])

    def _boolean(self, words: list[str], others: list[str], occur: bool) -> str:
        rare = [
            w for w in self._dice.sample(words, 20) if self._spread[w] <= self._rare and len(w) > 3
        ]
        other = [w for w in self._dice.sample(words if occur else others, 20) if len(w) > 3]
        absent = self._dice.choice(
            [w for w in self._dice.sample(others, 20) if w not in words] or ["zzz"]
        )
        if not rare or len(other) < 2:
            return ""
        shape = self._dice.choice(
            (
                "{a} AND {b} NOT {x}",
                "{a} AND ({b} OR {c}) NOT {x}",
                "{p} NOT {x}",
                "{p} AND {b} NOT {x}",
            )
        )
        phrase = self._phrase(words, others, occur)
        return shape.format(a=rare[0], b=other[0], c=other[1], x=absent, p=phrase)

    def _prefix(self, words: list[str], _others: list[str], occur: bool) -> str:
        rare = [
            w for w in self._dice.sample(words, 20) if self._spread[w] <= self._rare and len(w) > 5
        ]
        if not rare:
            return ""
        kept = self._dice.randint(4, len(rare[0]) - 1)
        return f"{rare[0][:kept]}*" if occur else f"{rare[0][:kept]}{self._dice.choice('qxjz')}*"

    def _near(self, words: list[str], others: list[str], occur: bool) -> str:
        slop = self._dice.randint(1, 6)
        start = self._dice.randrange(len(words) - slop - 3)
        picked = self._dice.sample(words[start : start + slop + 2], 2)
        if not occur:
            picked[1] = self._dice.choice(others)
        if len(set(picked)) < 2 or min(self._spread[w] for w in picked) > 4 * self._rare:
            return ""
        return f"{_quoted(picked)}~{slop}"

    def _gram(self, words: list[str], n: int) -> list[str]:
        start = self._dice.randrange(len(words) - n)
        return words[start : start + n]


def _quoted(words: Sequence[str]) -> str:
    return f'"{" ".join(words)}"'


def prefix_notation(node: Node) -> str:
    """Return a query as MonitorBench.java reads it."""
    match node:
        case Phrase(words):
            return f"P {len(words)} {' '.join(words)}"
        case Prefix(stem):
            return f"X {stem}"
        case Near(words, slop):
            return f"W {slop} {len(words)} {' '.join(words)}"
        case And(parts):
            return " ".join([f"A {len(parts)}", *map(prefix_notation, parts)])
        case Or(parts):
            return " ".join([f"O {len(parts)}", *map(prefix_notation, parts)])
        case Not(part):
            return f"N {prefix_notation(part)}"
    raise ValueError(node)
