"""The head that a copied page leaves in front of a story: its date, credit, and title once more.

"Mon 5 May 2014 Bomb kills six in Meris. A bomb …" · "Bomb kills six in Meris Wire Monday 5 May 2014
A bomb …": what is no sentence would be parsed as the subject of the first one.
"""

import re
from collections.abc import Iterator

from services.messages import Span
from services.tagger.lexicon.words import numbers

_MONTH = rf"(?:{'|'.join(numbers().months)})[a-z]*\.?"
_WEEKDAY = rf"(?:{'|'.join(day[:3] for day in numbers().weekdays)})[a-z]*\.?,?"
_YEAR = r"(?:19|20)\d\d"
_BEGINS = r"(?=\s+[A-Z0-9\"“‘'(\[])"
"""What stands behind a head: the begin of a sentence."""
_DATE = (
    rf"(?i:(?:(?:published|posted|updated)(?: on)?:? )?(?:{_WEEKDAY} )?"
    rf"(?:\d{{1,2}} {_MONTH},? {_YEAR}|{_MONTH} \d{{1,2}},? {_YEAR}"
    rf"|\d\d?([-/.])\d\d?\1{_YEAR}|{_YEAR}-\d\d-\d\d))\b{_BEGINS}"
)
"""A full date that no word governs, with or without its weekday."""
_CREDIT = r"(?<=[\w,;] )[A-Z][\w&.]*(?: [A-Z][\w&.]*){0,2}"
"""A credit follows words, no full stop: behind one, "On Friday 2 May 2031" opens a sentence."""
_DATED = re.compile(_DATE)
_CREDITED = re.compile(rf"{_CREDIT} {_DATE}")
_WORD = re.compile(r"\w+")
_BLANKS = re.compile(r"\s*")
_TITLE_TAIL = re.compile(r"\s+[-–—|]\s")
"""What parts a title from the names of section and site that pages hang on it."""
_AFTER_TITLE = re.compile(rf"[\"”’')]*(?:[.!?…:]+[\"”’')]*(?=\s|$)|(?=\n|$)|{_BEGINS})")
_LEAST_TITLE_WORDS = 4
"""Words of a title that is known again; fewer may just as well open the first sentence."""
_SUBTITLE_CHARS = 300
"""Characters behind a repeated title in which a subtitle ends with credit and date."""


def find_page_head(text: str, title_end: int) -> Iterator[Span]:
    """Yield the spans of the head of a canonical text's body, none for most articles.

    A subtitle between the title and the credit with its date stays.
    """
    body = at = _past_blanks(text, title_end)
    repeated = False
    while (after := _past_part(text, at, "" if repeated else text[:title_end])) is not None:
        repeated = repeated or _dated(text, at) is None
        at = _past_blanks(text, after)
    if at > body:
        yield body, len(text[:at].rstrip())
    behind = _CREDITED.search(text, at, _end_of_line(text, at)) if repeated else None
    if behind is not None:
        yield behind.span()


def _past_part(text: str, at: int, title: str) -> int | None:
    """Return where a date, a credit with its date, or the title ends that stands at an offset."""
    dated = _dated(text, at)
    return dated.end() if dated is not None else _past_title(text, at, title)


def _dated(text: str, at: int) -> re.Match[str] | None:
    return _DATED.match(text, at) or _CREDITED.match(text, at)


def _past_blanks(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks is not None else at


def _past_title(text: str, at: int, title: str) -> int | None:
    """Return where a title ends that stands in the body once more, None if it does not."""
    for part in (title, _TITLE_TAIL.split(title)[0]):
        words = _WORD.findall(part.casefold())
        if len(words) < _LEAST_TITLE_WORDS:
            continue
        end = _past_words(text, at, words)
        match = _AFTER_TITLE.match(text, end) if end is not None else None
        if match is not None:
            return match.end()
    return None


def _past_words(text: str, at: int, words: list[str]) -> int | None:
    """Return the end of a sequence of words that starts at an offset, punctuation aside."""
    for word in words:
        found = _WORD.search(text, at)
        if found is None or found.group().casefold() != word:
            return None
        at = found.end()
    return at


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at, at + _SUBTITLE_CHARS)
    return end if end >= 0 else min(len(text), at + _SUBTITLE_CHARS)
