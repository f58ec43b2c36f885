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
    return _within(dict(gone[-MAX_KNOWN:]) | present)


def _of_gone(entry: EntryState, now: datetime) -> EntryState:
    is_watched = now - entry.first_seen_at < WATCHED_FOR
    if is_watched:
        return msgspec.structs.replace(entry, pending=False)
    return msgspec.structs.replace(entry, pending=False, words=None, url=None)


def _within(entries: dict[str, EntryState]) -> dict[str, EntryState]:
    """Return the entries with words for the newest, as many as fit."""
    left = WORDS_CHARS
    worded = [key for key, entry in entries.items() if entry.words]
    for key in sorted(worded, key=lambda key: (entries[key].first_seen_at, key), reverse=True):
        left -= len(entries[key].words or "")
        if left < 0:
            entries[key] = msgspec.structs.replace(entries[key], words=None)
    return entries
