"""The wait that a Retry-After header asks for (RFC 9110, 10.2.3)."""

from datetime import datetime
from email.utils import parsedate_to_datetime


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, a date counted from `now`.

    None without a usable header.
    """
    if not header:
        return None
    number = number_of(header)
    if number is not None:
        return number
    at = date_of(header)
    return None if at is None else max(0.0, (at - now).total_seconds())


def number_of(text: str) -> float | None:
    """Return the number that a header gives, or None."""
    text = text.strip()
    is_number = text.isascii() and text.replace(".", "", 1).isdigit()
    return float(text) if is_number else None


def date_of(text: str) -> datetime | None:
    """Return the date that a header gives, aware, or None."""
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo else None
