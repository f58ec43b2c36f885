"""The tree that a watch's query is reduced to.

Structs without garbage collection, as trees hold no cycles: a hundred thousand of them cost the collector nothing.
"""

from typing import Literal

import msgspec

FieldName = Literal["source", "actor", "event", "stance", "place", "lang"]


class Phrase(msgspec.Struct, frozen=True, gc=False):
    """Words in a row; a single word is a phrase of one. `pivot` is the place of its rarest word."""

    words: tuple[str, ...]
    title: bool = False
    pivot: int = 0


class Near(msgspec.Struct, frozen=True, gc=False):
    """All of the words, in any order, within as many positions as there are words, and `slop` more. Rarest word first."""

    words: tuple[str, ...]
    slop: int
    title: bool = False

    @property
    def reach(self) -> int:
        """How many positions apart two of the words may stand."""
        return len(self.words) + self.slop - 1


class Prefix(msgspec.Struct, frozen=True, gc=False):
    """A word that starts so."""

    stem: str
    title: bool = False


class Field(msgspec.Struct, frozen=True, gc=False):
    """Something that the tagger said of the article, anywhere in it: `facet` is `name:value` as `facets.py` makes it."""

    facet: str


class And(msgspec.Struct, frozen=True, gc=False):
    parts: tuple["Node", ...]


class Or(msgspec.Struct, frozen=True, gc=False):
    """Any of the parts. Where many are plain words, `words` holds these, to be looked up at one go, and `others` the rest."""

    parts: tuple["Node", ...]
    words: frozenset[str] = frozenset()
    others: tuple["Node", ...] = ()


class Not(msgspec.Struct, frozen=True, gc=False):
    part: "Node"


Atom = Phrase | Near | Prefix | Field
Node = Atom | And | Or | Not

MANY_WORDS = 4
"""Alternatives, or exclusions, from which they are looked up as one set."""


def any_of(parts: tuple[Node, ...]) -> Or:
    """Return the parts as alternatives."""
    words = frozenset(p.words[0] for p in parts if isinstance(p, Phrase) and len(p.words) == 1 and not p.title)
    if len(words) < MANY_WORDS:
        return Or(parts, others=parts)
    return Or(parts, words, tuple(p for p in parts if not (isinstance(p, Phrase) and len(p.words) == 1 and not p.title)))
