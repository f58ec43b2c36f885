"""A query as clauses, each found by one anchor: something rare that must occur where the clause holds.

    (a OR b) AND c AND NOT d      a and b rare, c common      ──►   a: {c, NOT d}     b: {c, NOT d}

A query matches exactly where one of its clauses does. Looked up by anchors, most queries cost nothing in most articles.
"""

from itertools import pairwise
from typing import Literal, TypeGuard

import msgspec

from services.query.ast import And, Atom, Field, Near, Node, Not, Or, Phrase, Prefix
from services.query.frequency import occurrences, pair_share, share, word_share

AnchorKind = Literal["word", "gram", "near", "stem", "facet"]
AnchorKey = str | tuple[str, ...]
MAX_GRAM = 3
"""Phrases of up to so many words are looked up whole, longer ones by the rarest so many words in a row."""

MAX_REACH = 16
"""Words of a distance that stand no farther apart are looked up as a pair; all pairs of an article within reach are tried."""

MAX_ALTERNATIVES = 8
"""Alternatives of up to so many plain words become a clause each."""


class Clause(msgspec.Struct, frozen=True, gc=False):
    """Holds where its anchor occurs and `atom` and all of `rest` hold.

    What can be told by single words is told by them: `also` is one more word that must occur, `never` one that must not
    ("" if there is none). `checks` are the parts that these words leave open.
    """

    kind: AnchorKind
    key: AnchorKey
    atom: Atom
    is_proved: bool
    rest: tuple[Node, ...] = ()
    also: str = ""
    never: str = ""
    checks: tuple[Node, ...] = ()

    @property
    def share(self) -> float:
        """The expected share of articles with the anchor, 0…1."""
        if isinstance(self.key, str):
            return word_share(self.key) if self.kind == "word" else share(self.atom)
        return _gram_share(self.key) if self.kind == "gram" else word_share(self.key[0])


def clauses(node: Node) -> list[Clause]:
    """Return the clauses of a query; none for one that can match without any atom (only NOT)."""
    return [told for clause in _clauses(node) for told in _by_words(clause)]


def _clauses(node: Node) -> list[Clause]:
    match node:
        case And(parts):
            return _of_rarest(parts)
        case Or(parts):
            branches = [_clauses(part) for part in parts]
            return [clause for branch in branches for clause in branch] if all(branches) else []
        case Not():
            return []
    return [_of_atom(node)]


def _by_words(clause: Clause) -> list[Clause]:
    """Return the clause with the words that rule most of its candidates out: one clause for each of a few alternatives."""
    open_parts = clause.rest if clause.is_proved else (clause.atom, *clause.rest)
    denied = next((part for part in open_parts if isinstance(part, Not) and _is_word(part.part)), None)
    never = denied.part.words[0] if denied and isinstance(denied.part, Phrase) else ""
    anchored = {clause.key} if isinstance(clause.key, str) else set(clause.key)
    words = [w for part in open_parts if isinstance(part, Phrase | Near) for w in part.words if w not in anchored]
    also = [min(words, key=occurrences)] if words else []
    chosen = next((part for part in open_parts if isinstance(part, Or) and _are_few_words(part)), None) if not also else None
    if isinstance(chosen, Or):
        also = [part.words[0] for part in chosen.parts if isinstance(part, Phrase)]
    return [
        msgspec.structs.replace(
            clause,
            also=word,
            never=never,
            checks=tuple(p for p in open_parts if p not in (denied, chosen) and not (_is_word(p) and p.words == (word,))),
        )
        for word in also or [""]
    ]


def _is_word(node: Node) -> TypeGuard[Phrase]:
    return isinstance(node, Phrase) and len(node.words) == 1 and not node.title


def _are_few_words(node: Or) -> bool:
    return len(node.parts) <= MAX_ALTERNATIVES and all(map(_is_word, node.parts))


def _of_rarest(parts: tuple[Node, ...]) -> list[Clause]:
    options = [(sum(clause.share for clause in found), i, found) for i, found in enumerate(map(_clauses, parts)) if found]
    if not options:
        return []
    _, chosen, found = min(options, key=lambda option: option[:2])
    others = parts[:chosen] + parts[chosen + 1 :]
    return [Clause(c.kind, c.key, c.atom, c.is_proved, c.rest + others) for c in found]


def _of_atom(atom: Atom) -> Clause:
    match atom:
        case Phrase(words, title) if len(words) > 1:
            n = min(len(words), MAX_GRAM)
            gram = min((words[i : i + n] for i in range(len(words) - n + 1)), key=_gram_share)
            return Clause("gram", gram, atom, is_proved=gram == words and not title)
        case Phrase(words, title):
            return Clause("word", words[0], atom, is_proved=not title)
        case Near(words):
            near = atom.reach <= MAX_REACH
            return Clause("near" if near else "word", words[:2] if near else words[0], atom, is_proved=False)
        case Prefix(stem, title):
            return Clause("stem", stem, atom, is_proved=not title)
        case Field(name):
            return Clause("facet", name, atom, is_proved=True)


def _gram_share(words: tuple[str, ...]) -> float:
    return min(pair_share(*pair) for pair in pairwise(words))


WORDS_AT_ONCE = 16
"""So many plain words of alternatives, looked up at one go, take as long as one atom."""

TOPICAL = 0.4
"""Where all articles have one subject, its rarest word may be in so many of them: that is what costs are reckoned with."""


def cost(found: list[Clause]) -> float:
    """Return how many atoms looked up and positions visited a query may take an article, beyond its anchors."""
    anchored = sum(clause.share for clause in found)
    per_article = sum(c.share * (1 + (0 if c.is_proved else _work(c.atom)) + _in_turn(c.rest)) for c in found)
    return per_article * max(1.0, TOPICAL / anchored)


def _in_turn(parts: tuple[Node, ...]) -> float:
    """Return the work of parts that are looked at in turn until one does not hold."""
    reached = total = 0.0
    for i, part in enumerate(parts):
        # Words of one query keep company, so what follows is reached more often than chance would have it.
        reached = reached * (0.2 + 0.8 * share(parts[i - 1])) if i else 1.0
        total += reached * _work(part)
    return total


def _work(node: Node) -> float:
    match node:
        case Phrase(words, _, pivot):
            return 1 + (occurrences(words[pivot]) if len(words) > 1 else 0)
        case Near(words):
            return sum(1 + occurrences(word) for word in words)
        case And(parts):
            return _in_turn(parts)
        case Or(_, words, others):
            return (1 + len(words) / WORDS_AT_ONCE if words else 0) + sum(map(_work, others))
        case Not(part):
            return _work(part)
    return 1.0
