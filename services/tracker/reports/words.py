"""The packaged word classes that the fold reads, and how a text is searched for them."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import msgspec
import yaml

MAX_TEXTS = 2_048
"""Quotations whose words and traits are remembered: those of a block that is folded anew.

It bounds memory, and is twice the articles that a block folds.
"""

_WORD = re.compile(r"[^\W_]+")


class _Lists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file words.yaml. Its comments explain each class."""

    authorities: frozenset[str]
    authority_phrases: frozenset[str]
    diplomats: frozenset[str]
    rulers: frozenset[str]
    from_the_air: frozenset[str]
    opponents: frozenset[str]
    courts: frozenset[str]
    crimes: frozenset[str]
    rulings: frozenset[str]
    armed: frozenset[str]
    serving: frozenset[str]
    kin: frozenset[str]
    members: frozenset[str]
    own_side: frozenset[str]
    nameless: frozenset[str]
    some: frozenset[str]
    common: frozenset[str]
    means: dict[str, frozenset[str]]
    means_apart: frozenset[tuple[str, str]]
    sites: frozenset[str]
    dwellings: frozenset[str]
    victims: dict[str, frozenset[str]]
    victims_overlap: frozenset[tuple[str, str]]
    dayparts: dict[str, frozenset[str]]
    weekdays: dict[str, int]
    sayings: frozenset[str]
    acts: frozenset[str]
    statements: frozenset[str]
    mutual: frozenset[str]
    deaths: frozenset[str]
    means_of_events: dict[str, str]
    wide_families: frozenset[str]


@cache
def lists() -> _Lists:
    """Return the packaged lists, all in lower case."""
    raw = files("services.tracker.reports").joinpath("words.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(raw), _Lists)


@dataclass(frozen=True)
class Words:
    """The words of a text in lower case.

    `running` has them in order, with a blank on each side, to find phrases in.
    """

    single: frozenset[str]
    running: str

    def of(self, members: frozenset[str]) -> frozenset[str]:
        """Return the words and phrases of a class that the text contains."""
        phrases = (m for m in members - self.single if " " in m and f" {m} " in self.running)
        return (self.single & members) | frozenset(phrases)


def in_order(text: str) -> list[str]:
    """Return the words of a text in lower case, in order."""
    return _WORD.findall(text.casefold())


@lru_cache(maxsize=MAX_TEXTS)
def words(text: str) -> Words:
    """Return the words of a text."""
    found = in_order(text)
    return Words(frozenset(found), f" {' '.join(found)} ")
