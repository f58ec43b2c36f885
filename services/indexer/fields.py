"""The kinds of fields of a document, and what builders of documents share."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from services.messages import Attribution, Count, Evidence, Mention, Sighting, SlotAnswer
from services.ports import IndexAction


class Text(str):
    """Full text in a document. Plain strings are keywords."""


class Tokens(str):
    """Normalised tokens, joined by blanks.

    Watches match them, so the index only splits at blanks.
    """


class Offset(int):
    """A place in a text, in code points. It is kept to be shown, never searched."""


class Point(msgspec.Struct, frozen=True):
    """A place on the map, in degrees, WGS 84."""

    lat: float
    lon: float


class Names:
    """The mentions of an article by their ids, with what documents say of each."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._known = {m.id: m for m in mentions}
        self._keys = {id: m.actor_id or m.key for id, m in self._known.items()}

    def of(self, ids: Iterable[str]) -> list[Mention]:
        """Return the mentions of these ids that the article has."""
        return [self._known[id] for id in ids if id in self._known]

    def keys(self, ids: Sequence[str]) -> list[str]:
        """Return actor ids, or keys of names, without repeats."""
        return distinct(self._keys[id] for id in ids if id in self._keys) if ids else []

    def labels(self, ids: Sequence[str]) -> list[str]:
        """Return the words to show, without repeats."""
        return distinct(mention.shown for mention in self.of(ids)) if ids else []


def speakers_of(attribution: Iterable[Attribution]) -> list[str]:
    """Return the ids of the mentions of those who say so, in order."""
    return [said.mention for said in attribution if said.mention]


def same(document: type[msgspec.Struct], message: msgspec.Struct) -> dict[str, Any]:
    """Return the fields that message and document share."""
    return {name: getattr(message, name) for name in _shared(document, type(message))}


@cache
def _shared(document: type[msgspec.Struct], message: type[msgspec.Struct]) -> list[str]:
    return [name for name in document.__struct_fields__ if name in message.__struct_fields__]


def dating(sighting: Sighting) -> dict[str, Any]:
    """Return `sorted_at` and `is_ahead`.

    Nothing is published after it was seen. A date ahead of the first sight is kept in
    `published_at`, and the first sight is sorted by.
    """
    at = sighting.dated_at
    return {"sorted_at": at, "is_ahead": sighting.published_at not in (None, at)}


def action(
    index: str, id: str, version: int, document: msgspec.Struct, *, is_edit: bool = False
) -> IndexAction:
    return IndexAction(index, id, version, msgspec.json.encode(document, enc_hook=str), is_edit)


def bounds(event: str, given: Sequence[Count | SlotAnswer]) -> dict[str, int | None]:
    """Return the lowest and the highest number given. Nothing in between is made up."""
    low = [number.min for number in given if number.min is not None]
    high = [number.max for number in given if number.max is not None]
    return {f"{event}_min": min(low, default=None), f"{event}_max": max(high, default=None)}


def distinct(values: Iterable[str]) -> list[str]:
    """Return the values without repeats, in order."""
    return list(dict.fromkeys(values))


def seconds(start: datetime | None, end: datetime | None) -> float | None:
    """Return the seconds between two times, not below 0; None if one is unknown."""
    return max(0.0, (end - start).total_seconds()) if start and end else None


def milliseconds(at: datetime | None) -> int:
    """Return a version that rises with time: milliseconds since 1970; 0 if the time is unknown."""
    return max(0, int(at.timestamp() * 1000)) if at else 0


def quotes(evidence: Iterable[Evidence]) -> list[Text]:
    return [Text(sentence.quote) for sentence in evidence]
