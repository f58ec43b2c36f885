"""JSON Schemas of the messages on all topics, generated from the Structs."""

from typing import Any

import msgspec

import services.messages as messages
from services.messages.topics import topics


def schemas() -> dict[str, dict[str, Any]]:
    """Return a dict from topic to the JSON Schema (2020-12) of its message."""
    found = {}
    for spec in topics():
        if spec.message:
            schema = msgspec.json.schema(getattr(messages, spec.message))
            found[spec.name] = {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": spec.name,
                **schema,
            }
    return found
