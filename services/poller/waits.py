"""The waits that the headers of an answer ask for. Pure.

Sources: RFC 9110, 10.2.3 (Retry-After); RFC 6585, 4 (429); RFC 9111, 4.2 and 5.2 (freshness);
draft-ietf-httpapi-ratelimit-headers, and the `X-RateLimit-*` headers in use before it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.text.retry_after import date_of, number_of, retry_after_seconds

MAX_RETRY_AFTER_SECONDS = 24 * 3600.0
"""The longest wait that a host may ask for."""

MAX_FRESH_SECONDS = 3600.0
"""The longest freshness that is believed. Files are served with a year that hold today's news."""

LIMITED_SECONDS = 60.0
"""The wait after a 429 that names none. Source: the window of most published limits is a minute."""

EPOCH_FROM = 1e9
"""A reset from here on is a time in seconds since 1970; a smaller one is a number of seconds."""

MAX_LIMIT_CHARS = 1_024
"""Characters of a RateLimit header; a longer one is not read.

Source: each limit of the draft's examples takes less than 60, so a dozen fit.
"""

TOO_MANY = 429

_RATE_LIMITS = ("ratelimit", "x-ratelimit", "x-rate-limit")
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})\b")
_UNCACHED = re.compile(r"(?:^|[\s,])(?:no-store|no-cache)\b")


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds from the answer on; 0 for none.

    - `feed`: before this feed is asked again.
    - `host`: before anything of the host is asked again.
    - `fresh`: for which the answer does not change, as its server says.
    """

    feed: float = 0.0
    host: float = 0.0
    fresh: float = 0.0


def waits(status: int, headers: Mapping[str, str], now: datetime) -> Waits:
    """Return the waits of an answer that came at `now`.

    A 429 is for the host: its limits count all requests. Any other Retry-After is for the one
    address; a 503 may be that of one route alone.
    """
    retry = retry_after_seconds(headers.get("retry-after"), now)
    limit = _rate_limit(headers, now)
    if status == TOO_MANY:
        return Waits(host=_bounded(max(LIMITED_SECONDS if retry is None else retry, limit)))
    fresh = _fresh(headers, now) if status in (200, 304) else 0.0
    return Waits(_bounded(retry or 0.0), _bounded(limit), fresh)


def _rate_limit(headers: Mapping[str, str], now: datetime) -> float:
    """Return the seconds until a limit that is used up is reset; 0 while some is left."""
    if told := _structured(headers.get("ratelimit", "")):
        return told
    for prefix in _RATE_LIMITS:
        left = (
            number_of(headers[f"{prefix}-remaining"]) if f"{prefix}-remaining" in headers else None
        )
        if left is None or left >= 1:
            continue
        reset = number_of(headers.get(f"{prefix}-reset", ""))
        if reset is not None:
            return max(0.0, reset - now.timestamp()) if reset >= EPOCH_FROM else reset
    return 0.0


def _structured(header: str) -> float:
    """Return the longest reset of the limits that are used up; 0 for none.

    The form is `"name";r=LEFT;t=SECONDS`, with commas between limits.
    """
    longest = 0.0
    for limit in header.split(",") if len(header) <= MAX_LIMIT_CHARS else ():
        words = dict(part.strip().partition("=")[::2] for part in limit.split(";"))
        left, reset = number_of(words.get("r", "")), number_of(words.get("t", ""))
        if left == 0 and reset is not None:
            longest = max(longest, reset)
    return longest


def _fresh(headers: Mapping[str, str], now: datetime) -> float:
    rules = headers.get("cache-control", "").lower()
    if _UNCACHED.search(rules):
        return 0.0
    found = _MAX_AGE.search(rules)
    if found:
        seconds = float(found[1]) - (number_of(headers.get("age", "")) or 0.0)
    else:
        until = date_of(headers.get("expires", ""))
        since = date_of(headers.get("date", "")) or now
        # Any other value, "0" above all, is a time in the past (RFC 9111, 5.3).
        seconds = (until - since).total_seconds() if until else 0.0
    return min(max(seconds, 0.0), MAX_FRESH_SECONDS)


def _bounded(seconds: float) -> float:
    return min(seconds, MAX_RETRY_AFTER_SECONDS)
