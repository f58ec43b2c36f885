"""Under which key an entry is known."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.messages import EntryState, Feed
from services.messages.limits import NAME_CHARS, URL_CHARS, bounded
from services.poller.identity import article_id, content_hash, former_id
from services.poller.reading.entry import Entry, ParsedFeed
from services.poller.versions.meaning import meaning
from services.poller.versions.moved import is_alike, place
from services.text.web_addresses import canonical_url


def named_entries(
    feed: Feed, parsed: ParsedFeed, problems: list[str]
) -> Iterable[tuple[str, Entry]]:
    """Yield the usable entries of a document with their keys, each key once."""
    keys: set[str] = set()
    for number, whole in enumerate(parsed.entries, 1):
        kept = bounded(whole.title, whole.text)
        entry = _bounded_entry(whole, kept.title)
        if not (kept.title or kept.text or entry.url):
            problems.append(f"entry {number} has neither title nor text nor link")
            continue
        key = article_id(feed.feed_id, entry.guid, entry.url, kept.title or kept.text)
        # Some feeds list one guid twice. Only the first counts, or the two would edit each other at
        # every poll.
        if key not in keys:
            keys.add(key)
            yield key, entry


def formerly_known(
    feed: Feed, known: Mapping[str, EntryState], named: Mapping[str, Entry]
) -> dict[str, str]:
    """Return the keys of entries that an earlier version knew under another one.

    Its rows of state have no `meaning`. It wrote addresses otherwise, and took a guid or a link
    that many items share for the id of the first: that one is known by its words.
    """
    former = {key for key, state in known.items() if state.meaning is None and key not in named}
    said = {known[key].content_hash: key for key in former}
    found: dict[str, str] = {}
    for key, entry in named.items() if former else ():
        if key in known:
            continue
        links = [url for url in (entry.url, entry.plain_url) if url and not entry.guid]
        ids = [former_id(feed.feed_id, url) for url in links]
        kept = bounded(entry.title, entry.text)
        ids += [said.get(content_hash(kept.title, kept.text))] if entry.text else []
        if before := next((id for id in ids if id in former), None):
            found[key] = before
            former.remove(before)
    return found


def moved_entries(
    known: Mapping[str, EntryState], named: Mapping[str, Entry], lines: frozenset[str]
) -> dict[str, str]:
    """Return the keys of entries that are known under another one, which the document lacks.

    An entry is the one that said the same, else the one at the same place with half of the words.
    Two candidates are none, but for one that had the entry's key before. `lines`: the feed's
    furniture.
    """
    new = [key for key in named if key not in known]
    gone = {key: state for key, state in known.items() if key not in named}
    if not new or not gone:
        return {}
    said, stood = dict[str | None, list[str]](), dict[str | None, list[str]]()
    for key, state in gone.items():
        said.setdefault(state.meaning, []).append(key)
        stood.setdefault(state.place, []).append(key)
    places = {key: _place(entry) for key, entry in named.items()}
    shared = Counter(places.values())
    moved: dict[str, str] = {}
    for key in new:
        entry, where = named[key], places[key]
        kept = bounded(entry.title, entry.text)
        before = said.get(meaning(kept.title, kept.text, lines), []) if entry.text else []
        if not before and where and shared[where] == 1:
            before = [k for k in stood.get(where, []) if is_alike(gone[k], entry)]
        if len(before) > 1:
            before = [k for k in before if gone[k].article_id == key]
        if len(before) == 1 and before[0] not in moved.values():
            moved[key] = before[0]
    return moved


def _place(entry: Entry) -> str | None:
    return place(canonical_url(entry.url) if entry.url else None)


def _bounded_entry(entry: Entry, title: str) -> Entry:
    """Return an entry whose title, address, and outlet are within the bounds of an article."""
    return replace(
        entry,
        title=title,
        url=entry.url if entry.url and len(entry.url) <= URL_CHARS else None,
        source_name=entry.source_name[:NAME_CHARS] if entry.source_name else None,
        source_url=entry.source_url
        if entry.source_url and len(entry.source_url) <= URL_CHARS
        else None,
    )
