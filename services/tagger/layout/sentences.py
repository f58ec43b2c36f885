"""Sentences by their spans: a line break always ends one, and the title is always one."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from services.messages import Boilerplate, Span
from services.tagger.layout.boilerplate import story_start
from services.tagger.layout.dateline import find_dateline
from services.tagger.lexicon.words import forms

_ABBREVIATION = re.compile(
    r"(?:\b(?i:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Sgt|Maj|Capt|Msgr|Fr|St|Prof|Rep|Sen|Gov|No|vs|Inc|Ltd|Co"
    r"|Jan|Feb|Mar|Apr|Aug|Sept|Oct|Nov|Dec)|\b[A-Z])\.$"
)
_ABBREVIATION_CHARS = 8
"""Characters of an abbreviation with what stands before it; no more are looked at."""
_TIME_OF_DAY = re.compile(r"\d ?[ap]\.m\.$", re.IGNORECASE)
_DAY = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d"
)
_MARKER = re.compile(r"(?:\[[^\]\n]{1,90}\]\s*)+")
"""The brackets that a transcript sets before a sentence: "[Text]", the speaker."""
_CLOCK = re.compile(
    r"(?:[01]?\d|2[0-3])[:.][0-5]\d(?: ?(?:[ap]\.?m\.?|[A-Z]{2,4}))?[:,]?(?: [-–—])? (?=[\"“‘'A-Z])"
)
"""The time that a live report sets before an entry ("10:42 The envoy …")."""
_END = re.compile(
    r"(?<![.!?])[.!?]+[”’\"')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])"
    r"|(?<=[a-z]{3}\.)(?=[A-Z][a-z]+ [a-z])"
)
"""A full stop, or one that lost the blank behind it ("on the street.Police say")."""
_END_OF_ANY_CASE = re.compile(r"(?<![.!?])[.!?]+[”’\"')\]]*\s+(?=\S)")
_LETTERED = 24
"""Characters before a letter that are looked at for what it is the name of ("hepatitis A")."""
_ONE_CASE = 0.005
"""Share of capitals among the letters below which no capital is needed to open a sentence."""

MAX_LENGTH = 900
"""Characters of a parsed sentence; a longer one is a list or broken markup, and cut at a blank."""


def sentences(text: str, title_end: int, boilerplate: Sequence[Boilerplate]) -> list[Span]:
    """Return the spans of the title and of every sentence of the body outside boilerplate.

    A dateline is no part of the first sentence: a parser takes its place for the subject.
    """
    found = [(0, title_end)] if title_end else []
    dateline = find_dateline(text, story_start(boilerplate, title_end))
    has_capitals = sum(map(str.isupper, text)) > _ONE_CASE * sum(map(str.isalpha, text))
    for start, end in _lines(text, title_end, boilerplate):
        begin = dateline.end if dateline and start <= dateline.end <= end else start
        found.extend(_split(text, begin, end, has_capitals=has_capitals))
    return found


def _lines(text: str, title_end: int, boilerplate: Sequence[Boilerplate]) -> Iterator[Span]:
    """Yield the lines of the body, and what boilerplate leaves of one."""
    for line in re.finditer(r"[^\n]+", text[title_end:]):
        start, end = title_end + line.start(), title_end + line.end()
        for part in boilerplate:
            if start <= part.start < end:
                yield start, part.start
                start = min(part.end, end)
        yield start, end


def opens_entry(text: str, start: int) -> bool:
    """Return whether a sentence that starts here opens an entry of a live report, by its time."""
    line = text.rfind("\n", 0, start) + 1
    clock = _CLOCK.match(text, line)
    return clock is not None and clock.end() == start


def _goes_on(text: str, stop: int, after: int) -> bool:
    """Return whether a sentence goes on behind a time of day: "at 4 a.m. Tuesday"."""
    return bool(_TIME_OF_DAY.search(text, max(0, stop - 8), stop) and _DAY.match(text, after))


@cache
def _glued() -> re.Pattern[str]:
    """Match the end of a headline that lost its line break ("… is not known A man was shot").

    Inside a sentence these words have no capital (Huddleston and Pullum 2002, ch. 20, 2.3); before
    another capital they may open a name ("told The Guardian").
    """
    opening = "|".join(word.capitalize() for word in sorted(forms().opening))
    return re.compile(rf"(?:(?<=[a-z]{{2}})|(?<=[0-9)\]]))\s+(?=(?:{opening}) [a-z])")


def _ends(text: str, start: int, end: int, *, has_capitals: bool) -> Iterator[Span]:
    """Yield where sentences end between two offsets, and where the next ones begin."""
    for match in (_END if has_capitals else _END_OF_ANY_CASE).finditer(text, start, end):
        stop = match.start() + len(match.group().rstrip())
        first = max(start, stop - _ABBREVIATION_CHARS)
        if not (_ABBREVIATION.search(text, first, stop) or _goes_on(text, stop, match.end())):
            yield stop, match.end()
    if has_capitals:
        for match in _glued().finditer(text, start, end):
            if not _is_letter(text, match.start(), match.end()):
                yield match.span()


def _is_letter(text: str, stop: int, after: int) -> bool:
    """Return whether the "A" at an offset is the name of what stands before ("hepatitis A")."""
    before = text[max(0, stop - _LETTERED) : stop].split()[-1:]
    return text[after : after + 2] == "A " and forms().lettered.issuperset(map(str.lower, before))


def _split(text: str, start: int, end: int, *, has_capitals: bool) -> Iterator[Span]:
    at = start
    for stop, after in sorted(set(_ends(text, start, end, has_capitals=has_capitals))):
        yield from _trimmed(text, at, stop)
        at = after
    yield from _trimmed(text, at, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    marker = _MARKER.match(text, start, end)
    clock = _CLOCK.match(text, start, end) if text[start - 1 : start] in ("", "\n") else None
    marker = marker or clock
    if marker is not None and marker.end() < end:
        start = marker.end()
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > MAX_LENGTH:
        cut = text.rfind(" ", start + 1, start + MAX_LENGTH)
        cut = cut if cut > start else start + MAX_LENGTH
        yield (start, cut)
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        yield (start, end)
