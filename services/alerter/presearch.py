"""All watches in one pass over an article: their anchors are looked up at once, and only what is found is checked exactly.

    words of the article ─► which of them, of its phrases, near pairs, beginnings, and facets are anchors ─► clauses
    ─► one more word that must, and one that must not occur ─► exact check ─► watches

The tables are plain dictionaries, so a watch is put in and taken out in microseconds while others match.
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
"""No prefix is shorter: words whose first letters begin none are passed over at once."""

MAX_KNOWN_WORDS = 300_000
"""Words whose stems are remembered."""

EVERYWHERE, NOWHERE, UNKNOWN = 0, -1, -2
"""Numbers of no word: one that every article has, one that none has, and that of words that no query names."""

Entry = tuple[int, tuple[Node, ...], str, T, Clause]
"""Of a clause: the word that must not occur, what its words leave open, the id of its query, and the caller's value."""


class Presearch(Generic[T]):
    """Queries by their anchors, each with a value of the caller's (its watch).

    Words and clauses have numbers, never given again. Under an anchor lie pairs in a row: the number of a word that must
    occur too, and the clause's. That word rules most clauses out before anything of them is touched: memory, not reckoning,
    is what a hundred thousand queries take time for.

    One thread may change it while others match: they see a query before or after a change, whole.
    """

    def __init__(self) -> None:
        self._live: dict[str, tuple[T, tuple[int, ...]]] = {}
        self._clause_numbers = count()
        self._word_numbers: dict[str, int] = {BREAK: EVERYWHERE}
        self._entries: dict[int, Entry[T]] = {}
        self._anchors: dict[AnchorKind, dict[int | AnchorKey, array[int]]] = {kind: {} for kind in get_args(AnchorKind)}
        self._near = NearPairs()
        self._gram_lengths: tuple[int, ...] = ()
        self._stem_lengths: dict[str, tuple[int, ...]] = {}
        self._stems_of: dict[str, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._live)

    def put(self, id: str, query: Node, value: T) -> None:
        """Put a query in, in place of the one with this id."""
        old = self._live.get(id)
        self._live[id] = value, tuple([self._add(clause, id, value) for clause in clauses(query)])
        if old is not None:
            self._take_out(*old)

    def remove(self, id: str) -> None:
        """Take a query out; one that is not there is none."""
        old = self._live.pop(id, None)
        if old is not None:
            self._take_out(*old)

    def find(self, doc: Document) -> dict[str, tuple[T, list[Clause]]]:
        """Return every query that matches, by id, with the clauses that made it match."""
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
        """Yield the clauses that the words of the article leave open."""
        words = doc.words if self._anchors["near"] else doc.distinct
        row = list(map(self._word_numbers.get, words, repeat(UNKNOWN)))
        occurring = set(row)
        pairs = list(chain.from_iterable(self._anchored(doc, row, occurring)))
        for number in compress(pairs[1::2], map(occurring.__contains__, pairs[::2])):
            entry = self._entries.get(number)
            if entry is not None and entry[0] not in occurring:
                yield entry

    def _anchored(self, doc: Document, row: list[int], occurring: set[int]) -> Iterator["array[int]"]:
        """Yield the pairs under every anchor that occurs; `row` are the numbers of the words."""
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
        """Return the stems that a word begins with; those of words seen before are known."""
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
        return tuple(word[:n] for n in self._stem_lengths.get(word[:GATE], ()) if word[:n] in stems)

    def _add(self, clause: Clause, id: str, value: T) -> int:
        """Add a clause and return its number. It lies under its anchor before articles are looked through for that."""
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
        """Look articles through for the anchor of a clause from now on."""
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
