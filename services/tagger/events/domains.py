"""Domains (sport, cooking, markets): texts in which words of violence are figures of speech."""

import re
from functools import cache

import msgspec
import yaml

from services.tagger.lexicon.words import read_lexicon

_WORDS = 2
"""Different words of a domain that put a text into it."""


class Domain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of a domain, and the trigger lemmas that are figures of speech in its texts."""

    words: frozenset[str]
    figures: frozenset[str]


class _Domains(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    grave: frozenset[str]
    domains: dict[str, Domain]


def figures_of(text: str) -> frozenset[str]:
    """Return the trigger lemmas that are figures of speech in a text.

    None are in a text with a word of real harm.
    """
    lowered = text.lower()
    if _pattern("grave").search(lowered):
        return frozenset()
    found: frozenset[str] = frozenset()
    for name, domain in _packaged().domains.items():
        if len(set(_pattern(name).findall(lowered))) >= _WORDS:
            found |= domain.figures
    return found


@cache
def _packaged() -> _Domains:
    return msgspec.convert(yaml.safe_load(read_lexicon("domains.yaml")), _Domains)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Return a pattern of a domain's words in lower case."""
    words = _packaged().grave if name == "grave" else _packaged().domains[name].words
    longest_first = sorted(map(str.lower, words), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
