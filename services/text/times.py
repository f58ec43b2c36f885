"""Times as people write them in files and commands: a length ("90m", "1h"), a time of day ("22:00"), a zone."""

import re
from datetime import time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LENGTH = re.compile(r"(\d+)\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def parse_length(text: str) -> timedelta:
    """Return the length that "45s", "90m", "1h", or "2d" says. Raises ValueError."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise ValueError(f"{text!r} is no length of time: write 45s, 90m, 1h, or 2d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def parse_clock(text: str) -> time:
    """Return the time of day that "22:00" says. Raises ValueError."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(f'{text!r} is no time of day: write "22:00", in quotes')
    return time(int(found[1]), int(found[2]))


def parse_zone(name: str) -> ZoneInfo:
    """Return a zone by its IANA name. Raises ValueError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone: write its IANA name, such as Europe/London or UTC") from error
