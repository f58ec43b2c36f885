"""The topics of schemas/topics.yaml and their dead-letter topics, with their Kafka settings."""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from services.messages.limits import DEAD_LETTER_BYTES, TOPIC_BYTES

DEAD_LETTERS = "-dlq"
ASKED_BACK = "asked-back"
"""The header of a dead letter of state that was kept before, and shall be put back."""
TOMBSTONES = "delete.retention.ms"
"""The topic setting for how long a compacted topic keeps tombstones."""
_DAY_MS = 24 * 3600 * 1000
_SEGMENTS = 8
_STATE_SEGMENT_MS = 10 * 60 * 1000


@dataclass(frozen=True)
class TopicSpec:
    """One topic.

    - `message`: the name of the Struct on it; "" for dead letters, which hold the bytes as they
      came.
    - `key`: what the key of a record is.
    - `partition_by`: the field whose value chooses the partition.
    - `config`: topic settings of the broker.
    - `state`: a compacted topic that holds the state of its producer.
    - `dead_letters`: it has a topic for messages that can't be processed.
    """

    name: str
    message: str
    partitions: int
    producers: tuple[str, ...] = ()
    consumers: tuple[str, ...] = ()
    key: str = ""
    partition_by: str = ""
    config: dict[str, str] = field(default_factory=dict)
    state: bool = False
    dead_letters: bool = True


@cache
def topics(partitions: int = 0) -> tuple[TopicSpec, ...]:
    """Return all topics, dead-letter topics last.

    `partitions`, if not 0, replaces the default count.
    """
    raw: dict[str, Any] = yaml.safe_load(
        (files("services.messages") / "topics.yaml").read_text(encoding="utf-8")
    )
    count = partitions or int(raw["defaults"]["partitions"])
    specs = [_spec(name, row, count) for name, row in raw["topics"].items()]
    return (
        *specs,
        *(
            _set_aside(spec) if spec.state else _dead_letters(spec)
            for spec in specs
            if spec.dead_letters
        ),
    )


def prefix_of(prefix: str, generation: int) -> str:
    """Return what stands before the names of a generation's topics in Kafka.

    All topics can be replaced by copies under other names: the next generation.
    """
    return f"{prefix}generation-{generation}-" if generation else prefix


def state_topics() -> tuple[str, ...]:
    """Return the names of the topics that hold state."""
    return tuple(spec.name for spec in topics() if spec.state)


def letter_topics() -> tuple[str, ...]:
    """Return the topics whose messages can become dead letters.

    Rows of state are not among them: they are set aside instead.
    """
    return tuple(
        spec.name for spec in topics() if spec.dead_letters and spec.message and not spec.state
    )


def _spec(name: str, row: dict[str, Any], count: int) -> TopicSpec:
    config = {
        "message.timestamp.type": "LogAppendTime",
        "cleanup.policy": row["cleanup"],
        "max.message.bytes": str(TOPIC_BYTES),
    }
    if row["cleanup"] == "compact":
        # State is rewritten with every message and read whole on every assignment.
        # Compaction never touches the open segment, so segments of state are closed sooner.
        segment_ms = _STATE_SEGMENT_MS if row.get("state") else _DAY_MS
        config |= {"segment.ms": str(segment_ms), "min.cleanable.dirty.ratio": "0.2"}
    if "tombstone_days" in row:
        config[TOMBSTONES] = str(int(row["tombstone_days"]) * _DAY_MS)
    if "retention_days" in row:
        days = int(row["retention_days"])
        config["retention.ms"] = str(days * _DAY_MS) if days >= 0 else "-1"
    if "retention_mb" in row:
        # Kafka drops whole segments, so one holds a part of what is kept.
        size = int(row["retention_mb"]) * 2**20
        config |= {"retention.bytes": str(size), "segment.bytes": str(size // _SEGMENTS)}
    return TopicSpec(
        name=name,
        message=row["message"],
        partitions=int(row.get("partitions", count)),
        producers=tuple(row["producers"]),
        consumers=tuple(row["consumers"]),
        key=row["key"],
        partition_by=row["partition_by"],
        config=config,
        state=bool(row.get("state", False)),
        dead_letters=bool(row.get("dead_letters", row["consumers"])),
    )


def _dead_letters(spec: TopicSpec) -> TopicSpec:
    config = {
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": str(30 * _DAY_MS),
        "max.message.bytes": str(DEAD_LETTER_BYTES),
    }
    return TopicSpec(
        name=spec.name + DEAD_LETTERS,
        message="",
        partitions=1,
        producers=spec.consumers,
        consumers=("dlq", "indexer"),
        config=config,
    )


def _set_aside(spec: TopicSpec) -> TopicSpec:
    """Return the topic for unreadable rows of state. Each stays until it is restored or dropped."""
    config = {
        "message.timestamp.type": "LogAppendTime",
        "cleanup.policy": "compact",
        "segment.ms": str(_DAY_MS),
        "min.cleanable.dirty.ratio": "0.2",
        "max.message.bytes": str(DEAD_LETTER_BYTES),
    }
    return TopicSpec(
        name=spec.name + DEAD_LETTERS,
        message="",
        partitions=1,
        producers=spec.consumers,
        consumers=("state", "indexer"),
        config=config,
    )
