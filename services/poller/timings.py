"""When each feed was polled and will be: machine time to news time, by partition. Pure."""

from datetime import datetime, timedelta

from services.messages import FeedTiming, FeedTimings
from services.poller.roster import IN_FLIGHT, Roster


def timings(roster: Roster, ticks: float, now: datetime) -> dict[int, FeedTimings]:
    """Return the timings of all feeds at `ticks` (monotonic seconds), which is `now`.

    A feed that is being polled is due now.
    """
    found: dict[int, list[FeedTiming]] = {}
    for slot in roster.slots.values():
        due = ticks if slot.due == IN_FLIGHT else slot.due
        found.setdefault(slot.tenure.partition, []).append(
            FeedTiming(
                feed_id=slot.feed.feed_id,
                polled_at=_at(slot.asked_at, ticks, now)
                if slot.asked_at
                else slot.state.last_poll_at,
                next_at=None if due is None else _at(due, ticks, now),
            )
        )
    return {
        n: FeedTimings(partition=str(n), at=now, feeds=tuple(feeds)) for n, feeds in found.items()
    }


def _at(moment: float, ticks: float, now: datetime) -> datetime:
    return now + timedelta(seconds=round(moment - ticks))
