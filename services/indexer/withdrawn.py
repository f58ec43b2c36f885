"""Which documents a batch of messages takes back. Pure.

An edit writes each report and incident that it still has, with its own version. Those of a lower
version are the ones that it no longer has. A tombstone takes the document of its key back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from services.ports import IndexAction, JsonObject, Record

PARTS = ("reports", "incidents")
"""Aliases of documents that belong to an article."""

REMOVABLE = {"feeds": "feeds", "feed-states": "feed-health"}
"""Topics whose tombstones mean that something was removed, and the alias of its document."""

MOST_IDS = 5_000
"""Ids in one query. Source: a query may have 65,536 (`index.max_terms_count`)."""

Edits = dict[str, dict[str, int]]
"""Index of articles to article id to the highest version seen, of edits."""


def edits(actions: Iterable[IndexAction]) -> Edits:
    """Return the edited articles among documents to write."""
    found: Edits = defaultdict(dict)
    for action in actions:
        if action.is_edit:
            versions = found[action.index]
            versions[action.id] = max(action.version, versions.get(action.id, 0))
    return dict(found)


def parts_withdrawn(edited: Edits) -> list[tuple[str, JsonObject]]:
    """Return indices, and the query for the documents in each that edits no longer have."""
    return [
        (part + index.removeprefix("articles"), _older(some))
        for index, versions in edited.items()
        for some in _some(versions)
        for part in PARTS
    ]


def removed(records: Sequence[Record]) -> list[tuple[str, JsonObject]]:
    """Return aliases, and the query for the documents in each whose last message is a tombstone."""
    last = {(record.topic, record.key): record.value for record in records}
    ids: dict[str, list[str]] = defaultdict(list)
    for (topic, key), value in last.items():
        if value is None and key is not None and topic in REMOVABLE:
            ids[REMOVABLE[topic]].append(key)
    return [(alias, {"ids": {"values": keys}}) for alias, keys in ids.items()]


def _some(versions: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Yield the versions in parts that a query can hold."""
    rows = iter(versions.items())
    while part := dict(islice(rows, MOST_IDS)):
        yield part


def _older(versions: Mapping[str, int]) -> JsonObject:
    """Return a query for documents of articles with a version below the given one."""
    articles: dict[int, list[str]] = defaultdict(list)
    for article, version in versions.items():
        articles[version].append(article)
    return {
        "bool": {
            "should": [
                {
                    "bool": {
                        "filter": [
                            {"terms": {"article_id": ids}},
                            {"range": {"article_version": {"lt": version}}},
                        ]
                    }
                }
                for version, ids in sorted(articles.items())
            ],
            "minimum_should_match": 1,
        }
    }
