"""Which pages of a host may be fetched: robots.txt (RFC 9309).

An answer that says that there is none (4xx) allows all; one that says nothing (5xx, no answer)
forbids all until it is asked again, as the RFC wants.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from services.poller.hosts import host_of

MAX_BYTES = 500 * 1024
"""Bytes that are read of a robots.txt. Source: RFC 9309, 2.5 wants at least 500 KiB."""

MAX_HOSTS = 2000
"""Hosts whose rules are kept; the one that was asked longest ago goes first."""

MAX_KEPT_BYTES = 1_000_000
"""Bytes of all files whose rules are kept.

Measured: rules take 11 times as much memory as an ordinary file, 75 times at worst.
"""

KEPT_FOR = timedelta(hours=24)
"""Time for which rules hold. Source: RFC 9309, 2.4: no longer than 24 hours."""

UNKNOWN_FOR = timedelta(minutes=10)
"""Time after which a host that gave no answer is asked again."""

TOO_MANY = 429
"""The status of a host that wants fewer requests. It says nothing about what is allowed."""

_ALL, _NOTHING = "", "User-agent: *\nDisallow: /"


class _Parsed(Protocol):
    def can_fetch(self, url: str, user_agent: str) -> bool: ...


def robots_url(url: str) -> str:
    """Return the address of the rules for a page."""
    return f"{urlsplit(url).scheme}://{host_of(url)}/robots.txt"


@dataclass(frozen=True, slots=True)
class Rules:
    """What an answer for robots.txt says, for how long, and the bytes that were read of it."""

    parsed: _Parsed
    holds_for: timedelta
    n_bytes: int


def read_rules(status: int, body: bytes) -> Rules:
    """Read an answer for robots.txt. `status` 0: none came. It may take seconds."""
    is_told = status == 200 or (400 <= status < 500 and status != TOO_MANY)
    text, n_bytes = _ALL if is_told else _NOTHING, 0
    if status == 200:
        read = body[:MAX_BYTES]
        text, n_bytes = read.decode("utf-8-sig", "replace"), len(read)
    return Rules(Protego.parse(text), KEPT_FOR if is_told else UNKNOWN_FOR, n_bytes)


class Robots:
    """The rules of hosts, `MAX_HOSTS` of `MAX_KEPT_BYTES` at most."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Rules, datetime]] = OrderedDict()
        self._n_bytes = 0

    def learn(self, url: str, rules: Rules, now: datetime) -> None:
        """Take in the rules of a page's host."""
        place = robots_url(url)
        before = self._kept.pop(place, None)
        self._kept[place] = rules, now + rules.holds_for
        self._n_bytes += rules.n_bytes - (before[0].n_bytes if before else 0)
        while len(self._kept) > MAX_HOSTS or self._n_bytes > MAX_KEPT_BYTES:
            _, (oldest, _) = self._kept.popitem(last=False)
            self._n_bytes -= oldest.n_bytes

    def allows(self, url: str, agent: str, now: datetime) -> bool | None:
        """Return whether a page may be fetched; None if its host must be asked first."""
        rules, until = self._kept.get(robots_url(url), (None, now))
        return None if rules is None or now >= until else rules.parsed.can_fetch(url, agent)
