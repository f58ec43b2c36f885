"""When an event is said to have happened, relative to publication; and whether the text retells old news."""

import re
from datetime import date, datetime, timedelta

from services.messages import EventDate, Span

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHEN = re.compile(r"\b(today|yesterday|" + "|".join(_DAYS) + r")\b", re.IGNORECASE)
_OLD = re.compile(
    r"\b(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+|a|several|many|some) (?:years?|decades?) "
    r"(?:ago|after|since|on from|earlier)|years (?:ago|after|since)|"
    r"(?:first|second|third|fourth|fifth|tenth|\d+th) anniversary|anniversary of|last year|decades ago)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:in|since|of) ((?:19|20)\d\d)\b")


def event_date(sentence: str, base: int, published_at: datetime | None) -> EventDate | None:
    """Return the day that a sentence names ("on Friday" is the last one), or None; no date is not "now"."""
    match = _WHEN.search(sentence)
    if match is None or published_at is None:
        return None
    word, day = match.group(1).lower(), published_at.date()
    if word == "yesterday":
        day -= timedelta(days=1)
    elif word != "today":
        day = _last(day, _DAYS.index(word))
    return EventDate(from_=day.isoformat(), to=day.isoformat(), basis=word, span=(base + match.start(), base + match.end()))


def old_news(sentence: str, base: int, published_at: datetime | None) -> Span | None:
    """Return the words that say an event is long past ("a year ago", a year before publication's), or None."""
    match = _OLD.search(sentence)
    if match is None and published_at is not None:
        match = next((m for m in _YEAR.finditer(sentence) if int(m.group(1)) < published_at.year), None)
    return (base + match.start(), base + match.end()) if match else None


def _last(day: date, weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % 7)
