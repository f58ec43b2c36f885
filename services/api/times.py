"""Times that requests give."""

from datetime import UTC, datetime

from services.api.problems import Problem

FIRST_YEAR, LAST_YEAR = 1970, 2100
"""Years that are taken: as pages show them."""


def read_time(text: str) -> datetime:
    """Return a time of ISO 8601. Raises Problem 422 for one that can't be true."""
    try:
        return told_time(datetime.fromisoformat(text))
    except ValueError as error:
        raise Problem(422, "the time can't be read: write it as 2031-05-02T12:00:00Z") from error


def told_time(at: datetime) -> datetime:
    """Return a time in UTC. Raises Problem 422 for one without a zone, or that can't be true."""
    if at.tzinfo is None:
        raise Problem(422, "the time has no zone: write it as 2031-05-02T12:00:00Z")
    if not FIRST_YEAR < at.year < LAST_YEAR:  # so that no zone leads out of it
        raise Problem(422, f"the time lies before {FIRST_YEAR + 1} or after {LAST_YEAR - 1}")
    return at.astimezone(UTC)
