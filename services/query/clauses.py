"""A query as clauses, each found by one anchor: something rare that must occur where the clause holds.

    (a OR b) AND c AND NOT d      a and b rare, c common      ──►   a: {c, NOT d}     b: {c, NOT d}

A query matches exactly where one of its clauses does. Looked up by anchors, most queries cost nothing in most articles.
"""

from itertools import pairwise
from typing import Literal

import msgspec

from services.query.ast import And, Atom, Field, Near, Node, Not, Or, Phrase, Prefix
from services.query.frequency import occurrences, pair_share, share, word_share

AnchorKind = Literal["word", "pair", "stem", "facet"]
AnchorKey = str | tuple[str, str]


class Clause(msgspec.Struct, frozen=True, gc=False):
    """Holds where its anchor occurs, `atom` (unless the anchor alone proves it) and all of `rest` hold."""

    kind: AnchorKind
    key: AnchorKey
    atom: Atom
    is_proved: bool
    rest: tuple[Node, ...] = ()

    @property
    def share(self) -> float:
        """The expected share of articles with the anchor, 0…1."""
        if isinstance(self.key, tuple):
            return pair_share(*self.key)
        return word_share(self.key) if self.kind == "word" else share(self.atom)


def clauses(node: Node) -> list[Clause]:
    """Return the clauses of a query; none for one that can match without any atom (only NOT)."""
    match node:
        case And(parts):
            return _of_rarest(parts)
        case Or(parts):
            branches = [clauses(part) for part in parts]
            return [clause for branch in branches for clause in branch] if all(branches) else []
        case Not():
            return []
    return [_of_atom(node)]


def _of_rarest(parts: tuple[Node, ...]) -> list[Clause]:
    options = [(sum(clause.share for clause in found), i, found) for i, found in enumerate(map(clauses, parts)) if found]
    if not options:
        return []
    _, chosen, found = min(options, key=lambda option: option[:2])
    others = parts[:chosen] + parts[chosen + 1 :]
    return [Clause(c.kind, c.key, c.atom, c.is_proved, c.rest + others) for c in found]


def _of_atom(atom: Atom) -> Clause:
    match atom:
        case Phrase(words, title) if len(words) > 1:
            pair = min(pairwise(words), key=lambda pair: pair_share(*pair))
            return Clause("pair", pair, atom, is_proved=pair == words and not title)
        case Phrase(words, title):
            return Clause("word", words[0], atom, is_proved=not title)
        case Near(words):
            return Clause("word", words[0], atom, is_proved=False)
        case Prefix(stem, title):
            return Clause("stem", stem, atom, is_proved=not title)
        case Field(name):
            return Clause("facet", name, atom, is_proved=True)


def cost(found: list[Clause]) -> float:
    """Return how many atoms looked up and positions visited a query is expected to take an article, beyond its anchors."""
    return sum(clause.share * (_work(clause.atom) + _in_turn(clause.rest)) for clause in found)


def _in_turn(parts: tuple[Node, ...]) -> float:
    """Return the work of parts that are looked at in turn until one does not hold."""
    reached, total = 1.0, 0.0
    for part in parts:
        total += reached * _work(part)
        reached *= 0.2 + 0.8 * share(part)  # words of one query keep company
    return total


def _work(node: Node) -> float:
    match node:
        case Phrase(words, _, pivot):
            return 1 + occurrences(words[pivot])
        case Near(words):
            return sum(1 + occurrences(word) for word in words)
        case And(parts):
            return _in_turn(parts)
        case Or(parts):
            return sum(map(_work, parts))
        case Not(part):
            return _work(part)
    return 1.0
