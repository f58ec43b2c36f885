"""Ids that are none: a guid that different items of one document share."""

from collections.abc import Iterable
from dataclasses import replace

from services.poller.reading.entry import Entry
from services.text.counts import counted


def with_own_guids(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the entries, without the guids that several different ones share, and a sentence.

    Entries of one guid and one address (without addresses: one title) are one article listed twice.
    """
    entries = tuple(entries)
    meant: dict[str, set[str]] = {}
    for entry in entries:
        if entry.guid:
            meant.setdefault(entry.guid, set()).add(entry.url or entry.title)
    shared = {guid for guid, articles in meant.items() if len(articles) > 1}
    if not shared:
        return entries, ()
    n = sum(entry.guid in shared for entry in entries)
    told = (
        f"{counted(n, 'item')} share {counted(len(shared), 'id')}, as {min(shared)[:60]!r}: "
        "their links or titles are taken"
    )
    return tuple(replace(e, guid=None) if e.guid in shared else e for e in entries), (told,)
