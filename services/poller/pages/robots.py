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

MAX_BYTES = 500 * 1024
"""Bytes that are read of a robots.txt. Source: RFC 9309, 2.5 wants at least 500 KiB."""

MAX_HOSTS = 2000
"""Hosts whose rules are kept; the one that was asked longest ago goes first."""

KEPT_FOR = timedelta(hours=24)
"""Time for which rules hold. Source: RFC 9309, 2.4: no longer than 24 hours."""

UNKNOWN_FOR = timedelta(minutes=10)
"""Time after which a host that gave no answer is asked again."""

TOO_MANY = 429
"""The status of a host that wants fewer requests. It says nothing about what is allowed."""

_ALL, _NOTHING = "", "User-agent: *\nDisallow: /"


class _Rules(Protocol):
    def can_fetch(self, url: str, user_agent: str) -> bool: ...


def robots_url(url: str) -> str:
    """Return the address of the rules for a page."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


@dataclass(frozen=True, slots=True)
class _Kept:
    rules: _Rules
    until: datetime


class Robots:
    """The rules of hosts, `MAX_HOSTS` at most."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def learn(self, url: str, status: int, body: bytes, now: datetime) -> None:
        """Take in the answer for the robots.txt of a page's host. `status` 0: none came."""
        place = robots_url(url)
        is_told = status == 200 or (400 <= status < 500 and status != TOO_MANY)
        if status == 200:
            text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
        else:
            text = _ALL if is_told else _NOTHING
        until = now + (KEPT_FOR if is_told else UNKNOWN_FOR)
        self._kept[place] = _Kept(Protego.parse(text), until)
        self._kept.move_to_end(place)
        while len(self._kept) > MAX_HOSTS:
            self._kept.popitem(last=False)

    def allows(self, url: str, agent: str, now: datetime) -> bool | None:
        """Return whether a page may be fetched; None if its host must be asked first."""
        kept = self._kept.get(robots_url(url))
        return None if kept is None or now >= kept.until else kept.rules.can_fetch(url, agent)
