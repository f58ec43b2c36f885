"""The rhythm of a feed: how often new entries come, at which hours, and in which bursts. Pure.

With a number of requests to share out, the mean delay of entries is least when each feed is asked
in proportion to the square root of its rate. Source: Cho and Garcia-Molina, "Effective page refresh
policies for Web crawlers", ACM TODS 28 (4), 2003; the delay of a feed with rate r asked every T
seconds is r T / 2, its cost 1 / T.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from services.messages import Rhythm

HALF_LIFE = timedelta(days=7)
"""Time after which an entry counts half. A week holds all hours and weekdays of an outlet."""

BURST_HALF_LIFE = timedelta(hours=1)
"""The same for bursts: stories that are followed up, and lists published at once."""

BURST_SHARE = 0.5
"""Weight of the last hours against the last weeks."""

HOURS_PRIOR = 6.0
"""Entries spread evenly over the day that are assumed before the first."""

PRIOR_TIME = timedelta(hours=12)
"""Time of one entry assumed before the first. A new feed is asked like an average one."""

LEAST_SHARE, MOST_SHARE = 0.25, 15.0
"""The least and the most interval, as a multiple of the mean one.

With the mean of a minute: 15 s, which hosts bear from one reader, and 15 min, after which news of
a feed that hardly ever publishes still is news.
"""

HISTORY = timedelta(days=30)
"""Age of entries in a first document from which they say nothing of the rhythm."""

_BUCKETS = 8
"""Steps of a doubling into which weights are sorted to share out requests: 9 % each."""


def learned(rhythm: Rhythm | None, times: Sequence[datetime], now: datetime) -> Rhythm:
    """Return the rhythm after new entries that were published at `times`, at `now` (news time)."""
    recent = [min(time, now) for time in times if now - time < HISTORY]
    if rhythm is None:
        since = min(recent, default=now)
        rhythm = Rhythm(since=since, at=since, hours=(0.0,) * 24)
    shift = _decay(now - rhythm.at, HALF_LIFE)
    hours = [count * shift for count in rhythm.hours]
    burst = rhythm.burst * _decay(now - rhythm.at, BURST_HALF_LIFE)
    for time in recent:
        hours[time.astimezone(UTC).hour] += _decay(now - time, HALF_LIFE)
        burst += _decay(now - time, BURST_HALF_LIFE)
    return Rhythm(since=rhythm.since, at=now, hours=tuple(hours), burst=burst)


def rate(rhythm: Rhythm | None, now: datetime) -> float:
    """Return the new entries expected per hour at `now`."""
    prior_hours = PRIOR_TIME / timedelta(hours=1)
    if rhythm is None or len(rhythm.hours) != 24:
        return (1.0 - BURST_SHARE) / prior_hours
    shift = _decay(now - rhythm.at, HALF_LIFE)
    n = sum(rhythm.hours) * shift
    # The time over which they were counted, later hours counting more, as the entries do.
    scale = HALF_LIFE / timedelta(hours=1) / math.log(2)
    seen = scale * (1.0 - _decay(now - rhythm.since, HALF_LIFE))
    steady = (n + 1.0) / (seen + prior_hours) * _at_this_hour(rhythm.hours, shift, now)
    burst = rhythm.burst * _decay(now - rhythm.at, BURST_HALF_LIFE)
    per_hour = burst * math.log(2) / (BURST_HALF_LIFE / timedelta(hours=1))
    return (1.0 - BURST_SHARE) * steady + BURST_SHARE * per_hour


def weight(rhythm: Rhythm | None, now: datetime) -> float:
    """Return a feed's share of the requests, relative to the shares of the others."""
    return math.sqrt(rate(rhythm, now))


def pace(weights: Iterable[float], mean: float) -> float:
    """Return the pace at which these feeds make as many requests as with `mean` seconds each.

    A feed's interval is the pace over its weight, within the bounds.
    """
    sorted_ = Counter(round(math.log2(weight) * _BUCKETS) for weight in weights)
    shares = [(math.exp2(step / _BUCKETS), n) for step, n in sorted_.items()]
    if not shares:
        return mean
    budget = sum(n for _, n in shares) / mean
    low = LEAST_SHARE * mean * min(weight for weight, _ in shares)
    high = MOST_SHARE * mean * max(weight for weight, _ in shares)
    for _ in range(40):
        middle = (low + high) / 2
        asked = sum(n / interval(weight, middle, mean) for weight, n in shares)
        low, high = (middle, high) if asked > budget else (low, middle)
    return high


def interval(weight: float, pace: float, mean: float) -> float:
    """Return the seconds between two polls of a feed of this weight."""
    return min(max(pace / weight, LEAST_SHARE * mean), MOST_SHARE * mean)


def declared(update_seconds: int | None, rhythm: Rhythm | None, now: datetime) -> float:
    """Return the least wait that the feed itself declares; 0 for none.

    Many systems declare an hour without being asked. So a declaration counts only up to the time
    between two entries that the feed keeps in fact.
    """
    if not update_seconds or rhythm is None:
        return 0.0
    return min(float(update_seconds), 3600.0 / rate(rhythm, now))


def _at_this_hour(hours: Sequence[float], shift: float, now: datetime) -> float:
    """Return the rate of this hour of the day over the mean one."""
    hour, minute = now.astimezone(UTC).hour, now.minute
    # Hours count as far as the present minute is near them, so that no edge is sharp.
    beside = hours[hour - 1] if minute < 30 else hours[(hour + 1) % 24]
    count = (0.75 * hours[hour] + 0.25 * beside) * shift
    total = sum(hours) * shift
    return (24.0 * count + HOURS_PRIOR) / (total + HOURS_PRIOR)


def _decay(age: timedelta, half_life: timedelta) -> float:
    return math.exp2(-(max(age, timedelta(0)) / half_life))
