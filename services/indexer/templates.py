"""Index templates, derived from the documents. The index refuses any other field."""

from datetime import date, datetime
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

import msgspec

from services.indexer.documents import DATED, INDICES
from services.indexer.fields import Offset, Point, Text, Tokens
from services.messages import Alert, Claim
from services.ports import JsonObject

_TYPES: dict[type, JsonObject] = {
    Text: {"type": "text"},
    Tokens: {"type": "text", "analyzer": "whitespace", "position_increment_gap": 1000},
    str: {"type": "keyword", "ignore_above": 8191},
    int: {"type": "long"},
    Offset: {"type": "integer", "index": False, "doc_values": False},
    float: {"type": "double"},
    bool: {"type": "boolean"},
    datetime: {"type": "date"},
    date: {"type": "date"},
    Point: {"type": "geo_point"},
    # Stored to be shown, never searched.
    Alert: {"type": "object", "enabled": False},
    Claim: {"type": "object", "enabled": False},
}


def templates() -> dict[str, JsonObject]:
    """Return name to composable template, for every alias.

    Mappings are strict; an index has one shard, and a replica if the cluster has another node, and
    is refreshed each second. No index is made by itself: one that a document needs is made behind
    its aliases (`services/index_names.py`).
    """
    return {
        f"reportedly-{alias}": _template(alias, document) for alias, document in INDICES.items()
    }


def undated() -> list[str]:
    """Return the names that have one index, which is made at the start."""
    return [alias for alias in INDICES if alias not in DATED]


def properties(document: type[msgspec.Struct]) -> dict[str, JsonObject]:
    """Return the mapping of a document's fields."""
    return {name: _TYPES[_plain(hint)] for name, hint in get_type_hints(document).items()}


def _template(alias: str, document: type[msgspec.Struct]) -> JsonObject:
    body: JsonObject = {
        "settings": {
            "index": {
                "number_of_shards": 1,
                "auto_expand_replicas": "0-1",
                "refresh_interval": "1s",
            }
        },
        "mappings": {"dynamic": "strict", "properties": properties(document)},
    }
    custom = f"reportedly-{alias}@custom"
    return {
        "index_patterns": [alias, f"{alias}-*"],
        "priority": 100,
        "allow_auto_create": False,
        "composed_of": [custom],
        "ignore_missing_component_templates": [custom],
        "template": body,
    }


def _plain(hint: object) -> type:
    """Return the one type inside `X | None` or `list[X]`."""
    if get_origin(hint) in (UnionType, Union):
        return _plain(next(a for a in get_args(hint) if a is not type(None)))
    if get_origin(hint) is list:
        return _plain(get_args(hint)[0])
    assert isinstance(hint, type)
    return hint
