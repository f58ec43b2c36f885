"""A search index in memory, for tests: external versions, and the few queries that tests need."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.errors import TransientError
from services.ports import IndexAction, IndexOutcome


class MemoryIndex:
    """Documents by index and id with external versions. Searches know `match_all`, `ids`, and `term` on a field."""

    def __init__(self, refuse: Callable[[IndexAction], IndexOutcome | None] = lambda _: None) -> None:
        """`refuse` may give an action another outcome than to be stored."""
        self.is_down = False
        self.templates: dict[str, Mapping[str, Any]] = {}
        self._refuse = refuse
        self._aliases: dict[str, set[str]] = {}
        self._stored: defaultdict[str, dict[str, tuple[int, dict[str, Any]]]] = defaultdict(dict)

    def bulk(self, actions: Sequence[IndexAction]) -> list[IndexOutcome]:
        self._check()
        return [self._refuse(action) or self._store(action) for action in actions]

    def search(self, index: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self._check()
        names = sorted(self._aliases.get(index, {index}))
        rows = [(name, id, source) for name in names for id, (_, source) in self._stored[name].items()]
        found = [
            {"_index": name, "_id": id, "_source": source}
            for name, id, source in rows
            if _matches(body.get("query", {"match_all": {}}), id, source)
        ]
        start = int(body.get("from", 0))
        return {"hits": {"total": {"value": len(found)}, "hits": found[start : start + int(body.get("size", 10))]}}

    def get(self, index: str, id: str) -> dict[str, Any] | None:
        found = self.search(index, {"query": {"ids": {"values": [id]}}})["hits"]["hits"]
        return dict(found[0]["_source"]) if found else None

    def apply_templates(self, templates: Mapping[str, Mapping[str, Any]]) -> None:
        self._check()
        self.templates.update(templates)

    def ensure_index(self, index: str, alias: str) -> None:
        self._check()
        self._aliases.setdefault(alias, set()).add(index)

    def refresh(self) -> None:
        """Everything is searchable at once here."""
        self._check()

    def is_up(self) -> bool:
        return not self.is_down

    def _store(self, action: IndexAction) -> IndexOutcome:
        stored = self._stored[action.index]
        if action.id in stored and stored[action.id][0] > action.version:
            return IndexOutcome(action, "stale", "a newer version is stored")
        try:
            source = json.loads(action.document)
        except ValueError as error:
            return IndexOutcome(action, "rejected", f"document_parsing_exception: {error}")
        stored[action.id] = (action.version, source)
        return IndexOutcome(action, "stored")

    def _check(self) -> None:
        if self.is_down:
            raise TransientError("Elasticsearch is down")


def _matches(query: Mapping[str, Any], id: str, source: Mapping[str, Any]) -> bool:
    ((kind, details),) = query.items()
    if kind == "match_all":
        return True
    if kind == "ids":
        return id in details["values"]
    if kind == "term":
        ((name, wanted),) = details.items()
        value = source.get(name)
        return bool(wanted in value if isinstance(value, list) else wanted == value)
    raise ValueError(f"this index knows no {kind} queries")
