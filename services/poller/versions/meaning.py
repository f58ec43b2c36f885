"""Whether a text has changed in what it says.

Counters ("12 comments"), times counted from now ("2 minutes ago"), notes on the time of a change,
and lines that stand in most items of the feed are left out before two texts are compared.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec
import yaml

from services.poller.reading.entry import Entry
from services.text.canonical import canonical
from services.text.hashes import digest

MOST = 0.5
"""The share of a feed's items that must hold a line for it to be furniture."""

LEAST_ITEMS = 4
"""Items from which a share means something: two of three may tell one story."""

LINE_CHARS = 200
"""Characters of the longest line of furniture; a longer one is a paragraph."""

_TITLE = "\x00"


class Volatile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of `volatile.yaml`."""

    counted: tuple[str, ...]
    units: tuple[str, ...]
    changed: tuple[str, ...]
    live: tuple[str, ...]


@cache
def volatile() -> Volatile:
    """Return the words that change by themselves."""
    raw = (files("services.poller.versions") / "volatile.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(raw), Volatile)


def furniture(entries: Iterable[Entry]) -> frozenset[str]:
    """Return the forms of lines that stand in more than half of a document's items."""
    texts = [_forms(entry.title, entry.text) for entry in entries if entry.text]
    if len(texts) < LEAST_ITEMS:
        return frozenset()
    counts = Counter(form for forms in texts for form in set(forms.values()))
    return frozenset(form for form, n in counts.items() if n > MOST * len(texts))


def meaning(title: str, text: str, lines: frozenset[str] = frozenset()) -> str:
    """Return a digest of what a title and a text say. `lines`: the feed's furniture."""
    if lines:
        forms = _forms(title, text)
        text = "\n".join(line for line in text.split("\n") if forms.get(line.strip()) not in lines)
    said = without_volatile(canonical(title, text)[0])
    return digest(" ".join(said.split()), length=32)


def without_volatile(text: str) -> str:
    """Return a text without counters, times counted from now, and notes on changes."""
    return _pattern().sub(lambda found: found[1] or " ", text)


def _forms(title: str, text: str) -> dict[str, str]:
    """Return the short lines of a text to their forms, in which the items' titles are alike."""
    lines = (line.strip() for line in text.split("\n"))
    return {line: _form(line, title) for line in lines if 0 < len(line) <= LINE_CHARS}


def _form(line: str, title: str) -> str:
    return (line.replace(title, _TITLE) if title else line).casefold()


@cache
def _pattern() -> re.Pattern[str]:
    """Match what changes by itself. Each part is bounded, so the time is linear."""
    words = volatile()
    counted, units, changed = map(_any_of, (words.counted, words.units, words.changed))
    number = r"\d[\d.,]{0,12}[km]?"
    time = r"[\d:.,/\- ]{1,30}(?:[ap]\.?m\.?)?(?:\s?[a-z]{3,4})?"
    ago = rf"\b(?:(?:{number}|an?|one)\s?{units}s?\s+ago|just now)"
    counter = rf"(?:(?:{number}|no)\s{counted}|{counted}\s?(?:[:(]\s?)?{number}\)?)"
    alone = rf"(?:{counter}|{changed}:?\s(?:at\s|on\s)?(?:{ago}|{time}))"
    edge = r"(?:[.!?)\]|•·–—]\s{0,3}|^\s{0,3}|\n\s{0,3})"
    return re.compile(rf"({edge}){alone}|\(\s?{counter}\s?\)|{ago}", re.IGNORECASE)


def _any_of(words: tuple[str, ...]) -> str:
    """Return the pattern of whole words, the longest first."""
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"
