"""Domains: whether a text speaks of sport, kitchens, or markets, where words of violence are figures of speech."""

import re
from functools import cache

import msgspec
import yaml

from services.tagger.lexicon.words import read_lexicon

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
    lowered = text.lower()
    if _pattern("grave").search(lowered):
        return frozenset()
    spoken = (d for name, d in _packaged().domains.items() if len(set(_pattern(name).findall(lowered))) >= _WORDS)
    return frozenset[str]().union(*(domain.figures for domain in spoken))


@cache
def _packaged() -> _Domains:
    return msgspec.convert(yaml.safe_load(read_lexicon("domains.yaml")), _Domains)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Return a pattern of a domain's words in lower case."""
    words = _packaged().grave if name == "grave" else _packaged().domains[name].words
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(map(str.lower, words), key=len, reverse=True)))})\b")
