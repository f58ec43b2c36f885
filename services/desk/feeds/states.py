"""Feeds as their page shows them: how each is, in words, and what to do about it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import msgspec

from services.desk.freshness import length
from services.messages import Feed, FeedState, FeedTiming, FeedTimings
from services.text.feed_health import Health, diagnosis

ORDER: tuple[Health, ...] = ("died", "failing", "late", "quiet", "new", "well", "off")
"""The states from the one that needs somebody most."""

BROKEN: frozenset[Health] = frozenset({"died", "failing", "late", "quiet"})
"""States that somebody should look at."""

NAMES: Mapping[Health, str] = {
    "died": "Dead",
    "failing": "Failing",
    "late": "Not polled",
    "quiet": "Silent",
    "new": "New",
    "well": "Well",
    "off": "Off",
}

WHAT_TO_DO: Mapping[str, str] = {
    "unreachable": "Its server gives no whole answer. That often passes by itself. If it lasts for "
    "days, look for its new address.",
    "refused": "Its server turns us away. Open the address in a browser: if it works there, the "
    "outlet may not want programs, or the feed may need a login.",
    "unreadable": "What it sends is no feed any more. Open the address: the outlet may have moved "
    "its feed.",
    "gone": "The outlet says that it is gone for good. Remove it, and add its new address if there "
    "is one.",
    "limited": "Its host wants fewer requests. It is asked less often by itself; nothing to do.",
    "wall": "A check for people answers in place of the feed. Ask the outlet for access, or remove "
    "it.",
    "late": "No poller has asked it in time. See on the Pipeline page whether one runs.",
    "quiet": "It is read without trouble and brings nothing. Open its site: if there is news, the "
    "outlet has left this feed behind.",
    "new": "It is polled within a minute or so.",
    "off": "It was switched off on purpose.",
}
"""The kind of trouble, or else the state, to what somebody can do."""

LEAST_LEAP = timedelta(minutes=1)
"""The least leap of the news clock: less is the time that timings take to arrive."""

_UNKNOWN = "Open its address in a browser to see what it sends."


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed with its health.

    - `says`: how it is, in a sentence. `do`: what somebody can do; "" if nothing.
    - `error`: what the last failed poll said; "" after a success.
    """

    feed: Feed
    health: Health
    says: str
    do: str = ""
    error: str = ""
    last_new_at: datetime | None = None
    polled_at: datetime | None = None
    next_at: datetime | None = None

    @property
    def name(self) -> str:
        return NAMES[self.health]

    @property
    def is_broken(self) -> bool:
        return self.health in BROKEN


def feed_rows(
    feeds: Iterable[Feed],
    documents: Mapping[str, Mapping[str, Any]],
    timings: Iterable[FeedTimings],
    now: datetime,
    interval: float,
    *,
    ages: Mapping[str, float] = MappingProxyType({}),
) -> list[FeedRow]:
    """Return all feeds, those that need somebody first, then by outlet.

    - `documents`: feed id to its document of the index `feed-health`.
    - `interval`: the mean seconds between two polls.
    - `ages`: partition to the seconds since its timings were told, by the machine's clock.
    """
    told = sorted(timings, key=lambda row: row.at)
    known = {
        one.feed_id: _as_of(one, _leap(row, ages.get(row.partition), now))
        for row in told
        for one in row.feeds
    }
    rows = [
        _row(feed, documents.get(feed.feed_id), known.get(feed.feed_id), now, interval)
        for feed in feeds
    ]
    return sorted(rows, key=lambda row: (ORDER.index(row.health), row.feed.outlet.casefold()))


def counts(rows: Iterable[FeedRow]) -> dict[Health, int]:
    """Return the states that feeds are in, with their numbers, in `ORDER`."""
    found: dict[Health, int] = dict.fromkeys(ORDER, 0)
    for row in rows:
        found[row.health] += 1
    return {health: n for health, n in found.items() if n}


def _row(
    feed: Feed,
    document: Mapping[str, Any] | None,
    timing: FeedTiming | None,
    now: datetime,
    interval: float,
) -> FeedRow:
    state = _state(document)
    health = diagnosis(feed, state, timing, now, feed.interval_seconds or interval).health
    if health == "well" and timing is not None and timing.quiet:
        health = "quiet"
    trouble = state.trouble if state is not None and health in ("died", "failing") else ""
    return FeedRow(
        feed=feed,
        health=health,
        says=_says(health, state, now),
        do="" if health == "well" else WHAT_TO_DO.get(trouble or health, _UNKNOWN),
        error=(state.last_error or "") if state is not None and state.failures else "",
        last_new_at=state.last_new_at if state else None,
        polled_at=timing.polled_at if timing else state.last_poll_at if state else None,
        next_at=timing.next_at if timing else None,
    )


def _leap(told: FeedTimings, age: float | None, now: datetime) -> timedelta:
    """Return by how much the news clock leapt since the timings were told; 0 for a small step."""
    if age is None:
        return timedelta(0)
    leap = now - told.at - timedelta(seconds=age)
    return leap if abs(leap) > LEAST_LEAP else timedelta(0)


def _as_of(timing: FeedTiming, leap: timedelta) -> FeedTiming:
    """Return a timing as its poller would tell it now: it waits by the machine's clock."""
    if not leap or timing.next_at is None:
        return timing
    return msgspec.structs.replace(timing, next_at=timing.next_at + leap)


def _state(document: Mapping[str, Any] | None) -> FeedState | None:
    """Return the state that a document tells; None if there is none, or it can't be read."""
    if not document:
        return None
    known = {name: value for name, value in document.items() if value is not None}
    try:
        return msgspec.convert(known, FeedState, strict=False)
    except msgspec.ValidationError:
        return None


def _says(health: Health, state: FeedState | None, now: datetime) -> str:
    match health:
        case "died" | "failing":
            return _fails(health, state, now)
        case "late":
            return "It should have been polled by now."
        case "quiet":
            return "It has been silent for longer than ever lately."
        case "new":
            return "It was not polled yet."
        case "off":
            return "It is switched off."
        case _:
            return "It is read, and brings news."


def _fails(health: Health, state: FeedState | None, now: datetime) -> str:
    n = state.failures if state else 0
    since = state.failing_since if state else None
    long = f" for {length((now - since).total_seconds())}" if since else ""
    if health == "died":
        return f"It has failed{long} and counts as dead."
    return f"It has failed{long}, {n} times in a row." if n > 1 else "Its last poll failed."
