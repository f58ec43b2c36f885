"""Quiet hours and the times of digests, in the reader's time zone, across changes of the clock.

A time of day means what RFC 5545 (3.3.5) says it means: one that comes twice is the first of the
two, and one that the clock leaps over is read by the clock as it was before the leap (02:30 of a
morning without it is 03:30). So each time of day is one instant of its day.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.messages import DigestRule, Quiet
from services.text.times import parse_clock, parse_length, parse_zone

_MIDNIGHT = time(0)
_DAY = timedelta(days=1)


def quiet_until(quiet: Quiet, now: datetime, zone: str = "") -> datetime | None:
    """Return the end of the quiet hours at `now`, or None outside them.

    `zone`: that of the reader; the rule's own goes before. Quiet hours may reach over midnight and
    over a change of the clocks.
    """
    place, begins, ends = _zone(quiet.zone or zone), parse_clock(quiet.from_), parse_clock(quiet.to)
    today = now.astimezone(place).date()
    for day in (today - _DAY, today):
        start = _instant(day, begins, place)
        end = _instant(day if ends > begins else day + _DAY, ends, place)
        if start <= now < end:
            return end
    return None


def next_digest(rule: DigestRule, after: datetime, zone: str = "") -> datetime:
    """Return the first time of a digest that is later than `after`.

    `zone`: that of the reader; the rule's own goes before.
    """
    if rule.at:
        return next(at for at in _times(rule, after, zone, (-1, 0, 1, 2)) if at > after)
    return _next_full(parse_length(rule.every), after)


def last_digest(rule: DigestRule, now: datetime, zone: str = "") -> datetime:
    """Return the last time of a digest that is not later than `now`. It names the digest."""
    if rule.at:
        return [at for at in _times(rule, now, zone, (-2, -1, 0, 1)) if at <= now][-1]
    every = parse_length(rule.every)
    return _next_full(every, now) - every


def next_daily(clock: str, after: datetime, zone: str) -> datetime:
    """Return the first time later than `after` at which the clocks of a zone show `clock`."""
    return next_digest(DigestRule(at=(clock,)), after, zone)


def _times(
    rule: DigestRule, around: datetime, zone: str, days: tuple[int, ...]
) -> Iterator[datetime]:
    """Yield the times of some days around a time, the first first, each once.

    Two clock times may be one instant, where the clock leaps.
    """
    place = _zone(rule.zone or zone)
    today = around.astimezone(place).date()
    found = {
        _instant(today + n * _DAY, parse_clock(clock), place) for n in days for clock in rule.at
    }
    yield from sorted(found)


def _next_full(every: timedelta, after: datetime) -> datetime:
    """Return the end of the interval of length `every` in which `after` lies.

    Intervals are counted from midnight UTC of its day (of 1970 for a day and longer).
    """
    start = datetime.combine(after.astimezone(UTC).date(), _MIDNIGHT, UTC)
    if every >= _DAY:
        start = datetime(1970, 1, 1, tzinfo=UTC)
    return start + ((after - start) // every + 1) * every


def _instant(day: date, clock: time, place: ZoneInfo) -> datetime:
    """Return when the clocks of a zone show a time. In UTC: two times of one zone are compared by
    their clock faces, also where an hour comes twice."""
    return datetime.combine(day, clock, place).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    return parse_zone(name or "UTC")
