"""The bytes of server-sent events. Pure."""

import json
from datetime import UTC, datetime

from services.api.stream.updates import Update

FETCH = ("/v1/alerts", "/v1/claims")
"""Where the present state of all that was lost can be fetched, the newest first."""


def event_frame(update: Update, id: str) -> bytes:
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (id.encode(), update.kind.encode(), update.data)


def comment_frame(comment: str, id: str = "") -> bytes:
    """Return a comment, which no reader shows. Of one with an id, a reader remembers the id."""
    place = f"id: {id}\n" if id else ""
    return f": {comment}\n{place}\n".encode()


def lost_frame(
    count: int | None, since: datetime | None, reason: str, id: str, *, is_exact: bool = True
) -> bytes:
    """Return the event `lost`.

    - `count`: how many updates went by, also of those that this listener may not see; None if that
      is unknown. `is_exact`: false if there may have been fewer.
    - `since`: when the last update before them came. `id`: the place behind them.
    """
    told = {
        "count": count,
        "is_exact": is_exact and count is not None,
        "since": since.astimezone(UTC).isoformat().replace("+00:00", "Z") if since else None,
        "reason": reason,
        "fetch": FETCH,
    }
    return f"id: {id}\nevent: lost\ndata: {json.dumps(told)}\n\n".encode()
