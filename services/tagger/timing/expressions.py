"""Expressions of time in a sentence, and what each says of what it is attached to.

The classes are those of TimeML (Pustejovsky et al. 2003): points, durations that reach the present,
sets ("every year"), and signals of order ("ten years after"). They are resolved against the day of
publication, as HeidelTime does for news (Strötgen and Gertz 2013).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from services.tagger.lexicon.words import forms, lemmas, numbers
from services.tagger.values.counts import number
from services.tagger.values.dates import MONTH, WHEN, WHEN_NEEDS, days_of, latest_month, month_of

Says = Literal[
    "recent",
    "past",
    "months_ago",
    "long_ago",
    "sum",
    "open",
    "then",
    "after",
    "later",
    "habit",
    "each_time",
]
"""What an expression says of an event.

- recent: it is of the article's days.
- past: it is some weeks old. months_ago: up to a year. long_ago: it is older still.
- sum: its time began long before the article and reaches up to it ("since 2011", "this year").
- open: as `sum`, but when it began is not said ("since the elections"). then: as `open`, since an
  event told before ("since then").
- after: it happened that long before something else ("five years after the blast").
- later: it happened long after something told before ("a year later").
- habit: it happens again and again. each_time: it happened as often as something told before.
"""

NEWS_DAYS = 10
"""Days before publication up to which an event is news: a week, and a weekend. Set by hand."""
OLD_DAYS = 120
"""Days before publication beyond which an event is long ago. Set by hand, not fitted."""
_YEAR_DAYS = 365
OLD_YEAR_DAYS = 60
"""Days from the end of a year beyond which an event of that year is long ago. Set by hand."""
_SEASON_AGO = 180
"""Days to "last summer": half a year."""
_FEW = 3
"""Units that "several years" and "years after" stand for."""
_BEFORE = 40
"""Characters before a date in which "since" is looked for."""


@dataclass(frozen=True)
class Expression:
    """An expression of time: its offsets in the sentence, end exclusive, and what it says.

    `since`: it is a point from which on the sum is.
    """

    start: int
    end: int
    says: Says
    since: bool = False


_Read = Callable[[re.Match[str], date | None], Says | None]
_Row = tuple[re.Pattern[str], _Read, re.Pattern[str]]

_NUMBER = rf"\d+|an?|{'|'.join(numbers().cardinals)}|several|many|some|(?:a )?few|a couple of"
_N = rf"(?P<n>{_NUMBER})"
_PAST = rf"(?:past|recent|last(?= (?:{_NUMBER}) ))"
_UNIT = r"(?P<unit>hour|day|week|month|year|decade)(?P<many>s)?"
_SEASON = r"(?:summer|winter|spring|autumn|fall|season)"
_NO_NUMBER = r"(?<![\w.,$£€-])"
_SINCE = re.compile(r"\bsince (?:early |late |mid[- ]|the (?:start|beginning) of |the )?$", re.I)


def expressions(
    sentence: str, published: date | None, seen: date | None = None
) -> list[Expression]:
    """Return the expressions of time of a sentence in text order; none overlaps another.

    A year is compared with the day on which the article was `seen`, if that is given: the only date
    of an article without a day of its own does not say when that was written.
    """
    found: list[Expression] = []
    folded = sentence.casefold()
    for pattern, read, needed in _grammar():
        if needed.search(folded) is None:
            continue
        for match in pattern.finditer(sentence):
            says = read(match, seen or published if _names_year(match) else published)
            if says is None or any(_overlap(match, other) for other in found):
                continue
            found.append(_since(sentence, Expression(*match.span(), says)))
    if "since" in folded:
        found += _bare_since(sentence, found)
    return sorted(found, key=lambda e: e.start)


def _names_year(match: re.Match[str]) -> bool:
    named = match.groupdict()
    return any(named.get(group) for group in ("y1", "y2", "year"))


def _overlap(match: re.Match[str], other: Expression) -> bool:
    return match.start() < other.end and other.start < match.end()


def _since(sentence: str, point: Expression) -> Expression:
    """Return a point in time, or the sum that "since" before it makes of it."""
    before = _SINCE.search(sentence, max(0, point.start - _BEFORE), point.start)
    if before is None or point.says not in ("past", "months_ago", "long_ago"):
        return point
    return Expression(before.start(), point.end, "sum", since=True)


def _bare_since(sentence: str, found: Sequence[Expression]) -> list[Expression]:
    """Return each "since" without a date: "since then", "since the war began"."""
    return [
        Expression(*match.span(), "then" if match["then"] else "open")
        for match in re.finditer(r"\bsince(?P<then> then)?\b", sentence, re.I)
        if not any(_overlap(match, other) or 0 <= other.start - match.end() < 5 for other in found)
    ]


def _days(match: re.Match[str]) -> int:
    """Return the days of "two years", "several months", "years"."""
    word = (match["n"] or ("few" if match["many"] else "one")).lower()
    units = 1 if word in forms().articles else number(word) or _FEW
    return units * numbers().days[match["unit"].lower()]


def _of_age(days: int) -> Says:
    if days > OLD_DAYS:
        return "long_ago" if days >= _YEAR_DAYS else "months_ago"
    return "past" if days > NEWS_DAYS else "recent"


def _age(match: re.Match[str], _: date | None) -> Says:
    return _of_age(_days(match))


def _after(match: re.Match[str], _: date | None) -> Says | None:
    return "after" if _days(match) > NEWS_DAYS else None


def _later(match: re.Match[str], _: date | None) -> Says | None:
    return "later" if _days(match) > NEWS_DAYS else None


def _over(match: re.Match[str], _: date | None) -> Says:
    return "sum" if _days(match) > NEWS_DAYS else "recent"


def _last(match: re.Match[str], _: date | None) -> Says:
    return _of_age(numbers().days.get(match["unit"].lower(), _SEASON_AGO))


def _day(match: re.Match[str], published: date | None) -> Says | None:
    days = days_of(match, published) if published is not None else None
    return None if days is None or published is None else _of_age((published - days[1]).days)


def _since_month(match: re.Match[str], published: date | None) -> Says:
    if published is None:
        return "open"
    first, _ = latest_month(month_of(match["month"]), published)
    return "sum" if (published - first).days > NEWS_DAYS else "recent"


def _year(match: re.Match[str], published: date | None) -> Says | None:
    """Return what a year, or a month of a year, says; None for one that is not over."""
    if published is None:
        return None
    year, month = int(match["year"]), match["month"]
    if month:
        return _of_age((published - _end_of_month(year, month_of(month))).days)
    return "long_ago" if (published - date(year, 12, 31)).days > OLD_YEAR_DAYS else None


def _end_of_month(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _always(says: Says) -> _Read:
    return lambda _, __: says


@cache
def _grammar() -> tuple[_Row, ...]:
    """Return the patterns, those that hold others first.

    With each stands what all that it matches has in lower case: a search for whole words without
    regard to case costs a hundredth of one for the pattern.
    """
    habits = "|".join(map(re.escape, sorted(forms().habitual)))
    periods = "|".join(sorted(lemmas().periods))
    rows: tuple[tuple[str, _Read, str], ...] = (
        (
            rf"\b(?:{_N} )?{_UNIT} (?:after|since|following|on from)\b",
            _after,
            r"after|since|following|on from",
        ),
        (r"\banniversar(?:y|ies) of\b", _always("after"), r"anniversar"),
        (rf"\b(?:{_N} )?{_UNIT} (?:ago|earlier)\b", _age, r"ago|earlier"),
        (rf"\b{_N} {_UNIT} later\b", _later, r"later"),
        (
            r"\b(?:(?:the|that) (?:same|following|next|previous) |later that |that )year\b",
            _always("later"),
            r"year",
        ),
        (rf"\blast (?P<unit>week|weekend|month|year|decade|century|{_SEASON})\b", _last, r"last "),
        (rf"\b{_PAST} (?:{_N} )?{_UNIT}\b", _over, r"past|recent|last"),
        (
            r"\bfor (?:many |several )?(?:months|years|decades|generations)\b",
            _always("sum"),
            r"for ",
        ),
        (
            rf"\b[\w-]+-(?:year|month|decade)s?-(?:old|long) (?=(?:\w+ )?(?:{periods})\b)",
            _always("sum"),
            r"-old|-long",
        ),
        (rf"\bearlier (?:in )?this (?:year|{_SEASON})\b", _always("past"), r"earlier"),
        (rf"\b(?:so far )?this (?:year|decade|century|{_SEASON})\b", _always("sum"), r"this "),
        (
            rf"\b(?:{habits})\b|\b(?:every|each) (?:day|week|month|year)\b",
            _always("habit"),
            rf"{habits}|every|each",
        ),
        (r"\b(?:every|each) time\b", _always("each_time"), r"every|each"),
        (
            r"\b(?:1[5-9]|20)\d0s\b|\b\d\dth century\b|\bdecades ago\b",
            _always("long_ago"),
            r"0s|century|decades",
        ),
        (rf"\bsince (?:early |late |mid[- ])?(?P<month>{MONTH})(?! \d)", _since_month, r"since"),
        (WHEN.pattern, _day, WHEN_NEEDS),
        (
            rf"{_NO_NUMBER}(?:(?P<month>{MONTH}),? )?(?P<year>(?:1[5-9]|20)\d\d)\b(?![,.]\d)",
            _year,
            r"15|16|17|18|19|20",
        ),
    )
    return tuple(
        (re.compile(pattern, re.IGNORECASE), read, re.compile(needed))
        for pattern, read, needed in rows
    )
