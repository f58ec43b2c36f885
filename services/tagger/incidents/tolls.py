"""The toll of an incident: one number for each type of casualties, from its own reports.

A number told beside a person by name ("… was killed. Two others died") is of those beside him.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, takewhile

from services.messages import Count, Mention, Report
from services.tagger.discourse.arguments import identity, known
from services.tagger.discourse.elided import counts_within, is_included
from services.tagger.discourse.people import may_be_one
from services.tagger.discourse.traits import is_single
from services.tagger.incidents.view import ArticleView
from services.tagger.lexicon.ontology import type_named
from services.tagger.lexicon.words import forms, numbers
from services.tagger.values.counts import number

_BEFORE_CHARS = 14
"""Characters before a word in which "also" and "along with" are looked for."""


def tolls(members: Sequence[Report], view: ArticleView) -> tuple[Count, ...]:
    """Return one number for each type of casualties; `members`: the surest report first.

    Headline and lead sum up the whole, so their highest number is the toll; without one, that of
    the surest report that tells any. People who are each named, or described as one, are counted
    where no number is told.
    """
    of_lead = chain.from_iterable(r.counts for r in members if view.is_lead(r))
    found: dict[str, Count] = {}
    for count in sorted(filter(_is_bounded, of_lead), key=_least, reverse=True):
        found.setdefault(count.of, count)
    for report in members:
        for count in filter(_is_bounded, report.counts):
            found.setdefault(count.of, count)
        if type_named(report.event).counts and report.event not in found:
            singles = _singles(report, view)
            if singles is not None:
                found[report.event] = singles
    return tuple(_with_those_beside(count, members, view) for count in found.values())


def is_number(word: str) -> bool:
    """True for a word that only says how many ("19", "two", "dozens")."""
    return number(word) is not None or word in numbers().vague


def _is_bounded(count: Count) -> bool:
    return count.min is not None


def _least(count: Count) -> int:
    return count.min or 0


def _singles(report: Report, view: ArticleView) -> Count | None:
    """Return the number of patients who are all single persons, None for any others."""
    patients = known(report.patient, view.mentions)
    if not patients or not all(map(_is_single, patients)):
        return None
    n = len({identity(m) for m in patients})
    return Count(of=report.event, min=n, max=n, span=(patients[0].start, patients[0].end))


def _is_single(mention: Mention) -> bool:
    is_one = mention.is_named or is_single(mention) or _is_singular(mention)
    return mention.type == "person" and is_one


def _is_singular(mention: Mention) -> bool:
    """True for a singular noun for a person, with any determiner or none ("Soldier killed").

    A count noun in the singular is of one (Huddleston & Pullum 2002, ch. 5, section 3).
    """
    words = mention.surface.lower().split()
    noun = list(takewhile(lambda word: word not in forms().belonging, words))[-1:]
    return any(map(may_be_one, noun)) and not any(map(is_number, words))


def _with_those_beside(count: Count, members: Sequence[Report], view: ArticleView) -> Count:
    """Return a toll that counts people by name with those told beside them.

    So "NAME was killed. Two others died" is of three. A number that is told of all stays.
    """
    of_event = [r for r in members if r.event == count.of]
    names = _names(of_event, view)
    first = min((m.start for m in names), default=len(view.text))
    beside = set(chain.from_iterable(_numbers_beside(r, first, view) for r in of_event))
    told = {c.min for r in of_event for c in r.counts} - beside
    if not beside or told or not names:
        return count
    n = max(beside) + len(set(map(identity, names)))
    return Count(of=count.of, min=n, max=n if count.max is not None else None, span=count.span)


def _numbers_beside(report: Report, first: int, view: ArticleView) -> Iterator[int]:
    """Yield how many people a report tells of beside the one whose name stands at `first`."""
    numbers_told = (_number(m, report) for m in _beside(report, view) if m.start > first)
    return (n for n in numbers_told if n is not None)


def _beside(report: Report, view: ArticleView) -> Iterator[Mention]:
    """Yield the patients without names who are told beside others ("two others", "along with")."""
    is_also = _ends(view.text, report.trigger[0], forms().additive)
    for mention in known(report.patient, view.mentions):
        is_other = not forms().others.isdisjoint(mention.surface.lower().split())
        is_along = _ends(view.text, mention.start, forms().accompanying)
        if not mention.is_named and (is_also or is_other or is_along):
            yield mention


def _ends(text: str, at: int, phrases: Iterable[str]) -> bool:
    """True if a text ends in one of some phrases at an offset, but for blanks."""
    before = text[max(0, at - _BEFORE_CHARS) : at].lower().rstrip()
    return any(f" {before}".endswith(f" {phrase}") for phrase in phrases)


def _number(mention: Mention, report: Report) -> int | None:
    """Return how many people a mention is of; None where nobody says."""
    counts = counts_within(report, mention)
    if counts:
        return counts[0].min
    return 1 if _is_single(mention) else None


def _names(reports: Sequence[Report], view: ArticleView) -> list[Mention]:
    """Return the patients by name who are no part of a number; descriptions may be the same."""
    people = chain.from_iterable(known(r.patient, view.mentions) for r in reports)
    named = (m for m in people if m.type == "person" and m.is_named)
    return [m for m in named if not is_included(view.text, m.start)]
