"""Removes documents of Elasticsearch that match a query.

The server's own `_delete_by_query` is in a module that not every distribution has, such as the one
that the embedded engine runs.
"""

import json
from collections.abc import Mapping, Sequence

from services.adapters.elastic_answers import refusal
from services.adapters.elastic_cluster import Cluster
from services.errors import TransientError
from services.ports import JsonObject

PAGE = 1000
"""Documents that are removed in one request."""


def remove(cluster: Cluster, index: str, query: JsonObject) -> int:
    """Remove what matches. Return the number of documents. Raises TransientError.

    A document that is written anew meanwhile has a higher version, and stays.
    """
    name, removed = cluster.prefix + index, 0
    while True:
        cluster.ask(lambda: cluster.client.indices.refresh(index=name, ignore_unavailable=True))
        answer = cluster.ask(
            lambda: cluster.client.search(
                index=name,
                query=query,
                size=PAGE,
                version=True,
                source=False,
                ignore_unavailable=True,
                allow_partial_search_results=False,
            )
        )
        hits = answer.body["hits"]["hits"]
        removed += _remove(cluster, hits) if hits else 0
        if len(hits) < PAGE:
            return removed


def _remove(cluster: Cluster, hits: Sequence[JsonObject]) -> int:
    lines = [
        json.dumps(
            {
                "delete": {
                    "_index": hit["_index"],
                    "_id": hit["_id"],
                    "version": hit["_version"],
                    "version_type": "external_gte",
                }
            }
        )
        for hit in hits
    ]
    body = "".join(f"{line}\n" for line in lines).encode()
    answer = cluster.ask(lambda: cluster.client.bulk(body=body)).body  # type: ignore[arg-type]
    found = answer.get("items") if isinstance(answer, Mapping) else None
    if not isinstance(found, list) or len(found) != len(hits):
        raise TransientError("Elasticsearch: the answer is none to this request")
    return sum(_is_removed(item["delete"]) for item in found)


def _is_removed(item: JsonObject) -> bool:
    """Return False if the document is gone already, or was written anew. Raises TransientError."""
    if item["status"] in (404, 409):
        return False
    if "error" in item:
        raise TransientError(f"Elasticsearch: {refusal(item['status'], item['error']).message()}")
    return True
