"""Names of months in the languages of feeds, from Unicode's CLDR as babel carries it."""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError

ENGLISH: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june",
            "jul july", "aug august", "sep sept september", "oct october", "nov november",
            "dec december",
        ), 1,
    )
    for name in names.split()
}  # fmt: skip

_LANGUAGES = (
    "af am ar ar_DZ ar_IQ ar_LB ar_MA az be bg bn bs ca cs cy da de de_AT el es et eu fa fi fil fr "
    "ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms mt my ne nl nn "
    "no pa pl ps pt ro ru si sk sl so sq sr sr_Latn sv sw ta te th tr uk ur uz vi zh"
)
"""Locales whose names are known.

Source: the languages with a CLDR coverage of "modern" that news is published in. Arabic has four:
the names differ from the Maghreb to Iraq.
"""

MIN_BEGINNING = 3
"""Letters of a name that may stand for it: "tou" for "toukokuu". RFC 822 has three."""

_COMMON: Mapping[str, int] = {"mrz": 3, "maerz": 3, "agt": 8, "nop": 11}
"""Names that CLDR lacks: German without umlauts, Indonesian in the old spelling."""


def month(word: str, language: str | None) -> int | None:
    """Return the month, 1 to 12, that a word names.

    The feed's language decides first, then English, then all languages, then all names that begin
    so. None if no language knows the word, or if they differ ("listopada" is October in Croatian,
    November in Polish).
    """
    name = folded(word)
    if language and (known := _names(language).get(name)):
        return known
    return ENGLISH.get(name) or _everywhere().get(name) or _beginnings().get(name)


def folded(word: str) -> str:
    """Return a word as names are compared: no case, no accents, no dots."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).replace(".", "").strip("'׳’॰")


@lru_cache(maxsize=256)
def _names(language: str) -> Mapping[str, int]:
    """Return name to month; empty for a language that CLDR does not know."""
    try:
        locale = Locale.parse(language.strip().replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return _names(language.partition("-")[0]) if "-" in language else {}
    if locale is None:
        return {}
    found: dict[str, int] = {}
    for usage in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[usage][width].items():
                words = folded(name).split()
                if words and not any(c.isdigit() for c in words[-1]):
                    # Catalan and its like write "de maig": the last word is the month.
                    found.setdefault(words[-1].rpartition("’")[2], number)
    return found


@cache
def _everywhere() -> Mapping[str, int]:
    """Return the names that mean one month in all languages."""
    return _sure((name, number) for names in _all() for name, number in names.items())


@cache
def _beginnings() -> Mapping[str, int]:
    """Return the beginnings of names that mean one month in all languages."""
    return _sure(
        (name[:length], number)
        for names in _all()
        for name, number in names.items()
        for length in range(MIN_BEGINNING, len(name))
    )


def _all() -> Iterable[Mapping[str, int]]:
    return (_COMMON, *map(_names, _LANGUAGES.split()))


def _sure(pairs: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    found: dict[str, set[int]] = {}
    for name, number in pairs:
        found.setdefault(name, set()).add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}
