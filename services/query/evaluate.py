"""Whether and where a query matches a document: exact, by positions of words.

`holds` answers as early as possible; `spans` gives the places of all matching atoms.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from services.query.ast import And, Field, Near, Node, Not, Or, Phrase, Prefix
from services.query.document import BREAK, Document
from services.text.tokens import Span

Reach = tuple[int, int]
"""First and last position of a match."""


def evaluate(node: Node, doc: Document) -> list[Span] | None:
    """Return the spans of all matching atoms, in text order (none under NOT).

    None if the query does not match.
    """
    return spans((node,), doc) if holds(node, doc) else None


def holds(node: Node, doc: Document) -> bool:
    """Return True if the query matches."""
    return CHECKS[type(node)](node, doc)


def spans(nodes: Sequence[Node], doc: Document) -> list[Span]:
    """Return the spans of all atoms of matching queries, in text order."""
    found: set[Span] = set()
    for node in nodes:
        found |= {(doc.spans[first][0], doc.spans[last][1]) for first, last in reaches(node, doc)}
    return sorted(found)


def reaches(node: Node, doc: Document) -> list[Reach]:
    """Return the positions of the atoms of a matching query."""
    match node:
        case Phrase():
            return [(i, i + len(node.words) - 1) for i in _phrase(node, doc)]
        case Prefix():
            places = chain.from_iterable(map(doc.at, doc.starting(node.stem)))
            return [(i, i) for i in places if not node.title or i < doc.n_title]
        case Near():
            return _windows(node, doc)
        case And():
            return [*chain.from_iterable(reaches(part, doc) for part in node.parts)]
        case Or():
            holding = (part for part in node.parts if holds(part, doc))
            return [*chain.from_iterable(reaches(part, doc) for part in holding)]
    return []


def _phrase(node: Phrase, doc: Document) -> list[int]:
    """Return the positions of the first word of each occurrence."""
    words, pivot, n = list(node.words), node.pivot, len(node.words)
    starts = [i - pivot for i in doc.at(words[pivot])]
    if n > 1:
        starts = [i for i in starts if i >= 0 and doc.words[i : i + n] == words]
    return [i for i in starts if i < doc.n_title] if node.title else starts


def _windows(node: Near, doc: Document) -> list[Reach]:
    """Return the smallest windows within a segment that hold all words and are narrow enough.

    A word counts as often as the query has it. Any sufficient stretch contains a smallest window,
    so these decide.
    """
    wanted: dict[str, int] = {}
    for word in node.words:
        wanted[word] = wanted.get(word, 0) + 1
    where: list[tuple[int, str]] = []
    for word, n in wanted.items():
        here = doc.at(word)
        if len(here) < n:
            return []
        where += [(i, word) for i in here]
    where.sort()
    widest = len(node.words) + node.slop
    found: list[Reach] = []
    missing, first = len(node.words), 0
    for i, word in where:
        wanted[word] -= 1
        missing -= wanted[word] >= 0
        while missing == 0:
            start, leaving = where[first]
            if wanted[leaving] == 0:
                if (
                    i - start < widest
                    and BREAK not in doc.words[start:i]
                    and (not node.title or start < doc.n_title)
                ):
                    found.append((start, i))
                missing = 1
            wanted[leaving] += 1
            first += 1
    return found


def _any_phrase(node: Phrase, doc: Document) -> bool:
    if len(node.words) == 1 and not node.title:
        return node.words[0] in doc.distinct
    return bool(_phrase(node, doc))


def _any_prefix(node: Prefix, doc: Document) -> bool:
    words = doc.starting(node.stem)
    return any(doc.at(word)[0] < doc.n_title for word in words) if node.title else bool(words)


def _any_window(node: Near, doc: Document) -> bool:
    words = node.words
    if len(words) != 2 or words[0] == words[1]:
        return bool(_windows(node, doc))
    places, reach = doc.places, node.slop + 1
    if words[0] not in places or words[1] not in places:
        return False
    others = places[words[1]]
    for i in places[words[0]]:
        for j in others:
            if -reach <= i - j <= reach and BREAK not in doc.words[min(i, j) : max(i, j)]:
                return not node.title or min(i, j) < doc.n_title or bool(_windows(node, doc))
    return False


def _facet(node: Field, doc: Document) -> bool:
    return node.facet in doc.facets


def _all(node: And, doc: Document) -> bool:
    for part in node.parts:  # noqa: SIM110 (a generator would cost more than what it calls)
        if not CHECKS[type(part)](part, doc):
            return False
    return True


def _any(node: Or, doc: Document) -> bool:
    if node.words and doc.holds_any(node.words):
        return True
    for part in node.others:  # noqa: SIM110
        if CHECKS[type(part)](part, doc):
            return True
    return False


def _none(node: Not, doc: Document) -> bool:
    return not CHECKS[type(node.part)](node.part, doc)


CHECKS: dict[type, Callable[[Any, Document], bool]] = {
    Phrase: _any_phrase,
    Prefix: _any_prefix,
    Near: _any_window,
    Field: _facet,
    And: _all,
    Or: _any,
    Not: _none,
}
"""The check of each kind of node: what `holds` looks up, for callers that can't afford the call."""
