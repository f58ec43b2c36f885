"""Whose turn it is: feeds that are due, on hosts that may be asked. Pure.

Times are monotonic seconds, apart from `news`, the news time, by which rhythms are counted.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.poller import rhythm
from services.poller.answer import Outcome
from services.poller.hosts import MAX_SLOW, Hosts
from services.poller.roster import IN_FLIGHT, Roster, Slot
from services.poller.schedule import JITTER, next_poll
from services.poller.websub import slowed

MAX_IN_FLIGHT = 128
"""Polls at the same time. Source: 10,000 feeds a minute of which 5 % take 3 s and 1 % never end
keep 80 under way."""

MAX_NEW = 16
"""Feeds read for the first time at the same time. An import of thousands delays no other feed."""

TUNE_SECONDS = 60.0
"""Seconds after which the requests are shared out anew among the feeds."""


@dataclass(slots=True)
class Turns:
    """Chooses the feeds to ask, and plans when each is asked again."""

    roster: Roster
    hosts: Hosts = field(default_factory=Hosts)
    _new: int = 0
    _pace: float = 0.0
    _tuned_at: float = float("-inf")

    def next(self, now: float, n_busy: int) -> Iterator[Slot]:
        """Yield feeds to ask now, the longest due first. Each must be begun before the next."""
        if n_busy >= MAX_IN_FLIGHT:
            return
        n_slow = self.hosts.n_slow(now)
        for slot in self.roster.due(now):
            if n_busy >= MAX_IN_FLIGHT:
                return
            hosts = slot.hosts
            if self._free_at(slot, now) > now:
                self.roster.plan(slot, self.due(slot, now))
            elif not any(map(self.hosts.is_busy, hosts)) and not (
                slot.is_new and self._new >= MAX_NEW
            ):
                is_slow = any(map(self.hosts.is_slow, hosts))
                if not is_slow or n_slow < MAX_SLOW:
                    n_busy, n_slow = n_busy + 1, n_slow + is_slow
                    yield slot

    def begin(self, slot: Slot, now: float) -> None:
        """A poll begins."""
        slot.due, slot.asked_at, slot.answered_at = IN_FLIGHT, now, None
        slot.asked_hosts, slot.asked_as_new = slot.hosts, slot.is_new
        self._new += slot.is_new
        for host in slot.asked_hosts:
            self.hosts.begin(host, now)

    def conclude(
        self, slot: Slot, outcome: Outcome, now: float, news: datetime, jitter: float
    ) -> None:
        """Plan the feed's next poll. `jitter` is from 0 to 1."""
        slot.answered_by = outcome.url or slot.answered_by
        for host in slot.hosts if outcome.waits.host else ():
            self.hosts.hold(host, now + outcome.waits.host)
        if slot.asked_hosts:
            for host in slot.asked_hosts:
                self.hosts.end(host, slot.answered_at or now)
            slot.asked_hosts = ()
            self._new -= slot.asked_as_new
        slot.state, slot.problems = outcome.done, outcome.problems
        has_own = bool(slot.feed.interval_seconds)
        asked = outcome.waits
        if has_own:
            # Who set an interval knows better than a server's defaults. Limits hold for all.
            asked = replace(asked, fresh=0.0)
        else:
            declared = rhythm.declared(slot.state.update_seconds, slot.state.rhythm, news)
            asked = replace(asked, fresh=max(asked.fresh, declared))
        interval = slowed(self.interval(slot, news), slot.state.subscription, news)
        if outcome.is_gap:
            interval = min(interval, rhythm.LEAST_SHARE * self.roster.interval_of(slot.feed))
        wait = next_poll(interval, outcome.done, news, jitter, asked)
        self.roster.plan(slot, None if wait is None else now + wait)

    def interval(self, slot: Slot, news: datetime) -> float:
        """Return the seconds between two polls of a feed that go well."""
        mean = self.roster.interval_of(slot.feed)
        if slot.feed.interval_seconds or not self._pace:
            return mean
        return rhythm.interval(rhythm.weight(slot.state.rhythm, news), self._pace, mean)

    def due(self, slot: Slot, now: float) -> float | None:
        """Return when a feed can be asked: not while its host is held. One under way is due now."""
        if slot.due is None:
            return None
        due = now if slot.due == IN_FLIGHT else slot.due
        free_at = self._free_at(slot, now)
        if free_at <= max(due, now):
            return due
        return free_at + self.roster.interval_of(slot.feed) * JITTER * _place(slot.feed.feed_id)

    def _free_at(self, slot: Slot, now: float) -> float:
        return max(self.hosts.free_at(host, now) for host in slot.hosts)

    def tune(self, now: float, news: datetime) -> None:
        """Share the requests out anew, from time to time.

        The feeds together make as many as if each were asked at the interval of the settings.
        """
        if now - self._tuned_at < TUNE_SECONDS:
            return
        self._tuned_at = now
        self.hosts.forget(now, {host for slot in self.roster.slots.values() for host in slot.hosts})
        weights = [
            rhythm.weight(slot.state.rhythm, news)
            for slot in self.roster.slots.values()
            if not slot.feed.interval_seconds and not slot.state.failures
        ]
        self._pace = rhythm.pace(weights, self.roster.interval)


def _place(feed_id: str) -> float:
    """Return a number from 0 to 1 by which feeds that wait for one host come apart."""
    return zlib.crc32(feed_id.encode()) / 2**32
