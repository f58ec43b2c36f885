"""What the dearest admitted query costs: hostile strings read,
and those taken counted on articles, look-up by look-up.
"""

import random
import statistics
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from bench.match_watches import SEED, as_document, make_watches
from services.alerter.presearch import Presearch
from services.errors import ConfigError
from services.query.ast import Node
from services.query.clauses import WORDS_AT_ONCE, clauses
from services.query.document import Document
from services.query.parse import parse

N_STRINGS = 100_000
N_ARTICLES = 200
WORST = 10


class CountedPlaces(dict[str, list[int]]):
    """Positions of words that count what is asked of them;
    as `distinct` of an article it answers for words alone.
    """

    lookups = 0
    visited = 0

    def __contains__(self, word: object) -> bool:
        self.lookups += 1
        return super().__contains__(word)

    def __getitem__(self, word: str) -> list[int]:
        found = super().__getitem__(word)
        self.visited += len(found)
        return found

    def get(self, word, default=()):  # type: ignore[no-untyped-def]
        self.lookups += 1
        found = super().get(word, default)
        self.visited += len(found)
        return found


class Counted(Document):
    """An article that counts."""

    def __init__(self, text: tuple[str, str]) -> None:
        plain = as_document(text)
        self.words, self.spans, self.n_title, self.facets = (
            plain.words,
            plain.spans,
            plain.n_title,
            plain.facets,
        )
        self.counted = CountedPlaces(plain.places)
        self.places = self.counted
        self.distinct = self.counted  # type: ignore[assignment] # only membership is asked for
        self.plain = plain
        self.grams = {
            tuple(self.words[i : i + n]) for n in (2, 3, 4) for i in range(len(self.words))
        }

    def starting(self, stem: str) -> list[str]:
        self.counted.lookups += 1
        return self.plain.starting(stem)

    def holds_any(self, words: frozenset[str]) -> bool:
        self.counted.lookups += 1 + len(words) // WORDS_AT_ONCE
        return self.plain.holds_any(words)

    def may_hold(self, key: str | tuple[str, ...], kind: str) -> bool:
        if kind == "gram":
            return key in self.grams
        if kind == "near":
            return all(dict.__contains__(self.places, word) for word in key)
        return (
            bool(self.plain.starting(str(key)))
            if kind == "stem"
            else dict.__contains__(self.places, key)
        )


def cost(query: Node, articles: Sequence[Counted]) -> int:
    """Return atoms looked up and positions visited on all articles;
    each article counts one look-up, of the query's anchor.

    Marking what was found is not counted: it visits the positions that it gives out.
    """
    found, total = clauses(query), len(articles)
    presearch: Presearch[None] = Presearch()
    presearch.put("q", query, None)
    for article in articles:
        fired = sum(article.may_hold(clause.key, clause.kind) for clause in found)
        if fired:
            places = article.counted
            places.lookups = places.visited = 0
            presearch.find(article)
            total += fired + places.lookups + places.visited
    return total


def count_hostile(
    texts: Sequence[tuple[str, str]], n_strings: int = N_STRINGS, n_watches: int = 10_000
) -> int:
    """Print what the strings came to,
    and return how many admitted queries cost more than WORST times the median watch.
    """
    dice = random.Random(SEED)
    articles = [Counted(text) for text in dice.sample(list(texts), min(N_ARTICLES, len(texts)))]
    watches = make_watches(texts, n_watches)
    median = statistics.median(cost(watch.node, articles) for watch in watches)
    print(
        f"a watch of the bench costs {median / len(articles):.2f} "
        f"an article (median of {len(watches):,})"
    )
    words = [word for _, body in texts for word in body.split()]
    admitted: dict[Node, str] = {}
    refused = 0
    for string in islice(hostile([w.query for w in watches], words, dice), n_strings):
        try:
            admitted.setdefault(parse(string), string)
        except ConfigError:
            refused += 1
    print(
        f"{n_strings:,} strings: {refused:,} refused with a reason, "
        f"{len(admitted):,} different queries admitted, no exception"
    )
    costs = sorted(
        ((cost(query, articles) / median, text) for query, text in admitted.items()), reverse=True
    )
    for ratio, text in costs[:3]:
        print(f"  {ratio:6.1f} times the median: {text[:150]!r}")
    above = sum(ratio > WORST for ratio, _ in costs)
    print(f"{above} admitted queries cost more than {WORST} times the median")
    return above


def hostile(watches: Sequence[str], words: Sequence[str], dice: random.Random) -> Iterator[str]:
    """Yield random and mutated strings, and shapes that are made to be dear."""
    while True:
        yield from (_mutated(dice.choice(watches), dice), _heap(words, dice), _dear(words, dice))


def _mutated(query: str, dice: random.Random) -> str:
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(query) + 1)
        piece = dice.choice(
            [
                "",
                "*",
                '"',
                "~5",
                " OR ",
                " AND ",
                " NOT ",
                "(",
                ")",
                " the ",
                "-",
                "a",
                "\\",
                ":",
                "é",
                " ",
                "title:",
            ]
        )
        query = query[:at] + piece + query[at + dice.randint(0, 3) :]
    return query


def _heap(words: Sequence[str], dice: random.Random) -> str:
    syntax = [
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        '"',
        "~3",
        "*",
        "-",
        "+",
        "title:",
        "lang:en",
        "actor:",
        "\\",
        "^2",
        "[",
        "/",
    ]
    parts = (
        dice.choice(syntax) if dice.random() < 0.4 else dice.choice(words)
        for _ in range(dice.randint(1, 40))
    )
    return dice.choice(["", " "]).join(parts) if dice.random() < 0.2 else " ".join(parts)


def _dear(words: Sequence[str], dice: random.Random) -> str:
    """Return a well-formed query of many frequent atoms."""

    def some(n: int) -> Iterable[str]:
        for word in dice.choices(words, k=n):
            pair = f'"{word} {dice.choice(words)}"'
            yield dice.choice([word, pair, f"{word[:4]}*", f"{pair}~{dice.randint(1, 99)}"])

    n = dice.choice([1, 2, 3, 5, 10, 30, 60, 100, 190])
    return dice.choice(
        [
            " OR ".join(some(n)),
            " AND ".join(some(n)),
            f"({' OR '.join(some(n // 2 + 1))}) AND ({' OR '.join(some(n // 2 + 1))})",
            f"{next(iter(some(1)))} AND NOT ({' OR '.join(some(n))})",
            f"({' OR '.join(some(n // 2 + 1))}) "
            f"{' '.join('-' + atom for atom in some(n // 2 + 1))}",
        ]
    )
