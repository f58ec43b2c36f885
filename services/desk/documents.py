"""The messages and spans that documents of the index hold. Older data may lack any field."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from services.messages import Alert, Claim, Message

M = TypeVar("M", bound=Message)


def claim_of(document: Mapping[str, Any] | None) -> Claim | None:
    """Return the claim of a document; None if it was written without, or can't be read."""
    return whole(document, Claim)


def alert_of(document: Mapping[str, Any] | None) -> Alert | None:
    """Return the alert of a document; None if it was written without, or can't be read."""
    alert = whole(document, Alert)
    return alert if alert is not None and alert.revisions else None


def whole(document: Mapping[str, Any] | None, kind: type[M]) -> M | None:
    """Return the message of a document; None if it was written without, or can't be read."""
    try:
        return msgspec.convert((document or {}).get("whole"), kind)
    except msgspec.ValidationError:
        return None


def pairs_of(document: Mapping[str, Any], name: str) -> list[tuple[int, int]]:
    """Return spans of a text, in code points: `NAME_starts` with `NAME_ends`."""
    starts, ends = document.get(f"{name}_starts"), document.get(f"{name}_ends")
    if not isinstance(starts, list) or not isinstance(ends, list):
        return []
    return [
        (start, end)
        for start, end in zip(starts, ends, strict=False)
        if isinstance(start, int) and isinstance(end, int)
    ]
