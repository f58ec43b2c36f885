"""Domains: whether a text speaks of sport, kitchens, or markets, where words of violence are figures of speech."""

import re
from functools import cache

import msgspec
import yaml

from services.tagger.dictionaries import read_lexicon

_WORDS = 2
"""Different words of a domain that make a text one of it."""


class Domain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What texts of a domain speak of, and the trigger lemmas that are figures of speech in them."""

    words: frozenset[str]
    figures: frozenset[str]


class _Domains(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    grave: frozenset[str]
    domains: dict[str, Domain]


def figures_of(text: str) -> frozenset[str]:
    """Return the trigger lemmas that are figures of speech in a text; none where a word in it speaks of real harm."""
    if _pattern("grave").search(text):
        return frozenset()
    spoken = (d for name, d in _packaged().domains.items() if _n_words(name, text) >= _WORDS)
    return frozenset[str]().union(*(domain.figures for domain in spoken))


def _n_words(name: str, text: str) -> int:
    return len({found.lower() for found in _pattern(name).findall(text)})


@cache
def _packaged() -> _Domains:
    return msgspec.convert(yaml.safe_load(read_lexicon("domains.yaml")), _Domains)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    words = _packaged().grave if name == "grave" else _packaged().domains[name].words
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})\b", re.IGNORECASE)
