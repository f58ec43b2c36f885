"""Hosts: one request at a time, none before the time that a host named, and few to slow ones. Pure.

Times are monotonic seconds.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

SLOW_SECONDS = 2.0
"""Seconds of a request from which its host counts as slow. Ordinary ones take less than one."""

MAX_SLOW = 96
"""Requests to slow hosts at the same time; a quarter of all is left for quick ones."""


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
    """What is known of the hosts that are asked."""

    _busy: dict[str, float] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)
    _slow: set[str] = field(default_factory=set)

    def free_at(self, host: str, now: float) -> float:
        """Return the time from which a host may be asked, apart from a request under way."""
        until = self._until.get(host, 0.0)
        if until and until <= now:
            del self._until[host]
        return until

    @property
    def is_any_held(self) -> bool:
        """True if some host has named a time that may not be over."""
        return bool(self._until)

    def is_busy(self, host: str) -> bool:
        """Return True while a request is under way."""
        return host in self._busy

    def is_slow(self, host: str) -> bool:
        """Return True if the last request took long."""
        return host in self._slow

    def n_slow(self, now: float) -> int:
        """Return how many requests are under way to hosts that are slow, or prove to be."""
        return sum(
            host in self._slow or now - began > SLOW_SECONDS for host, began in self._busy.items()
        )

    def begin(self, host: str, now: float) -> None:
        """A request to the host begins."""
        self._busy[host] = now

    def end(self, host: str, now: float) -> None:
        """The request to the host has ended, however it did."""
        began = self._busy.pop(host, now)
        if now - began > SLOW_SECONDS:
            self._slow.add(host)
        else:
            self._slow.discard(host)

    def hold(self, host: str, until: float) -> None:
        """Ask nothing of the host before `until`."""
        self._until[host] = max(until, self._until.get(host, 0.0))
