"""A query as clauses, each found by one anchor: a rare part that must occur if the clause holds.

    (a OR b) AND c AND NOT d      a and b rare, c common      ──►   a: {c, NOT d}     b: {c, NOT d}

A query matches exactly if one of its clauses does. Most queries then cost nothing in most articles.
"""

from itertools import chain, pairwise
from typing import Literal

import msgspec

from services.query.ast import And, Atom, Field, Near, Node, Not, Or, Phrase, Prefix, is_word
from services.query.frequency import occurrences, pair_share, share, word_share

AnchorKind = Literal["word", "gram", "near", "stem", "facet"]
"""The kind of an anchor, which decides how it is looked up."""
AnchorKey = str | tuple[str, ...]
MAX_GRAM = 3
"""Words of a phrase that are looked up together; of a longer phrase the rarest so many in a row."""

MAX_REACH = 16
"""Reach up to which the words of a distance are looked up as a pair.

All pairs of an article within this reach are tried.
"""

MAX_ALTERNATIVES = 8
"""Plain words of alternatives up to which each becomes a clause."""


class Clause(msgspec.Struct, frozen=True, gc=False):
    """Holds if its anchor occurs, and `atom` and all of `rest` hold.

    - `is_proved`: the anchor alone proves `atom`.
    - `also`: one more word that must occur; "" for none. `never`: a word that must not.
    - `checks`: the parts that these words leave open.
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
        """The expected share of articles with the anchor, from 0 to 1."""
        if isinstance(self.key, str):
            return word_share(self.key) if self.kind == "word" else share(self.atom)
        return _gram_share(self.key) if self.kind == "gram" else word_share(self.key[0])


def clauses(node: Node) -> list[Clause]:
    """Return the clauses of a query; none for one that can match without any atom (only NOT)."""
    return [*chain.from_iterable(map(_by_words, _clauses(node)))]


def _clauses(node: Node) -> list[Clause]:
    match node:
        case And(parts):
            return _of_rarest(parts)
        case Or(parts):
            branches = [_clauses(part) for part in parts]
            return [*chain.from_iterable(branches)] if all(branches) else []
        case Not():
            return []
    return [_of_atom(node)]


def _by_words(clause: Clause) -> list[Clause]:
    """Return the clause with the words that exclude most of its candidates.

    A few alternatives give a clause each.
    """
    open_parts = clause.rest if clause.is_proved else (clause.atom, *clause.rest)
    denied = next(
        (part for part in open_parts if isinstance(part, Not) and is_word(part.part)), None
    )
    never = denied.part.words[0] if denied and isinstance(denied.part, Phrase) else ""
    anchored = {clause.key} if isinstance(clause.key, str) else set(clause.key)
    rows = (part.words for part in open_parts if isinstance(part, Phrase | Near))
    words = [word for word in chain.from_iterable(rows) if word not in anchored]
    also = [min(words, key=occurrences)] if words else []
    choices = (part for part in open_parts if isinstance(part, Or) and _are_few_words(part))
    chosen = None if also else next(choices, None)
    if chosen is not None:
        also = [part.words[0] for part in chosen.parts if isinstance(part, Phrase)]
    left = [part for part in open_parts if part not in (denied, chosen)]
    found: list[Clause] = []
    for word in also or [""]:
        checks = tuple(part for part in left if not (is_word(part) and part.words == (word,)))
        found.append(msgspec.structs.replace(clause, also=word, never=never, checks=checks))
    return found


def _are_few_words(node: Or) -> bool:
    return len(node.parts) <= MAX_ALTERNATIVES and all(map(is_word, node.parts))


def _of_rarest(parts: tuple[Node, ...]) -> list[Clause]:
    options: list[tuple[float, int, list[Clause]]] = []
    for i, found in enumerate(map(_clauses, parts)):
        if found:
            options.append((sum(clause.share for clause in found), i, found))
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
            return Clause(
                "near" if near else "word", words[:2] if near else words[0], atom, is_proved=False
            )
        case Prefix(stem, title):
            return Clause("stem", stem, atom, is_proved=not title)
        case Field(name):
            return Clause("facet", name, atom, is_proved=True)


def _gram_share(words: tuple[str, ...]) -> float:
    return min(pair_share(*pair) for pair in pairwise(words))


WORDS_AT_ONCE = 16
"""Plain words of alternatives that take as long to look up as one atom."""

TOPICAL = 0.4
"""Share of articles with the rarest word of a query, if all have its subject. Costs assume it."""


def cost(found: list[Clause]) -> float:
    """Return the expected look-ups and positions visited for an article, beyond the anchors."""
    anchored = sum(clause.share for clause in found)
    per_article = sum(
        c.share * (1 + (0 if c.is_proved else _work(c.atom)) + _in_turn(c.rest)) for c in found
    )
    return per_article * max(1.0, TOPICAL / anchored)


def _in_turn(parts: tuple[Node, ...]) -> float:
    """Return the work of parts that are evaluated in turn until one does not hold."""
    reached = total = 0.0
    for i, part in enumerate(parts):
        # Words of one query are related, so later parts are reached more often than by chance.
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
