"""What a search found as a feed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

import msgspec

from services.api.feeds.entry import (
    LONG_AGO,
    Entry,
    Listing,
    Quote,
    one_line,
    urn,
    web_address,
    words,
)
from services.ports import JsonObject
from services.search.asked import Asked
from services.search.marks import Excerpt
from services.search.rows import Row

MOST_ENTRIES = 100
"""Entries of a feed of a search: as many as a page of the other feeds."""

_Aware = Annotated[datetime, msgspec.Meta(tz=True)]


def listing(
    asked: Asked, rows: Sequence[Row], base: str, here: str = "", further: str = ""
) -> Listing:
    """Return the feed of a search. `base`: the address of the API. Paths are as in `Listing`."""
    told = {"in": asked.kind, "q": asked.query} | {
        name: str(getattr(asked.filters, name)) for name in asked.filters.given
    }
    here = here or f"/v1/search?{urlencode({'in': asked.kind, 'q': asked.query})}"
    return Listing(
        id=urn("search", urlencode(sorted(told.items()))),
        title=words(f"Reportedly {asked.kind}: {asked.query or 'all'}"),
        base=base,
        here=here,
        next=further,
        first=here,
        entries=tuple(_entry(row) for row in rows),
    )


def _entry(row: Row) -> Entry:
    document = row.document
    dates = [document.get(name) for name in ("updated_at", "first_seen_at", "published_at")]
    updated = next((at for at in map(_time, dates) if at is not None), LONG_AGO)
    url = web_address(document.get("url"))
    outlet = one_line(document.get("outlet"))
    shown = [_quote(each, outlet, url) for each in row.excerpts] or [
        Quote(words(line), "", "", "", outlet, url, None) for line in _lines(document)
    ]
    return Entry(
        about=row.kind.removesuffix("s"),
        key=row.id,
        title=one_line(document.get("title")) or words(_named(document)),
        updated=updated,
        published=_time(document.get("opened_at") or document.get("published_at")) or updated,
        quotes=tuple(shown[:3]),
        tags=tuple(filter(None, (document.get("event"), document.get("status")))),
    )


def _named(document: Mapping[str, object]) -> str:
    labels = document.get("patient_labels")
    whom = ", ".join(map(str, labels[:3])) if isinstance(labels, list) else ""
    event, status = document.get("event", ""), document.get("status", "")
    return f"{event}: {whom} ({status})" if whom else f"{event} ({status})"


def _lines(document: JsonObject) -> list[str]:
    quotes = document.get("quotes") or [document.get("quote") or document.get("url") or ""]
    return [str(quote) for quote in quotes if quote]


def _quote(excerpt: Excerpt, outlet: str, url: str) -> Quote:
    start, end = excerpt.marks[0] if excerpt.marks else (0, 0)
    text = excerpt.text
    return Quote(
        words(text[:start]), words(text[start:end]), words(text[end:]), "", outlet, url, None
    )


def _time(text: object) -> datetime | None:
    try:
        return msgspec.convert(text, _Aware)
    except msgspec.ValidationError:
        return None
