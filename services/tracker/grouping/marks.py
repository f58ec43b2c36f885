"""Marks: all that a report says by which its incident and another one may exclude each other."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

import msgspec

from services.messages import Answer, ClaimReport, Count, Marks, Scene, Toll
from services.tracker.reports.element import Element
from services.tracker.reports.traits import (
    dayparts,
    is_dwelling,
    magnitudes,
    means,
    sites,
    victims,
    weekdays,
)
from services.tracker.reports.words import lists

DAYS_WITHIN = 1
"""Days that two firm dates of one event may lie apart: time zones, nights that span two days."""

PHRASE = 3
"""Words behind a number that may name whom it counts ("two off-duty police officers"). A guess."""

T = TypeVar("T", int, float, str)

_HOME = "home"

_NO_DAY: tuple[int, ...] = ()


def marks_of(element: Element) -> Marks:
    """Return the marks of one report."""
    report = element.report
    people = sorted({answer.key for answer in report.patient if _is_named_person(answer)})
    return Marks(
        days=firm_days(element),
        places=tuple(sorted(set(map(scene_of, report.place)), key=_by_key)),
        names=report.names,
        is_wide=element.article.block.partition(":")[0] in lists().wide_families,
        means=_sorted(means(f"{lists().means_of_events.get(report.event, '')} {report.quote}")),
        sites=_sorted(_sites(report)),
        dayparts=_sorted(dayparts(report.quote)),
        weekdays=_weekdays(element),
        tolls=tuple(_toll(count, report) for count in report.counts),
        magnitudes=magnitudes(report.quote),
        victims=tuple(people),
        deaths=tuple(people) if report.event in lists().deaths else (),
    )


def of_one(a: Marks, b: Marks) -> Marks:
    """Return the marks of an incident of which both are parts."""
    if a == b:
        return a
    return Marks(
        days=_both(a.days, b.days),
        places=tuple(sorted({*a.places, *b.places}, key=_by_key)),
        names=_both(a.names, b.names),
        is_wide=a.is_wide or b.is_wide,
        means=_both(a.means, b.means),
        sites=_both(a.sites, b.sites),
        dayparts=_both(a.dayparts, b.dayparts),
        weekdays=_both(a.weekdays, b.weekdays),
        tolls=tuple(dict.fromkeys((*a.tolls, *b.tolls))),
        magnitudes=_both(a.magnitudes, b.magnitudes),
        victims=_both(a.victims, b.victims),
        deaths=_both(a.deaths, b.deaths),
    )


def named_days(report: ClaimReport) -> tuple[int, ...]:
    """Return the days that a report names for its event, or for a statement about it."""
    day = report.date
    if day is None or day.basis == "publication" or not day.from_ or not day.to:
        return _NO_DAY
    first = date.fromisoformat(day.from_).toordinal()
    last = date.fromisoformat(day.to).toordinal()
    return _sorted({first, last}) if last - first <= DAYS_WITHIN else _NO_DAY


def firm_days(element: Element) -> tuple[int, ...]:
    """Return the named days if they are before the day of publication.

    The day of publication may be the day of a statement, not of the event.
    """
    days = named_days(element.report)
    if element.at is None:
        return days
    return days if days and max(days) < element.at.toordinal() else _NO_DAY


def _sites(report: ClaimReport) -> set[str]:
    """Return the kinds of sites that a report names, and "home" if it happened at one."""
    spots = [place.label for place in report.place if place.precision == "site"]
    return {*sites(report.quote), *([_HOME] if any(map(is_dwelling, spots)) else [])}


def _weekdays(element: Element) -> tuple[int, ...]:
    """Return the weekdays that a report names, if no date of its article tells which days they are.

    A dated article has firm days.
    """
    return () if element.article.published_at else weekdays(element.report.quote)


def scene_of(place: Answer) -> Scene:
    """Return a place as the scene of an event."""
    return Scene(
        key=place.key,
        country=place.country,
        precision=place.precision,
        lat=place.lat,
        lon=place.lon,
    )


def _is_named_person(answer: Answer) -> bool:
    return answer.named and answer.type == "person"


def _by_key(place: Scene) -> bytes:
    return msgspec.json.encode(place)


def _toll(count: Count, report: ClaimReport) -> Toll:
    """Return a number with the victims that the words behind it name."""
    behind = report.quote[count.span[1] - report.sentence[0] :] if _is_in(count, report) else ""
    phrase = " ".join(behind.split()[:PHRASE])
    return Toll(of=count.of, least=count.min or 0, most=count.max, who=_sorted(victims(phrase)))


def _is_in(count: Count, report: ClaimReport) -> bool:
    start, end = report.sentence
    return start <= count.span[0] and count.span[1] <= end


def _sorted(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(sorted(values))


def _both(a: tuple[T, ...], b: tuple[T, ...]) -> tuple[T, ...]:
    return a if a == b else _sorted(set(a).union(b))
