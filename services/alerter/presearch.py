"""All queries matched in one pass over an article.

Each clause of a query lies under an anchor, a word or the like that must occur. The article's words
find the anchors, and only the clauses under these are checked exactly.

    words, phrases, near pairs, stems, and facets of the article ─► anchors ─► clauses
    ─► one more word that must occur, and one that must not ─► exact check ─► queries

The tables are plain dictionaries, so that a query is added or removed in microseconds while others
match.
"""

from array import array
from collections.abc import Iterable, Iterator
from itertools import chain, compress, count, repeat
from typing import Generic, TypeVar, get_args

from services.alerter.nearness import NearPairs, pair_key
from services.query.ast import Near, Node, Prefix
from services.query.clauses import AnchorKey, AnchorKind, Clause, clauses
from services.query.document import BREAK, Document
from services.query.evaluate import CHECKS

T = TypeVar("T")
GATE = 3
"""Letters of the shortest prefix of a query. Words that begin like no prefix are skipped."""

MAX_KNOWN_WORDS = 300_000
"""Words whose stems are cached. It bounds memory."""

EVERYWHERE, NOWHERE, UNKNOWN = 0, -1, -2
"""Numbers in place of a word: for one in every article, one in none, and words of no query."""

Entry = tuple[int, tuple[Node, ...], str, T, Clause]
"""A clause: the word that must not occur, the exact checks, the query's id, the caller's value."""


class Presearch(Generic[T]):
    """Queries by their anchors, each with a value of the caller (its watch).

    Words and clauses have numbers that are never reused. Under an anchor are pairs in one array:
    the number of another word that must occur, and that of the clause. That word excludes most
    clauses before they are read: with 100,000 queries, access to memory takes most of the time.

    One thread may change queries while others match. They see a query before or after a change.
    """

    def __init__(self) -> None:
        self._live: dict[str, tuple[T, tuple[int, ...]]] = {}
        self._clause_numbers = count()
        self._word_numbers: dict[str, int] = {BREAK: EVERYWHERE}
        self._entries: dict[int, Entry[T]] = {}
        self._anchors: dict[AnchorKind, dict[int | AnchorKey, array[int]]] = {
            kind: {} for kind in get_args(AnchorKind)
        }
        self._near = NearPairs()
        self._gram_lengths: tuple[int, ...] = ()
        self._stem_lengths: dict[str, tuple[int, ...]] = {}
        self._stems_of: dict[str, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._live)

    def put(self, id: str, query: Node, value: T) -> None:
        """Add a query, in place of the one with this id."""
        old = self._live.get(id)
        self._live[id] = value, tuple([self._add(clause, id, value) for clause in clauses(query)])
        if old is not None:
            self._take_out(*old)

    def remove(self, id: str) -> None:
        """Remove a query, if it is there."""
        old = self._live.pop(id, None)
        if old is not None:
            self._take_out(*old)

    def find(self, doc: Document) -> dict[str, tuple[T, list[Clause]]]:
        """Return the queries that match, by id, with the clauses that match."""
        found: dict[str, tuple[T, list[Clause]]] = {}
        for _, checks, id, value, clause in self._candidates(doc):
            for part in checks:
                if not CHECKS[type(part)](part, doc):
                    break
            else:
                live = self._live.get(id)
                if live is not None and live[0] is value:
                    found.setdefault(id, (value, []))[1].append(clause)
        return found

    def _candidates(self, doc: Document) -> Iterator[Entry[T]]:
        """Yield the clauses that the words of the article do not exclude."""
        words = doc.words if self._anchors["near"] else doc.distinct
        row = list(map(self._word_numbers.get, words, repeat(UNKNOWN)))
        occurring = set(row)
        pairs = list(chain.from_iterable(self._anchored(doc, row, occurring)))
        for number in compress(pairs[1::2], map(occurring.__contains__, pairs[::2])):
            entry = self._entries.get(number)
            if entry is not None and entry[0] not in occurring:
                yield entry

    def _anchored(
        self, doc: Document, row: list[int], occurring: set[int]
    ) -> Iterator["array[int]"]:
        """Yield the pairs under each anchor that occurs. `row` has the numbers of the words."""
        words, grams, near, stems, facets = self._anchors.values()
        yield from filter(None, map(words.get, occurring))
        for n in self._gram_lengths:
            runs = zip(*(doc.words[i:] for i in range(n)), strict=False)
            yield from filter(None, map(grams.get, set(filter(grams.__contains__, runs))))
        if near:
            yield from filter(None, map(near.get, self._near.candidates(row)))
        if stems:
            yield from filter(None, map(stems.get, self._stems(doc.distinct)))
        yield from filter(None, map(facets.get, doc.facets))

    def _stems(self, words: frozenset[str]) -> set[str]:
        """Return the stems that words begin with. Those of words seen before are cached."""
        known = self._stems_of
        if len(known) > MAX_KNOWN_WORDS:
            known = self._stems_of = {}
        found = set(map(known.get, words))
        if None in found:
            known.update((word, self._stems_in(word)) for word in words if word not in known)
            found = set(map(known.get, words))
        return set().union(*filter(None, found))

    def _stems_in(self, word: str) -> tuple[str, ...]:
        stems = self._anchors["stem"]
        lengths = self._stem_lengths.get(word[:GATE], ())
        return tuple(word[:n] for n in lengths if word[:n] in stems)

    def _add(self, clause: Clause, id: str, value: T) -> int:
        """Add a clause and return its number.

        The clause is under its anchor before articles are searched for the anchor.
        """
        number = next(self._clause_numbers)
        never = self._number_of(clause.never) if clause.never else NOWHERE
        also = self._number_of(clause.also) if clause.also else EVERYWHERE
        self._entries[number] = never, clause.checks, id, value, clause
        key = self._key(clause)
        self._anchors[clause.kind].setdefault(key, array("l")).extend((also, number))
        self._open(clause, key)
        return number

    def _add_stem(self, stem: str) -> None:
        gate = stem[:GATE]
        self._stem_lengths[gate] = tuple(sorted({*self._stem_lengths.get(gate, ()), len(stem)}))
        self._stems_of = {}

    def _open(self, clause: Clause, key: int | AnchorKey) -> None:
        """Search articles for the anchor of a clause from now on."""
        if clause.kind == "gram":
            self._gram_lengths = tuple(sorted({*self._gram_lengths, len(clause.key)}))
        elif clause.kind == "near" and isinstance(clause.atom, Near) and isinstance(key, int):
            self._near.add(key, clause.atom.reach)
        elif isinstance(clause.atom, Prefix):
            self._add_stem(clause.atom.stem)

    def _key(self, clause: Clause) -> int | AnchorKey:
        match clause.kind, clause.key:
            case "word", str(word):
                return self._number_of(word)
            case "near", (one, other):
                return pair_key(self._number_of(one), self._number_of(other))
        return clause.key

    def _number_of(self, word: str) -> int:
        return self._word_numbers.setdefault(word, len(self._word_numbers))

    def _take_out(self, _: T, numbers: Iterable[int]) -> None:
        for number in numbers:
            clause = self._entries.pop(number)[-1]
            table, key = self._anchors[clause.kind], self._key(clause)
            pairs = table[key]
            at = 2 * pairs[1::2].index(number)
            if len(pairs) > 2:
                table[key] = pairs[:at] + pairs[at + 2 :]
            else:
                del table[key]
