"""Hosts: one request at a time, none before the time that a host named, and few to slow ones. Pure.

Times are monotonic seconds.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from services.poller.waits import Waits

SLOW_SECONDS = 2.0
"""Seconds of a request from which its host counts as slow. Ordinary ones take less than one."""

MAX_SLOW = 96
"""Requests to slow hosts at the same time; a quarter of all is left for quick ones."""


MAX_HELD = 100_000
"""Hosts and addresses of which it is kept until when they are held; the one kept longest goes.

Source: 100 MB at most, and ten times as many as there are feeds. An outsider's pages, each of a
host of its own, could fill the memory.
"""

MAX_HOST_CHARS = 512
"""Characters of an address in which its host is looked for; a host's name has 253 at most."""


def host_of(url: str) -> str:
    """Return the host of an address, with its port.

    An address that can't be read is a host of its own: its poll will say so, and nobody waits.
    """
    return _host(url[:MAX_HOST_CHARS])


@lru_cache(maxsize=16_384)
def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower() or url
    except ValueError:
        return url


def is_same_origin(one: str, other: str) -> bool:
    """Return True if two addresses have scheme and host in common."""
    return one == other or (host_of(one) == host_of(other) and one[:6].lower() == other[:6].lower())


@dataclass(slots=True)
class Hosts:
    """What is known of the hosts that are asked, and which of them polls are under way on."""

    _busy: dict[str, float] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)
    _slow: set[str] = field(default_factory=set)

    def free_at(self, host: str, now: float) -> float:
        """Return the time from which a host may be asked, apart from a request under way."""
        until = self._until.get(host, now)
        return max(until, now)

    def may_ask_at(self, url: str, now: float, key: str = "") -> float:
        """Return the time from which neither the host nor `key` is held; "" is the address."""
        return max(self.free_at(host_of(url), now), self.free_at(key or url[:MAX_HOST_CHARS], now))

    def may_ask(self, url: str, now: float) -> bool:
        """Return True if neither the host nor the address itself has named a time after now."""
        return self.may_ask_at(url, now) <= now

    def is_busy(self, host: str) -> bool:
        """Return True while a poll is under way."""
        return host in self._busy

    def is_slow(self, host: str) -> bool:
        """Return True if the last request took long."""
        return host in self._slow

    def n_slow(self, now: float) -> int:
        """Return how many polls are under way of hosts that are slow, or prove to be."""
        return sum(
            host in self._slow or now - began > SLOW_SECONDS for host, began in self._busy.items()
        )

    def begin(self, host: str, now: float) -> None:
        """A poll of the host begins."""
        self._busy[host] = now

    def end(self, host: str, now: float) -> None:
        """The poll's request to the host has ended, however it did."""
        began = self._busy.pop(host, now)
        if now - began > SLOW_SECONDS:
            self._slow.add(host)
        else:
            self._slow.discard(host)

    def hold(self, host: str, until: float) -> None:
        """Ask nothing of the host (or of one address) before `until`."""
        self._until[host] = max(until, self._until.get(host, until))
        if len(self._until) > MAX_HELD:
            del self._until[next(iter(self._until))]

    def learn(self, url: str, asked: Waits, now: float, key: str = "") -> None:
        """Hold the host of an answer, or `key` alone, as the answer asked; "" is the address."""
        if asked.host:
            self.hold(host_of(url), now + asked.host)
        if asked.feed:
            self.hold(key or url[:MAX_HOST_CHARS], now + asked.feed)

    def forget(self, now: float, used: AbstractSet[str]) -> None:
        """Forget the times that are over, and which hosts are slow but for those still `used`."""
        self._until = {host: until for host, until in self._until.items() if until > now}
        self._slow &= used
