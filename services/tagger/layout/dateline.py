"""The dateline that opens a story ("MERIS, 4 May (Wire) - …"): place, day, credit, and its end."""

import re
from dataclasses import dataclass
from datetime import date

from services.messages import Span
from services.tagger.lexicon.words import numbers
from services.tagger.values.dates import full_year, month_of

_MONTH = rf"(?:{'|'.join(numbers().months)})[a-z]*\.?"
_DAY = (
    rf"(?P<day>no date|\d{{1,2}} {_MONTH}(?:,? (?:19|20)?\d\d)?"
    rf"|{_MONTH} \d{{1,2}}(?:,? (?:19|20)\d\d)?)"
)
_PLACE = r"(?P<place>[A-Z][\w.’'-]+(?:[ -][A-Z][\w.’'-]+){0,3})(?:, [A-Z][\w .]{1,25}?)?"
_DASH = r"\s*[-–—]+\s*"
_MARKS = r"(?:\[[^\]\n]{1,90}\]\s*)*"
_DATED = re.compile(
    r"(?P<place>[^\W\d_][\w.’' -]{1,40}?)"
    rf"(?:,? \([^)\n]{{2,30}}\)|, [^\W\d_][\w .]{{1,25}}?)?, (?i:{_DAY})"
    rf"\s*(?:\((?P<credit>[^)\n]{{2,60}})\))?{_DASH}{_MARKS}"
)
_CREDITED = re.compile(rf"{_PLACE}\s*\((?P<credit>[^)\n]{{2,40}})\){_DASH}{_MARKS}")
_BARE = re.compile(
    r"(?P<place>[A-Z][A-Z.’']+(?:[ -][A-Z.’']+){0,3})(?:, [A-Z][\w .]{1,25})?"
    rf"\s+[-–—]+\s+{_MARKS}"
)
_NOWHERE = re.compile(r"clandestine|undated|unknown|no (?:city|place|location)", re.IGNORECASE)
"""Words for a place in the dateline of a station that hides, or of a story from no one place."""


@dataclass(frozen=True)
class Dateline:
    """Spans in the canonical text.

    The first sentence starts at `end`. `day` is known where the dateline names a year.
    """

    place: Span | None
    credit: Span | None
    end: int
    day: date | None = None


def find_dateline(text: str, title_end: int) -> Dateline | None:
    """Return the dateline of a canonical text's body, or None."""
    body = title_end + len(text[title_end:]) - len(text[title_end:].lstrip())
    dated = _DATED.match(text, body)
    if dated is not None:
        credit = dated.span("credit") if dated["credit"] else None
        place = None if _NOWHERE.match(dated["place"]) else dated.span("place")
        return Dateline(place, credit, dated.end(), _day(dated["day"]))
    match = _CREDITED.match(text, body)
    if match is not None and not _is_acronym(match["place"], match["credit"]):
        return Dateline(match.span("place"), match.span("credit"), match.end())
    bare = _BARE.match(text, body)
    return Dateline(bare.span("place"), None, bare.end()) if bare is not None else None


def _day(words: str) -> date | None:
    """Return the day of "4 May 1989", "4 May 89", "May 4, 1989"; None without a year."""
    found = re.findall(r"\d+", words)
    month = re.search(r"[a-z]{3}", words.lower())
    if len(found) < 2 or month is None:
        return None
    try:
        return date(full_year(found[1]), month_of(month.group()), int(found[0]))
    except ValueError:
        return None


def _is_acronym(name: str, short: str) -> bool:
    """Return whether `short` abbreviates `name`: "Orran Front (OF) - …" is no dateline."""
    initials = "".join(word[0] for word in re.split(r"[ -]", name) if word)
    return len(initials) > 1 and initials.casefold() == short.casefold()
