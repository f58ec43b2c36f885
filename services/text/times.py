"""Times in files and commands: a length ("90m", "1h"), a time of day ("22:00"), a zone."""

import re
from datetime import time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_LENGTH = re.compile(r"(\d{1,9})\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_IN_WORDS = re.compile(r"(\d{1,9})\s*(s|m|h|d|w)[a-z]*\.?", re.IGNORECASE)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def parse_length(text: str) -> timedelta:
    """Return the length that "45s", "90m", "1h", or "2d" stands for. Raises ValueError."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise ValueError(
            f"{text!r:.40} is no length of time: write {_short(text) or '45s, 90m, 1h, or 2d'}"
        )
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _short(text: str) -> str:
    """Return the short form of "1 hour"; "" if it is unknown."""
    found = _IN_WORDS.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        return ""
    number, unit = int(found[1]), found[2].lower()
    return f"{7 * number}d" if unit == "w" else f"{number}{unit}"


def parse_clock(text: str) -> time:
    """Return the time of day that "22:00" stands for. Raises ValueError."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(
            f"{text!r:.40} is no time of day: write hours and minutes, such as 22:00 or 07:30"
        )
    return time(int(found[1]), int(found[2]))


def parse_zone(name: str) -> ZoneInfo:
    """Return a zone by its IANA name. Raises ValueError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = _zones_like(name)
        hint = (
            f"write {' or '.join(near)}"
            if near
            else "write its IANA name, such as Europe/London or UTC"
        )
        raise ValueError(f"{name!r:.40} is no time zone: {hint}") from error


def _zones_like(name: str) -> list[str]:
    """Return up to three zones with this name behind their continent.

    Case and blanks are ignored.
    """
    wanted = name.strip().replace(" ", "_").casefold()
    return sorted(
        zone
        for zone in available_timezones()
        if wanted in (zone.casefold(), zone.casefold().rpartition("/")[2])
    )[:3]
