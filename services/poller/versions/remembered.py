"""What a feed's state keeps of its entries, within bounds."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import msgspec

from services.messages import EntryState

MAX_KNOWN = 2000
"""Entries remembered beyond those in the present document. One that comes back is no news."""

WORDS_CHARS = 24_000
"""Characters of the words kept of all entries of a feed, the newest first.

Source: the teasers of 60 entries, or the first paragraphs of 12 articles. Ten thousand feeds then
take 240 MB at most.
"""

URLS_CHARS = 250_000
"""Characters of the addresses kept of all entries of a feed, the newest first.

Source: those of 2,000 entries, 125 characters each, as an index of sitemaps has in a day. They take
at most 1 MB of the row of state, whose entries take 0.5 kB each.
"""

WATCHED_FOR = timedelta(hours=24)
"""Time after its first sight for which words and address of an entry that left the feed stay.

Source: what is taken back is taken back within hours; its page is looked at so long.
"""


def remembered(
    before: Mapping[str, EntryState],
    present: dict[str, EntryState],
    moved: Collection[str],
    now: datetime,
) -> dict[str, EntryState]:
    """Return the entries to keep: those present, and the latest of those that are gone.

    `moved`: keys under which an entry stood before it moved.
    """
    gone = [
        (key, _of_gone(entry, now))
        for key, entry in before.items()
        if key not in present and key not in moved
    ]
    gone.sort(key=lambda item: (item[1].first_seen_at, item[0]))
    return within_bounds(dict(gone[-MAX_KNOWN:]) | present)


def _of_gone(entry: EntryState, now: datetime) -> EntryState:
    is_watched = now - entry.first_seen_at < WATCHED_FOR
    if is_watched:
        return msgspec.structs.replace(entry, pending=False)
    return msgspec.structs.replace(entry, pending=False, words=None, url=None)


def within_bounds(entries: Mapping[str, EntryState]) -> dict[str, EntryState]:
    """Return the entries with words and addresses for the newest, as many as fit."""
    kept = dict(entries)
    newest = sorted(kept, key=lambda key: (kept[key].first_seen_at, key), reverse=True)
    words_left, urls_left = WORDS_CHARS, URLS_CHARS
    for key in newest:
        entry = kept[key]
        words_left -= len(entry.words or "")
        urls_left -= len(entry.url or "")
        if (entry.words and words_left < 0) or (entry.url and urls_left < 0):
            kept[key] = msgspec.structs.replace(
                entry,
                words=entry.words if words_left >= 0 else None,
                url=entry.url if urls_left >= 0 else None,
            )
    return kept
