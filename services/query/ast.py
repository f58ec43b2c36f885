"""The tree that a watch's query is reduced to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row; a single word is a phrase of one."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """A word that starts so."""

    stem: str


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


Node = Phrase | Prefix | And | Or | Not
