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
    parts: tuple["Node", ...]


class Not(msgspec.Struct, frozen=True, gc=False):
    part: "Node"


Atom = Phrase | Near | Prefix | Field
Node = Atom | And | Or | Not
