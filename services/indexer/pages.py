"""Reads whole indices, in the order of the documents' ids."""

import hashlib
from collections.abc import Iterator

import msgspec

from services.index_names import family
from services.indexer.documents import INDICES
from services.ports import JsonObject, SearchIndex

PAGE = 500
"""Documents of one answer: at 20 kB each, 10 MB."""


def id_field(alias: str) -> str:
    """Return the field that holds a document's id: the first one."""
    return INDICES[alias].__struct_fields__[0]


def pages(search: SearchIndex, name: str) -> Iterator[list[JsonObject]]:
    """Yield the hits of all documents behind a name, with their versions.

    Documents that are written meanwhile may be left out. Raises TransientError.
    """
    body: JsonObject = {"size": PAGE, "sort": [{id_field(family(name)): "asc"}], "version": True}
    while True:
        found: list[JsonObject] = search.search(name, body)["hits"]["hits"]
        if found:
            yield found
        if len(found) < PAGE:
            return
        body["search_after"] = found[-1]["sort"]


def digest(search: SearchIndex, alias: str) -> tuple[int, str]:
    """Return the number of documents, and a digest of their ids, versions, and content.

    Two indices have one digest if they hold the same. Raises TransientError.
    """
    found, n = hashlib.sha256(), 0
    for hits in pages(search, alias):
        for hit in hits:
            row = [hit["_id"], hit["_version"], hit["_source"]]
            found.update(msgspec.json.encode(row, order="deterministic") + b"\n")
        n += len(hits)
    return n, found.hexdigest()
