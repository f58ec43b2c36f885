"""All watches in one pass over an article: their anchors are looked up at once, and only what is found is checked exactly.

    words of the article ─► which of them, of its pairs, beginnings, and facets are anchors ─► clauses ─► exact check ─► watches

The tables are plain dictionaries, so a watch is put in and taken out in microseconds while others match.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Generic, TypeVar

from services.query.ast import Node
from services.query.clauses import AnchorKey, AnchorKind, Clause, clauses
from services.query.document import Document
from services.query.evaluate import holds

T = TypeVar("T")
GATE = 3
"""No prefix is shorter: words whose first letters begin none are passed over at once."""


class Presearch(Generic[T]):
    """Queries by their anchors, each with a value of the caller's (its watch).

    One thread may change it while others match: they see a query before or after a change, whole.
    """

    def __init__(self) -> None:
        self._live: dict[str, tuple[Node, T]] = {}
        self._anchors: dict[AnchorKind, dict[AnchorKey, list[tuple[str, T, Clause]]]] = {
            "word": {},
            "pair": {},
            "stem": {},
            "facet": {},
        }
        self._lengths: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._live)

    def put(self, id: str, query: Node, value: T) -> None:
        """Put a query in, in place of the one with this id."""
        old = self._live.get(id)
        for clause in clauses(query):
            self._anchors[clause.kind].setdefault(clause.key, []).append((id, value, clause))
            if clause.kind == "stem":
                self._open_gate(str(clause.key))
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
        for id, value, clause in self._candidates(doc):
            if not clause.is_proved and not holds(clause.atom, doc):
                continue
            for part in clause.rest:
                if not holds(part, doc):
                    break
            else:
                live = self._live.get(id)
                if live is not None and live[1] is value:
                    found.setdefault(id, (value, []))[1].append(clause)
        return found

    def _candidates(self, doc: Document) -> Iterator[tuple[str, T, Clause]]:
        """Yield the clauses whose anchor occurs, each once."""
        tables = self._anchors
        places = doc.places()
        for word in places.keys() & tables["word"].keys():
            yield from tables["word"].get(word, ())
        for pair in set(filter(tables["pair"].__contains__, pairwise(doc.words))):
            yield from tables["pair"].get(pair, ())
        for stem in self._stems(places):
            yield from tables["stem"].get(stem, ())
        for facet in doc.facets & tables["facet"].keys():
            yield from tables["facet"].get(facet, ())

    def _stems(self, words: Iterable[str]) -> set[str]:
        stems, lengths = self._anchors["stem"], self._lengths
        return {word[:n] for word in words for n in lengths.get(word[:GATE], ()) if word[:n] in stems} if stems else set()

    def _open_gate(self, stem: str) -> None:
        gate = stem[:GATE]
        self._lengths[gate] = tuple(sorted({*self._lengths.get(gate, ()), len(stem)}))

    def _take_out(self, id: str, query: Node, value: T) -> None:
        for clause in clauses(query):
            table = self._anchors[clause.kind]
            kept = [entry for entry in table.get(clause.key, ()) if not (entry[0] == id and entry[1] is value)]
            if kept:
                table[clause.key] = kept
            else:
                table.pop(clause.key, None)
