"""When an event is said to have happened, relative to publication; and whether the text retells old news."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from spacy.tokens import Token

from services.messages import EventDate, Span
from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import is_verb, lemma_of
from services.tagger.values.counts import number

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_N = r"(?:\d+|a|one|two|three|four|five|six|seven|eight|nine|ten)"
_WHEN = re.compile(
    rf"\b(?:(?P<today>today|tonight|this (?:morning|afternoon|evening)|in the (?:last|past) few hours)"
    rf"|(?P<lastnight>last night|overnight)|(?P<yesterday>yesterday|the day before yesterday)"
    rf"|(?P<ago>{_N}) (?P<unit>day|week|month)s? (?:ago|earlier)"
    rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m1>{_MONTH})(?:,? (?P<y1>(?:19|20)?\d\d)\b)?"
    rf"|(?P<m2>{_MONTH}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y2>(?:19|20)\d\d))?"
    rf"|(?P<weekday>{'|'.join(_DAYS)})\b|(?P<span>this|last|past) (?P<long>week|weekend|month)\b"
    rf"|\b(?:in|during) (?:early |mid[- ]|late |the month of )?(?P<whole>{_MONTH})(?! \d))",
    re.IGNORECASE,
)
_OLD = re.compile(
    rf"\b(?:(?:{_N}|eleven|twelve|several|many|some|few) (?:years?|decades?) "
    r"(?:ago|after|since|on from|earlier)|years (?:ago|after|since)|"
    r"(?:first|second|third|fourth|fifth|tenth|\d+th) anniversary|anniversary of|last year|decades ago)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(rf"\b(?:in|since|of|during)(?: {_MONTH})? ((?:19|20)\d\d|(?<!of )1[0-8]\d\d)\b", re.IGNORECASE)
_LENGTHS = {"day": 1, "week": 7, "weekend": 7, "month": 30}
OF_THE_TELLING = 10**9
"""Rank of a date that says when somebody told of an event, not when it was ("said on Friday that …")."""
OLD_DAYS = 120
"""Days before publication beyond which a dated event is old news. Set by hand, not fitted."""
OLD_YEAR_DAYS = 60
"""Days from the end of a year beyond which an event of that year is old news. Set by hand."""
AHEAD_DAYS = 30
"""Days after publication up to which a day without a year is one of the publication's year.

"On 20 December", read on 5 January, is last December. "On 20 January" is announced, not long past.
"""
LATEST_DAYS = 1
"""Days after publication that an event may bear: it is tomorrow already in the east."""
_LAST_OF_THE_2000S = 50
"""The last two-digit year of this century: "50" is 2050, "51" is 1951."""
_MOST_UNITS = 400
"""Units of "N days ago" that are counted: the day must lie in the calendar."""
_BELOW_THE_TRIGGER = 2000
"""Characters by which a date in the trigger's clause ranks nearer: more than a sentence holds."""


def event_date(sentence: str, base: int, published: date | None, rank: Callable[[int], int] = int) -> EventDate | None:
    """Return the day that a sentence names ("on Friday" is the last one), or None; no date is not "now".

    `rank` orders the places of several dates, the best first: as they stand, unless a parse tells more. What is as far as
    `OF_THE_TELLING` is no date of the event.
    """
    if published is None:
        return None
    for match in sorted(_WHEN.finditer(sentence), key=lambda m: rank(m.start())):
        days = _days(match, published) if rank(match.start()) < OF_THE_TELLING else None
        if days is not None and days[1] <= published + timedelta(days=LATEST_DAYS):
            span = (base + match.start(), base + match.end())
            return EventDate(from_=days[0].isoformat(), to=days[1].isoformat(), basis=match.group().lower(), span=span)
    return None


def not_after(published: date | None) -> EventDate | None:
    """Return the date of an event that is told without one: open on one side, and not after publication."""
    return EventDate(from_=None, to=published.isoformat(), basis="publication") if published else None


def old_news(sentence: str, base: int, published: date | None) -> Span | None:
    """Return the words that say an event is long past ("a year ago", a year before publication's), or None."""
    match = _OLD.search(sentence)
    if match is None and published is not None:
        last = published - timedelta(days=OLD_YEAR_DAYS)
        match = next((m for m in _YEAR.finditer(sentence) if _year_end(m) < last), None)
    if match is None and published is not None:
        dated = ((m, _days(m, published)) for m in _WHEN.finditer(sentence))
        match = next((m for m, days in dated if days and days[1] + timedelta(days=OLD_DAYS) < published), None)
    return (base + match.start(), base + match.end()) if match else None


def _year_end(match: re.Match[str]) -> date:
    return date(int(match.group(1)), 12, 31)


def full_year(written: str) -> int:
    """Return the year that two or four digits write ("89" is 1989)."""
    year = int(written)
    return year if year > 99 else 1900 + year if year > _LAST_OF_THE_2000S else 2000 + year


def _days(match: re.Match[str], published: date) -> tuple[date, date] | None:
    """Return first and last day of an expression; None for a day that no calendar has."""
    if match["today"]:
        return published, published
    if match["lastnight"]:
        return published - timedelta(days=1), published
    if match["yesterday"]:
        day = published - timedelta(days=2 if " " in match["yesterday"] else 1)
        return day, day
    if match["weekday"]:
        day = published - timedelta(days=(published.weekday() - _DAYS.index(match["weekday"].lower())) % 7)
        return day, day
    if match["ago"]:
        n = 1 if match["ago"].lower() == "a" else number(match["ago"]) or 1
        day = published - timedelta(days=min(n, _MOST_UNITS) * _LENGTHS[match["unit"].lower()])
        return day, day
    if match["whole"]:
        return _latest(_MONTHS.index(match["whole"][:3].lower()) + 1, published)
    if match["long"]:
        return published - timedelta(days=_LENGTHS[match["long"].lower()]), published
    return _calendar_day(match, published)


def _latest(month: int, published: date) -> tuple[date, date]:
    """Return the first and last day of the last such month that has begun, up to publication."""
    first = date(published.year - (month > published.month), month, 1)
    after = (first + timedelta(days=32)).replace(day=1)
    return first, min(after - timedelta(days=1), published)


def _calendar_day(match: re.Match[str], published: date) -> tuple[date, date] | None:
    month = _MONTHS.index((match["m1"] or match["m2"])[:3].lower()) + 1
    written = match["y1"] or match["y2"]
    year = full_year(written) if written else published.year
    try:
        day = date(year, month, int(match["d1"] or match["d2"]))
        if not written and day > published + timedelta(days=AHEAD_DAYS):
            day = day.replace(year=year - 1)
    except ValueError:
        return None
    return day, day


_SPEAKING = cues().say | cues().confirm | cues().deny | cues().accuse | cues().unverified | cues().takes_for_granted


def nearness(trigger: Token) -> Callable[[int], int]:
    """Return how far a place of the trigger's sentence is from it for a date: those below it first.

    The date of a verb over it that only speaks of it ("said", "condemned", "is charged with") is of the telling.
    """
    above = {t.i for t in trigger.ancestors if lemma_of(t) in _SPEAKING}
    at: int = trigger.idx

    def rank(start: int) -> int:
        token = next((t for t in trigger.doc if t.idx <= start < t.idx + len(t)), None)
        if token is None:
            return len(trigger.doc.text)
        verb = next((t for t in token.ancestors if t.i == trigger.i or is_verb(t)), None)
        distance = abs(start - at)
        if verb is None or verb.i == trigger.i:
            return distance - (_BELOW_THE_TRIGGER if verb is not None else 0)
        return OF_THE_TELLING if verb.i in above else distance

    return rank
