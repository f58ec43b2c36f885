"""Where an article stands, whatever becomes of its id, its scheme, and its slug."""

import re
from urllib.parse import urlsplit

from services.messages import EntryState
from services.poller.reading.entry import Entry
from services.poller.versions.words import share, unpacked
from services.text.hashes import digest

ALIKE = 0.5
"""The share of its words that an article keeps when its address or headline is mended."""

NUMBER_DIGITS = 6
"""Digits from which a number in an address names one article of its outlet.

Source: a shorter one is as often a count of the headline ("5000-evacuated").
"""

_NUMBER = re.compile(rf"(?<!\d)\d{{{NUMBER_DIGITS},}}(?!\d)")
_YEARS = range(1990, 2100)


def place(url: str | None) -> str | None:
    """Return what stays of an address when http, `www.`, and the slug of the headline change.

    It is a digest of the host with the article's number, else with the path. None: there is no
    address, or only a front page.
    """
    parts = urlsplit(url or "")
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.rstrip("/")
    asked = f"?{parts.query}" if parts.query else ""
    numbers = [n for n in _NUMBER.findall(path + asked) if not _is_date(n)]
    if not host or not (path or asked):
        return None
    return digest(f"{host}#{numbers[-1]}" if numbers else f"{host}{path}{asked}")


def is_alike(known: EntryState, entry: Entry) -> bool:
    """Return True if an entry at a known one's place has half of its words.

    Where the words are not kept, nothing tells: the entry is another article.
    """
    if known.words is None:
        return False
    return share(unpacked(known.words), f"{entry.title}\n\n{entry.text}") >= ALIKE


def _is_date(number: str) -> bool:
    """Return True for days and months written in one number (20310506, 203105)."""
    year, month = int(number[:4]), int(number[4:6])
    return len(number) in (6, 8) and year in _YEARS and 1 <= month <= 12
