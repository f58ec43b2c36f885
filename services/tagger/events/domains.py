"""Domains (sport, cooking, markets): texts in which words of violence are figures of speech."""

import re
from functools import cache, lru_cache

import msgspec
import yaml

from services.tagger.lexicon.words import read_lexicon

_WORDS = 2
"""Different words of a domain that put a text into it."""


class Domain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of a domain, and the trigger lemmas that are figures of speech in its texts.

    `ended_by`: words that end this domain, beside the grave ones that end any.
    """

    words: frozenset[str]
    figures: frozenset[str]
    ended_by: frozenset[str] = frozenset()


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
        if _is_of(name, lowered):
            found |= domain.figures
    return found


@lru_cache(maxsize=1)
def is_of_labour(text: str) -> bool:
    """True for a text on pay and work without a word of real harm: its strikes are stoppages.

    Cached, as all strikes of an article ask.
    """
    lowered = text.lower()
    of_harm = _packaged().domains["labour"].ended_by
    is_harmless = not _pattern("grave").search(lowered) and of_harm.isdisjoint(lowered.split())
    return is_harmless and _is_of("labour", lowered)


def _is_of(domain: str, lowered: str) -> bool:
    """True for a text in lower case with enough different words of a domain."""
    return len(set(_pattern(domain).findall(lowered))) >= _WORDS


@cache
def _packaged() -> _Domains:
    return msgspec.convert(yaml.safe_load(read_lexicon("domains.yaml")), _Domains)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Return a pattern of a domain's words in lower case."""
    words = _packaged().grave if name == "grave" else _packaged().domains[name].words
    longest_first = sorted(map(str.lower, words), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
