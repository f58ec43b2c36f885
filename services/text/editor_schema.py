"""JSON Schemas of users' files, for editors: what a field means, what it offers, one or a list."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_ABOUT = re.compile(r"`(\w+)`: (.+?)(?=\n\s*- `|\n\s*\n|\Z)", re.DOTALL)
"""The words on a field in the docstring of a Struct ("`status`: the lowest level.")."""


def for_editors(
    schema: dict[str, Any], title: str, offered: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return the schema of a list of Structs as editors use it.

    `offered`: values to offer, by Struct and field (`Quiet.zone`). Unknown fields are refused, and
    one item alone may stand where a list is expected.
    """
    for kind, definition in schema["$defs"].items():
        definition["additionalProperties"] = False
        about = _descriptions(definition.get("description", ""))
        definition["properties"] = {
            name: _or_one(_shown(of, about.get(name), offered.get(f"{kind}.{name}")))
            for name, of in definition["properties"].items()
        }
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "title": title, **schema}


def _shown(
    field: dict[str, Any], about: str | None, offered: Sequence[str] | None
) -> dict[str, Any]:
    """Return the schema of a field with what an editor shows and offers."""
    shown = dict(field)
    if about:
        shown["description"] = about
    if offered:
        shown["examples"] = list(offered)
    return shown


def _descriptions(docstring: str) -> dict[str, str]:
    """Return what a docstring says of each field: editors show it beside the field."""
    return {name: " ".join(words.split()) for name, words in _ABOUT.findall(docstring)}


def _or_one(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field. If it is a list, one item alone is allowed, too."""
    if schema.get("type") != "array" or "items" not in schema:
        return schema
    about, whole = dict[str, Any](), dict[str, Any]()
    for key, value in schema.items():
        (about if key in ("default", "description", "examples") else whole)[key] = value
    return {**about, "anyOf": [whole, schema["items"]]}
