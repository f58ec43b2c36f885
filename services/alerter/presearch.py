"""All watches in one pass over an article: their anchors are looked up at once, and only what is found is checked exactly.

    words of the article ─► which of them, of its phrases, beginnings, and facets are anchors ─► clauses ─► exact check ─► watches

The tables are plain dictionaries, so a watch is put in and taken out in microseconds while others match.
"""

from array import array
from collections.abc import Iterator, Mapping
from itertools import filterfalse
from typing import Generic, TypeVar

from services.query.ast import Node
from services.query.clauses import AnchorKey, AnchorKind, Clause, clauses
from services.query.document import BREAK, Document
from services.query.evaluate import CHECKS

T = TypeVar("T")
GATE = 3
"""No prefix is shorter: words whose first letters begin none are passed over at once."""

MAX_KNOWN_WORDS = 300_000


EVERYWHERE, NOWHERE = 0, -1
"""Numbers of no word: one that every article has, and one that none has."""


class Posting(Generic[T]):
    """The clauses under an anchor: what must and what must not occur beside it, as numbers of words in arrays.

    Most clauses are ruled out by these; what lies in cold memory is touched only for the few that are left.
    """

    __slots__ = ("also", "entries", "never")

    def __init__(self) -> None:
        self.also = array("l")
        self.never = array("l")
        self.entries: list[tuple[tuple[Node, ...], str, T, Clause]] = []

    def add(self, also: int, never: int, entry: tuple[tuple[Node, ...], str, T, Clause]) -> None:
        """Add a clause; `also` comes last, as readers go by it."""
        self.entries.append(entry)
        self.never.append(never)
        self.also.append(also)

    def without(self, id: str, value: T) -> "Posting[T]":
        """Return a new posting without the clauses of one query."""
        kept: Posting[T] = Posting()
        for also, never, entry in zip(self.also, self.never, self.entries, strict=True):
            if entry[1] != id or entry[2] is not value:
                kept.add(also, never, entry)
        return kept


class Presearch(Generic[T]):
    """Queries by their anchors, each with a value of the caller's (its watch).

    One thread may change it while others match: they see a query before or after a change, whole.
    """

    def __init__(self) -> None:
        self._live: dict[str, tuple[Node, T]] = {}
        self._anchors: dict[AnchorKind, dict[AnchorKey, Posting[T]]] = {"word": {}, "gram": {}, "stem": {}, "facet": {}}
        self._numbers: dict[str, int] = {BREAK: EVERYWHERE}
        self._gram_lengths: tuple[int, ...] = ()
        self._stem_lengths: dict[str, tuple[int, ...]] = {}
        self._stems_of: dict[str, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._live)

    def put(self, id: str, query: Node, value: T) -> None:
        """Put a query in, in place of the one with this id."""
        old = self._live.get(id)
        for clause in clauses(query):
            posting = self._anchors[clause.kind].setdefault(clause.key, Posting())
            also = self._number(clause.also) if clause.also else EVERYWHERE
            never = self._number(clause.never) if clause.never else NOWHERE
            posting.add(also, never, (clause.checks, id, value, clause))
            if isinstance(clause.key, tuple):
                self._gram_lengths = tuple(sorted({*self._gram_lengths, len(clause.key)}))
            elif clause.kind == "stem":
                self._add_stem(clause.key)
        self._live[id] = query, value
        if old is not None:
            self._take_out(id, *old)

    def remove(self, id: str) -> None:
        """Take a query out; one that is not there is none."""
        old = self._live.pop(id, None)
        if old is not None:
            self._take_out(id, *old)

    def find(self, doc: Document) -> dict[str, tuple[T, list[Clause]]]:
        """Return every query that matches, by id, with the clauses that made it match."""
        found: dict[str, tuple[T, list[Clause]]] = {}
        for checks, id, value, clause in self._candidates(doc):
            for part in checks:
                if not CHECKS[type(part)](part, doc):
                    break
            else:
                live = self._live.get(id)
                if live is not None and live[1] is value:
                    found.setdefault(id, (value, []))[1].append(clause)
        return found

    def _candidates(self, doc: Document) -> Iterator[tuple[tuple[Node, ...], str, T, Clause]]:
        """Yield the clauses that the words of the article leave open."""
        occurring = set(map(self._numbers.get, doc.places))
        for posting in self._anchored(doc):
            for i, also in enumerate(posting.also):
                if also in occurring and posting.never[i] not in occurring:
                    yield posting.entries[i]

    def _anchored(self, doc: Document) -> Iterator[Posting[T]]:
        """Yield what lies under every anchor that occurs."""
        words, grams, stems, facets = self._anchors.values()
        yield from filter(None, map(words.get, doc.places.keys() & words.keys()))
        for n in self._gram_lengths:
            runs = zip(*(doc.words[i:] for i in range(n)), strict=False)
            yield from filter(None, map(grams.get, set(filter(grams.__contains__, runs))))
        if stems:
            yield from filter(None, map(stems.get, self._stems(doc.places)))
        yield from filter(None, map(facets.get, doc.facets & facets.keys()))

    def _stems(self, words: Mapping[str, object]) -> set[str]:
        """Return the stems that a word begins with; those of words seen before are known."""
        known = self._stems_of
        if len(known) > MAX_KNOWN_WORDS:
            known = self._stems_of = {}
        for word in filterfalse(known.__contains__, words):
            known[word] = self._stems_in(word)
        return set().union(*map(known.__getitem__, words))

    def _stems_in(self, word: str) -> tuple[str, ...]:
        stems = self._anchors["stem"]
        return tuple(word[:n] for n in self._stem_lengths.get(word[:GATE], ()) if word[:n] in stems)

    def _add_stem(self, stem: str) -> None:
        gate = stem[:GATE]
        self._stem_lengths[gate] = tuple(sorted({*self._stem_lengths.get(gate, ()), len(stem)}))
        self._stems_of = {}

    def _number(self, word: str) -> int:
        return self._numbers.setdefault(word, len(self._numbers))

    def _take_out(self, id: str, query: Node, value: T) -> None:
        for clause in clauses(query):
            table = self._anchors[clause.kind]
            kept = table.get(clause.key, Posting()).without(id, value)
            if kept.entries:
                table[clause.key] = kept
            else:
                table.pop(clause.key, None)
