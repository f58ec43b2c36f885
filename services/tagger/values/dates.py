"""Dates: the day of an event, relative to publication."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache, lru_cache

from services.messages import EventDate
from services.tagger.lexicon.lists import LemmaSet
from services.tagger.lexicon.words import any_of, cues, numbers
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import is_verb, is_when, lemma_of
from services.tagger.values.counts import number

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_N = r"(?:\d+|a|one|two|three|four|five|six|seven|eight|nine|ten)"
WHEN = re.compile(
    r"\b(?:(?P<today>today|tonight|this (?:morning|afternoon|evening)"
    r"|in the (?:last|past) few hours)"
    rf"|(?P<lastnight>last night|overnight)|(?P<yesterday>yesterday|the day before yesterday)"
    rf"|(?P<ago>{_N}) (?P<unit>day|week|month)s? (?:ago|earlier)"
    rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m1>{MONTH})(?:,? (?P<y1>(?:19|20)?\d\d)\b)?"
    rf"|(?P<m2>{MONTH}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y2>(?:19|20)\d\d))?"
    rf"|(?P<weekday>{'|'.join(numbers().weekdays)})\b"
    r"|(?P<span>this|last|past) (?P<long>week|weekend|month)\b"
    rf"|\b(?:in|during) (?:early |mid[- ]|late |the month of )?(?P<whole>{MONTH})(?! \d))",
    re.IGNORECASE,
)
WHEN_NEEDS = (
    r"today|tonight|this|few hours|night|yesterday|ago|earlier|last|past|"
    rf"{'|'.join([*numbers().weekdays, *numbers().months])}"
)
"""What all that `WHEN` matches has in lower case."""
OF_THE_TELLING = 10**9
"""Rank of a date on which somebody told of an event ("said on Friday that …")."""
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


def event_date(
    sentence: str, base: int, published: date | None, rank: Callable[[int], int] = int
) -> EventDate | None:
    """Return the day that a sentence names ("on Friday" is the last one).

    None stands for no date, not for today. `rank` orders the places of several dates, the best
    first: as they stand, unless a parse tells more. A place as far as `OF_THE_TELLING` holds no
    date of the event.
    """
    if published is None:
        return None
    for match in sorted(_whens(sentence), key=lambda m: rank(m.start())):
        days = days_of(match, published) if rank(match.start()) < OF_THE_TELLING else None
        if days is not None and days[1] <= published + timedelta(days=LATEST_DAYS):
            return EventDate(
                from_=days[0].isoformat(),
                to=days[1].isoformat(),
                basis=match.group().lower(),
                span=(base + match.start(), base + match.end()),
            )
    return None


@lru_cache(maxsize=1)
def _whens(sentence: str) -> tuple[re.Match[str], ...]:
    """Return the expressions of a sentence; kept, as each of its events asks for them."""
    return tuple(WHEN.finditer(sentence))


def not_after(published: date | None) -> EventDate | None:
    """Return the date of an event that is reported without one: at the latest publication's."""
    if published is None:
        return None
    return EventDate(from_=None, to=published.isoformat(), basis="publication")


def latest_day(text: str) -> date | None:
    """Return the latest day with a year that a text names: it was written about then or later."""
    named = (days_of(m, date.max) for m in WHEN.finditer(text) if m["y1"] or m["y2"])
    return max((days[1] for days in named if days is not None), default=None)


def month_of(name: str) -> int:
    """Return the number of a month by its name or abbreviation ("Sept." is 9)."""
    return numbers().months[name[:3].lower()]


def full_year(written: str) -> int:
    """Return the year that two or four digits write ("89" is 1989)."""
    year = int(written)
    return year if year > 99 else 1900 + year if year > _LAST_OF_THE_2000S else 2000 + year


def days_of(match: re.Match[str], published: date) -> tuple[date, date] | None:
    """Return first and last day of an expression; None for a day that no calendar has."""
    if match["today"]:
        return published, published
    if match["lastnight"]:
        return published - timedelta(days=1), published
    if match["yesterday"]:
        day = published - timedelta(days=2 if " " in match["yesterday"] else 1)
        return day, day
    if match["weekday"]:
        weekday = numbers().weekdays[match["weekday"].lower()]
        day = published - timedelta(days=(published.weekday() - weekday) % 7)
        return day, day
    if match["ago"]:
        units = 1 if match["ago"].lower() == "a" else number(match["ago"]) or 1
        of_unit = numbers().days[match["unit"].lower()]
        day = published - timedelta(days=min(units, _MOST_UNITS) * of_unit)
        return day, day
    if match["whole"]:
        return latest_month(month_of(match["whole"]), published)
    if match["long"]:
        return published - timedelta(days=numbers().days[match["long"].lower()]), published
    return _calendar_day(match, published)


def latest_month(month: int, published: date) -> tuple[date, date]:
    """Return the first and last day of the last such month that has begun, up to publication."""
    first = date(published.year - (month > published.month), month, 1)
    after = (first + timedelta(days=32)).replace(day=1)
    return first, min(after - timedelta(days=1), published)


def _calendar_day(match: re.Match[str], published: date) -> tuple[date, date] | None:
    month = month_of(match["m1"] or match["m2"])
    written = match["y1"] or match["y2"]
    year = full_year(written) if written else published.year
    try:
        day = date(year, month, int(match["d1"] or match["d2"]))
        if not written and day > published + timedelta(days=AHEAD_DAYS):
            day = day.replace(year=year - 1)
    except ValueError:
        return None
    return day, day


@cache
def speaking() -> LemmaSet:
    """Return the verbs whose date is that of the telling, not of what they tell."""
    known = cues()
    told = any_of(known.say, known.confirm, known.deny, known.accuse)
    return told | any_of(known.unverified, known.takes_for_granted)


def nearness(trigger: Token) -> Callable[[int], int]:
    """Return how far a place of the trigger's sentence is from it for a date: those below it first.

    The date of a verb over it that only speaks of it ("said", "condemned", "is charged with") is
    the date of the telling. A verb has one (Huddleston and Pullum 2002, ch. 8, 6.2): behind
    "announced on Monday", a date behind the trigger is the event's.
    """
    above = {word.i for word in trigger.ancestors if lemma_of(word) in speaking()}
    at: int = trigger.idx

    def rank(start: int) -> int:
        token = _token_at(trigger.doc, start)
        if token is None:
            return len(trigger.doc.text)
        verb = _verb_over(token, trigger)
        distance = abs(start - at)
        if verb is None or verb.i == trigger.i:
            return distance - (_BELOW_THE_TRIGGER if verb is not None else 0)
        is_telling = verb.i in above and not (start > at and _is_dated_before(verb, trigger))
        return OF_THE_TELLING if is_telling else distance

    return rank


def _is_dated_before(verb: Token, trigger: Token) -> bool:
    """True for a verb's own date between it and a trigger ("announced on Monday the death")."""
    between = verb.doc[verb.i + 1 : max(verb.i + 1, trigger.i)]
    return any(is_when(word) and _verb_over(word, trigger) == verb for word in between)


def _token_at(doc: Doc, start: int) -> Token | None:
    return next((word for word in doc if word.idx <= start < word.idx + len(word)), None)


def _verb_over(token: Token, trigger: Token) -> Token | None:
    """Return the nearest verb over a token, or the trigger if it is nearer."""
    return next((word for word in token.ancestors if word.i == trigger.i or is_verb(word)), None)
