"""Ids that are none: a guid, or a link in its place, that different items of a document share."""

from collections.abc import Iterable
from dataclasses import replace

from services.poller.reading.entry import Entry
from services.text.counts import counted

MANY_TITLES = 3
"""Titles under one id and one address from which on the items are different ones.

Source: an article that is listed again after an edit stands there twice, under its old title and
its new one.
"""


def with_own_ids(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the entries without ids that several different ones share, and sentences about them.

    An entry without a guid is known by its link. Where items share that too (a feed whose links all
    lead to the front page), link and title together are the guid.
    """
    entries = tuple(entries)
    problems = []
    shared = _shared([(e.guid, e.url or e.title, e.title) for e in entries if e.guid])
    if shared:
        n = sum(e.guid in shared for e in entries)
        problems.append(
            f"{counted(n, 'item')} share {counted(len(shared), 'id')}, as {min(shared)[:60]!r}: "
            "their links or titles are taken"
        )
        entries = tuple(replace(e, guid=None) if e.guid in shared else e for e in entries)
    links = _shared([(e.url, e.url, e.title) for e in entries if e.url and not e.guid])
    if links:
        n = sum(e.url in links and not e.guid for e in entries)
        problems.append(f"{counted(n, 'item')} share {counted(len(links), 'link')}")
        entries = tuple(
            replace(e, guid=f"{e.url} {e.title}") if e.url in links and not e.guid else e
            for e in entries
        )
    return entries, tuple(problems)


def _shared(rows: list[tuple[str, str, str]]) -> set[str]:
    """Return the ids of different articles, from rows of id, address, and title."""
    addresses: dict[str, set[str]] = {}
    titles: dict[str, set[str]] = {}
    for key, address, title in rows:
        addresses.setdefault(key, set()).add(address)
        titles.setdefault(key, set()).add(title)
    return {key for key in addresses if len(addresses[key]) > 1 or len(titles[key]) >= MANY_TITLES}
