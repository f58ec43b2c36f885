"""The data that the previous version left behind (tests/data/previous), as records."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

from services.ports import Outgoing, Record

FOLDER = Path(__file__).parent / "data" / "previous"
PARTITIONS = 2


def records() -> list[Record]:
    """Return every record of every topic, topic by topic in the order of its partitions."""
    with gzip.open(FOLDER / "topics.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [_record(json.loads(line)) for line in lines]


def latest(topic: str, partition: int | None = None) -> dict[str | None, bytes]:
    """Return key → value of what is not deleted."""
    rows = {
        r.key: r.value for r in records() if r.topic == topic and partition in (None, r.partition)
    }
    return {key: value for key, value in rows.items() if value is not None}


def again(record: Record) -> Outgoing:
    """Return a record as the message that it was."""
    return Outgoing(
        record.topic, record.key, record.value, partition=record.partition, headers=record.headers
    )


def _record(row: dict[str, Any]) -> Record:
    value = base64.b64decode(row["value_base64"]) if "value_base64" in row else row["value"]
    return Record(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        key=row["key"],
        value=value.encode() if isinstance(value, str) else value,
        timestamp_ms=row["timestamp_ms"],
        headers={name: text.encode() for name, text in row["headers"].items()},
    )
