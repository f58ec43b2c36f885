"""The language of a text, roughly: by its script and, within a script, by its commonest words.

It only has to decide whether English rules apply. An outlet that names another language than
English is believed. One that names English is not believed against the words: much software for web
sites has it as the default.
"""

import re
from collections import Counter
from functools import cache
from importlib.resources import files

import yaml

_READ_CHARS = 4000
"""Characters that are read; they hold enough small words."""
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("am", re.compile("[\u1200-\u137f]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
)
_SHARED = (
    (("ar", "fa", "ur"), re.compile("[\u0600-\u06ff]")),
    (("ru", "uk", "bg"), re.compile("[\u0400-\u04ff]")),
)
_OTHER_SCRIPT = 0.4
"""Share of the letters from which a script other than Latin decides the language."""
_KANA = 0.1
"""Share of the letters from which kana decide for Japanese.

Chinese shares its other letters.
"""
_TIMES_ENGLISH = 1.5
"""Ratio of another language's small words to English ones from which a text is in that language."""
_LEAST_SMALL_WORDS = 3
"""Small words of another language below which a text counts as English."""
_UNKNOWN_WORDS = 25
"""Words without a small word of English from which the language is unknown."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def language_of(text: str, given: str | None) -> str:
    """Return the language of an article's text. `given` is what its outlet names, or None."""
    return given if given and given.split("-")[0].lower() != "en" else detect_language(text)


def detect_language(text: str) -> str:
    """Return the ISO 639-1 code of the language of a text.

    `en` if no evidence is against it; `und` if the language is unknown.
    """
    sample = text[:_READ_CHARS]
    letters = sum(map(str.isalpha, sample))
    if not letters:
        return "und"
    for language, script in _SCRIPTS:
        enough = _KANA if language == "ja" else _OTHER_SCRIPT
        if len(script.findall(sample)) > enough * letters:
            return language
    seen = Counter(word.casefold() for word in _WORD.findall(sample))
    for languages, script in _SHARED:
        if len(script.findall(sample)) > _OTHER_SCRIPT * letters:
            return max(languages, key=lambda language: _hits(seen, language))
    return _latin(seen)


def _latin(seen: Counter[str]) -> str:
    shared = {language for languages, _ in _SHARED for language in languages}
    english = _hits(seen, "en")
    best = max(
        (language for language in _words() if language not in shared),
        key=lambda language: _hits(seen, language),
    )
    found = _hits(seen, best)
    if found >= _LEAST_SMALL_WORDS and found > _TIMES_ENGLISH * english:
        return best
    return "und" if not english and seen.total() >= _UNKNOWN_WORDS else "en"


def _hits(seen: Counter[str], language: str) -> int:
    return sum(seen[word] for word in _words()[language])


@cache
def _words() -> dict[str, frozenset[str]]:
    listed = yaml.safe_load((files("services.text") / "languages.yaml").read_text(encoding="utf-8"))
    return {str(language): frozenset(words.split()) for language, words in listed.items()}
