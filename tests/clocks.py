"""Changes of the clock in every time zone, found by looking at the clock alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from builders import START

YEAR = timedelta(days=366)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
WEEK = 7 * DAY
"""No zone changes its clocks twice in one (in Morocco a month lies between, that of Ramadan)."""


@cache
def zones() -> list[str]:
    """Return the names of all zones that a subscriber may give."""
    return sorted(available_timezones())


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """Return the minutes (in UTC) from which on the clocks of a zone are changed, in a year."""
    place = ZoneInfo(zone)
    found, day = list[datetime](), START
    while day < START + YEAR:
        if _offset(place, day) != _offset(place, day + WEEK):
            found.append(_change(place, day, day + WEEK))
        day += WEEK
    return tuple(found)


@cache
def clocks() -> list[str]:
    """Return a zone for each way in which clocks go in that year: all zones go like one of them."""
    ways = {}
    for zone in zones():
        times = (START, *changes(zone))
        ways[times, tuple(_offset(ZoneInfo(zone), at) for at in times)] = zone
    return sorted(ways.values())


def minutes(begin: datetime, end: datetime, step: timedelta = MINUTE) -> Iterator[datetime]:
    """Yield the minutes from `begin` to before `end`."""
    while begin < end:
        yield begin
        begin += step


def face(place: ZoneInfo, at: datetime) -> datetime:
    """Return what the clocks of a zone show, as a time without one."""
    return at.astimezone(UTC).astimezone(place).replace(tzinfo=None)


def _change(place: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the first minute that has the later offset."""
    while after - before > MINUTE:
        middle = before + ((after - before) // MINUTE // 2) * MINUTE
        if _offset(place, middle) == _offset(place, before):
            before = middle
        else:
            after = middle
    return after


def _offset(place: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(place).utcoffset()
    assert offset is not None
    return offset
