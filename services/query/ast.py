"""The tree of a watch's query.

The Structs are not garbage-collected, since trees hold no cycles. So a hundred thousand of them
cost the collector nothing.
"""

from typing import Literal, TypeGuard

import msgspec

FieldName = Literal["source", "actor", "event", "stance", "place", "lang"]
"""The fields that a query can ask for, beside `title`."""


class Phrase(msgspec.Struct, frozen=True, gc=False):
    """Words in a row; one word is a phrase, too. `pivot` is the index of its rarest word."""

    words: tuple[str, ...]
    title: bool = False
    pivot: int = 0


class Near(msgspec.Struct, frozen=True, gc=False):
    """All of the words, in any order, within a window of their number and `slop` more positions.

    The rarest word comes first.
    """

    words: tuple[str, ...]
    slop: int
    title: bool = False

    @property
    def reach(self) -> int:
        """The most positions between two of the words."""
        return len(self.words) + self.slop - 1


class Prefix(msgspec.Struct, frozen=True, gc=False):
    """A word that begins with `stem`."""

    stem: str
    title: bool = False


class Field(msgspec.Struct, frozen=True, gc=False):
    """A value that the tagger found anywhere in the article.

    `facet` is `name:value`, as `document.facet` makes it.
    """

    facet: str


class And(msgspec.Struct, frozen=True, gc=False):
    """All of the parts."""

    parts: tuple["Node", ...]


class Or(msgspec.Struct, frozen=True, gc=False):
    """Any of the parts.

    If many parts are plain words, `words` holds these, for one look-up, and `others` the rest.
    """

    parts: tuple["Node", ...]
    words: frozenset[str] = frozenset()
    others: tuple["Node", ...] = ()


class Not(msgspec.Struct, frozen=True, gc=False):
    """Not the part."""

    part: "Node"


Atom = Phrase | Near | Prefix | Field
Node = Atom | And | Or | Not

MANY_WORDS = 4
"""Alternatives, or exclusions, from which they are looked up as one set."""


def is_word(node: Node) -> TypeGuard[Phrase]:
    """Return True for one plain word, anywhere in the article."""
    return isinstance(node, Phrase) and len(node.words) == 1 and not node.title


def any_of(parts: tuple[Node, ...]) -> Or:
    """Return the parts as alternatives."""
    words = frozenset(p.words[0] for p in parts if is_word(p))
    if len(words) < MANY_WORDS:
        return Or(parts, others=parts)
    return Or(parts, words, tuple(p for p in parts if not is_word(p)))
