"""Dates of feeds, by a table of forms.

A wrong time is worse than none: a form that has two readings, a zone without a known offset, and a
moment that can't be true are no date. Nothing is taken from the clock of the machine.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from services.poller.reading.months import ENGLISH, month
from services.poller.reading.zones import has_several, offset, zone_named

YEARS = range(1995, 2200)
"""Years in which a publication may lie. Others stand for "no date" in some system.

Source: news sites began in 1994 and 1995. The epoch of Unix is 1970, and year 9999 is the last of
many databases.
"""

MAX_AHEAD = timedelta(days=1)
"""The most that a date may lie after the poll. More than that is a mistake or an announcement.

Source: a local time that is taken as UTC is at most 14 hours ahead.
"""

MAX_DATE_CHARS = 100
"""Characters of a date. Longer ones are texts."""


class NoDate(ValueError):
    """A text that is no date, or none that can be true. The message says why."""


@dataclass(frozen=True, slots=True)
class Dating:
    """What a feed's dates need to be read.

    - `at`: the time of the poll; None: no date is in the future.
    - `zone`: of times that give none; UTC by default.
    - `language`: of the feed ("en-IN").
    """

    at: datetime | None = None
    zone: tzinfo = UTC
    language: str | None = None


@dataclass(frozen=True, slots=True)
class _Time:
    hour: int = 0
    minute: int = 0
    second: int = 0


_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?"
_ISO = re.compile(rf"(\d{{4}})-(\d\d)-(\d\d)(?:(?:T| +){_CLOCK} *(Z|z|[+-]\d\d:?\d\d)?)?")
_RFC = re.compile(
    rf"(?:[A-Za-z]{{3,9}},? +)?(\d{{1,2}}) +([A-Za-z]{{3,9}}) +(\d{{4}}) +{_CLOCK}"
    r"(?: *(GMT|UTC|UT|Z|[+-]\d{4}))?"
)
_COMPACT = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(?:[.,]\d+)? *(Z|[+-]\d\d:?\d\d)?)?"
)
_EPOCH = re.compile(r"(\d{10})(?:\d{3}|\.\d+)?")
_COMMENT = re.compile(r"\(([^()]*)\)")
_HALF = r"a\.? ?m\.?|p\.? ?m\.?|上午|下午|午前|午後|오전|오후"
_TIME = re.compile(
    rf"(?:({_HALF})\s*)?(?<!\d)(?<!\d[.:/-])(\d{{1,2}})\s?(?::|h|[时時点點시]\s?)(\d{{2}})(?!\d)"
    rf"(?:(?::|[分분]\s?)(\d{{2}})(?:[.,]\d{{1,9}})?)?[分秒분초]?(?:\s*({_HALF})(?![a-z]))?",
    re.IGNORECASE,
)
_DOTTED_TIME = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?![\d.])")
_ZONE = re.compile(
    r"\s*(?:(?:UTC|GMT|UT)?\s*([+-]\d{1,2}:?\d{2}|[+-]\d{1,2})(?!\d)|([A-Za-z]{1,5})\b\.?)"
)
_NO_ZONE = frozenset({"uhr", "h", "hrs", "hr", "hs", "klo", "kl", "um", "at", "on", "i"})
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAME = r"((?:[^\W\d_][.'’׳॰]?|[\u0300-\u036f\u0900-\u0d7f\u0e00-\u0e7f])+)"
_YEAR_FIRST = re.compile(
    r"(?<!\d)(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?:\.|\s?[日일])?(?!\d)"
)
_DOTS = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)")
_SLASHES = re.compile(r"(?<!\d)(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?!\d)")
_NUMBERED = re.compile(
    r"(?<!\d)(\d{1,2})\s*(?:tháng|thg)\s*(\d{1,2})[\s,]*(?:năm\s*)?(\d{4})(?!\d)", re.IGNORECASE
)
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|[.ºª°])?[\s,./-]*(?:(?:de|of|di|d['’]|ב)\s*)?{_NAME}"
    r"[\s,./'-]*(?:(?:de|del|of)\s+)?(\d{4}|\d{2})(?!\d)",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"{_NAME}[\s.]+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)", re.IGNORECASE
)
_NAME_BETWEEN = re.compile(
    rf"(?<!\d)(\d{{4}})[.,\s-]*(?:m\.\s*|e\s+)?{_NAME}[\s-]+(\d{{1,2}})(?!\d)", re.IGNORECASE
)


def read_date(text: str, dating: Dating) -> datetime:
    """Return the moment, in UTC, that a text of a feed gives. Raises NoDate.

    A date without a time is its midnight.
    """
    plain = " ".join(text[: MAX_DATE_CHARS + 1].split())
    if not plain or len(plain) > MAX_DATE_CHARS:
        raise NoDate("no date" if not plain else "a text, not a date")
    try:
        found = _common(plain, dating) or _any_form(_plain_digits(plain), dating)
        return _true(found.astimezone(UTC), dating)
    except (ValueError, OverflowError) as error:
        if isinstance(error, NoDate):
            raise
        raise NoDate(f"no day or time of the calendar: {error}") from error


def _true(moment: datetime, dating: Dating) -> datetime:
    if moment.year not in YEARS:
        raise NoDate(f"not between {YEARS.start} and {YEARS.stop - 1}")
    if dating.at is not None and moment > dating.at + MAX_AHEAD:
        raise NoDate("more than a day after the poll")
    return moment


def _common(text: str, dating: Dating) -> datetime | None:
    """Return the moment of the forms of RFC 3339 and RFC 822, which nearly all feeds use."""
    if found := _ISO.fullmatch(text):
        year, number, day, *time, zone = found.groups()
        return _moment(int(year), int(number), int(day), _time(*time), _offset(zone, dating))
    if (found := _RFC.fullmatch(text)) and (at := ENGLISH.get(found[2].lower())):
        day, _, year, *time, zone = found.groups()
        return _moment(int(year), at, int(day), _time(*time), _offset(zone, dating))
    return None


def _offset(text: str | None, dating: Dating) -> tzinfo:
    if not text:
        return dating.zone
    found = UTC if text.isalpha() else offset(text)
    if found is None:
        raise NoDate(f"no zone has the offset {text}")
    return found


def _any_form(text: str, dating: Dating) -> datetime:
    if found := _COMPACT.fullmatch(text):
        year, number, day, *clock, offset_text = found.groups()
        where = _offset(offset_text, dating)
        return _moment(int(year), int(number), int(day), _time(*clock), where)
    if found := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(found[1]), UTC)
    comments = _COMMENT.findall(text)
    rest, time, zone = _without_time(_COMMENT.sub(" ", text), dating)
    if zone is None and comments and time is not None:
        zone = _named(comments[0].strip(), dating)
    day, rest = _day(rest, dating.language)
    if any(c.isdigit() for c in rest):
        raise NoDate("of no known form")
    return _moment(*day, time or _Time(), zone or dating.zone)


def _without_time(text: str, dating: Dating) -> tuple[str, _Time | None, tzinfo | None]:
    """Return what is left of a text, its time, and its zone."""
    found = _TIME.search(text)
    if not found:
        dotted = [m for m in _DOTTED_TIME.finditer(text) if m.start() > 0]
        if not dotted:
            return text, None, None
        end, time = dotted[-1].end(), _time(*dotted[-1].groups())
        start = dotted[-1].start()
    else:
        before, hour, minute, second, after = found.groups()
        time = _halved(_time(hour, minute, second), before or after)
        start, end = found.span()
    zone, end = _zone(text, end, dating)
    return f"{text[:start]} {text[end:]}", time, zone


def _zone(text: str, end: int, dating: Dating) -> tuple[tzinfo | None, int]:
    """Return the zone that stands after a time, and where it ends."""
    found = _ZONE.match(text, end)
    if not found:
        return None, end
    if found[1]:
        return _offset(found[1], dating), found.end()
    name = found[2]
    if name.lower() in _NO_ZONE:
        return None, found.end()
    if not name.isupper() or name.lower()[:3] in _WEEKDAYS or month(name, dating.language):
        return None, end
    return _named(name, dating), found.end()


def _named(name: str, dating: Dating) -> tzinfo:
    if has_several(name) and isinstance(dating.zone, ZoneInfo):
        return dating.zone
    if found := zone_named(name, dating.language):
        return found
    if len(name) == 1 and name.isupper():
        return UTC  # RFC 5322 4.3: the letters were defined wrongly once, and mean nothing.
    raise NoDate(f"the zone {name!r} is unknown, or means several")


def _halved(time: _Time, half: str | None) -> _Time:
    """Return a time of the clock of twelve hours as one of twenty-four."""
    if not half:
        return time
    is_late = half[0] in "pP" or half in ("下午", "午後", "오후")
    if time.hour > 12:
        return time
    return _Time(time.hour % 12 + 12 * is_late, time.minute, time.second)


def _time(hour: str | None, minute: str | None, second: str | None) -> _Time:
    return _Time(int(hour or 0), int(minute or 0), int(second or 0))


def _moment(year: int, number: int, day: int, time: _Time, zone: tzinfo) -> datetime:
    """Return a moment. Raises ValueError for none of the calendar.

    Midnight may be hour 24 (ISO 8601), and a leap second is the second before it.
    """
    ends = time.hour == 24 and not time.minute and not time.second
    hour, second = (
        0 if ends else time.hour,
        min(time.second, 59) if time.second == 60 else time.second,
    )
    found = datetime(year, number, day, hour, time.minute, second, tzinfo=zone)
    return found + timedelta(days=1) if ends else found


Day = tuple[int, int, int]


def _day(text: str, language: str | None) -> tuple[Day, str]:
    """Return year, month, and day, and the text around them. Raises NoDate."""
    for form, read in _FORMS:
        for found in form.finditer(text):
            if day := read(found, language):
                return day, f"{text[: found.start()]} {text[found.end() :]}"
    raise NoDate("of no known form")


def _slashed(found: re.Match[str], _: str | None) -> Day | None:
    """Return the day of "25/04/2031". Raises NoDate for "05/04/2031", which has two readings."""
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if first <= 12 and second <= 12 and first != second:
        raise NoDate("day and month can't be told apart")
    return (year, first, second) if second > 12 else (year, second, first)


def _named_month(day: str, name: str, year: str, language: str | None) -> Day | None:
    number = month(name, language)
    return (_whole_year(year), number, int(day)) if number else None


def _whole_year(year: str) -> int:
    """Return a year of two digits as RFC 2822 4.3 reads it: from 1950 to 2049."""
    return int(year) + (0 if len(year) == 4 else 2000 if int(year) < 50 else 1900)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str | None], Day | None]], ...] = (
    (_YEAR_FIRST, lambda m, _: (int(m[1]), int(m[2]), int(m[3]))),
    (_DOTS, lambda m, _: (int(m[3]), int(m[2]), int(m[1]))),
    (_SLASHES, _slashed),
    (_NUMBERED, lambda m, _: (int(m[3]), int(m[2]), int(m[1]))),
    (_MONTH_FIRST, lambda m, language: _named_month(m[2], m[1], m[3], language)),
    (_DAY_FIRST, lambda m, language: _named_month(m[1], m[2], m[3], language)),
    (_NAME_BETWEEN, lambda m, language: _named_month(m[3], m[2], m[1], language)),
)
"""The forms of a day, the surest first."""


def _plain_digits(text: str) -> str:
    """Return a text with the digits of ASCII, in NFC. Feeds in Arabic or Hindi use their own."""
    if text.isascii():
        return text
    return unicodedata.normalize(
        "NFC",
        "".join(
            str(unicodedata.decimal(c))
            if c.isdecimal()
            else " "
            if c in "\u200e\u200f\u202f\xa0،"
            else c
            for c in text
        ),
    )
