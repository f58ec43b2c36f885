"""When each feed was polled and will be: machine time to news time, by partition. Pure."""

import math
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from services.messages import FeedTiming, FeedTimings
from services.poller.schedule import Planned
from services.poller.turns import Turns


def timings(
    turns: Turns, ticks: float, now: datetime, quiet: Collection[str] = ()
) -> dict[int, FeedTimings]:
    """Return the timings of all feeds at `ticks` (monotonic seconds), which is `now`.

    A feed that is being polled is due now. No feed is due while its host is held. `quiet`: the ids
    of feeds that were silent for too long.
    """
    found: dict[int, list[FeedTiming]] = {}
    for slot in list(turns.roster.slots.values()):
        due = turns.due(slot, ticks)
        found.setdefault(slot.tenure.partition, []).append(
            FeedTiming(
                feed_id=slot.feed.feed_id,
                polled_at=_at(slot.asked_at, ticks, now)
                if slot.asked_at
                else slot.state.last_poll_at,
                next_at=None if due is None else _at(due, ticks, now),
                quiet=slot.feed.feed_id in quiet,
            )
        )
    return {
        n: FeedTimings(
            partition=str(n), at=now, known_to=turns.roster.known_to(n), feeds=tuple(feeds)
        )
        for n, feeds in found.items()
    }


def dues(told: Iterable[FeedTimings], ticks: float, now: datetime) -> dict[str, Planned]:
    """Return when feeds are due (monotonic seconds), as their last pollers have told."""
    return {
        feed.feed_id: Planned(
            None if feed.next_at is None else ticks + (feed.next_at - now).total_seconds(),
            math.inf if one.known_to is None else one.known_to,
        )
        for one in told
        for feed in one.feeds
    }


def _at(moment: float, ticks: float, now: datetime) -> datetime:
    # Rounded up: a time that a host named must not come early.
    return now + timedelta(seconds=math.ceil(moment - ticks))
