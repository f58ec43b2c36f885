"""Dead letters as documents: what could not be processed, when, and why.

The message itself and the sentence on its error stay in Kafka, since they may hold addresses and
secrets: `reportedly dlq show TOPIC OFFSET` has them.
"""

from datetime import UTC, datetime

import msgspec

from services.indexer.fields import action
from services.messages.topics import ASKED_BACK, DEAD_LETTERS, topics
from services.ports import IndexAction, Record

LETTER_TOPICS = tuple(spec.name for spec in topics() if spec.name.endswith(DEAD_LETTERS))

MOST_LETTERS = 200
"""Letters of a value that are kept, so that no header makes a document that is refused."""

_SPECS = {spec.name: spec for spec in topics()}
_UNKNOWN = "unknown"


class DeadLetterDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter.

    - `letter_id`: its topic, partition, and offset. `offset`: of the letter, not of the message.
    - `at`: when Kafka received it. `stage`: the service that could not process the message.
    - `topic`: where the message came from. `reason`: the code of the error.
    - `article_id`: of messages whose key is one.
    - `tries`: how often the message has become a letter; 0 for a row of state.
    """

    letter_id: str
    at: datetime
    stage: str
    topic: str
    offset: int
    reason: str
    article_id: str | None
    tries: int


def dead_letters(record: Record) -> list[IndexAction]:
    """Return the document of a letter. Whatever its headers hold, it raises nothing.

    A row of state has one, of when it was set aside: it stays when the row is put back or dropped.
    """
    is_tombstone = record.value is None and "reason" not in record.headers
    if is_tombstone or ASKED_BACK in record.headers:
        return []
    topic = record.topic.removesuffix(DEAD_LETTERS)
    letter_id = f"{topic}/{record.partition}/{record.offset}"
    tries = record.headers.get("tries", b"")
    document = DeadLetterDocument(
        letter_id=letter_id,
        at=datetime.fromtimestamp(record.timestamp_ms / 1000, UTC),
        stage=_header(record, "service"),
        topic=topic,
        offset=record.offset,
        reason=_header(record, "reason"),
        article_id=_article(topic, record.key),
        tries=int(tries) if tries.isdigit() and len(tries) < 10 else 0,
    )
    return [action("dead-letters", letter_id, 1, document)]


def _header(record: Record, name: str) -> str:
    return record.headers.get(name, b"").decode("utf-8", "replace")[:MOST_LETTERS] or _UNKNOWN


def _article(topic: str, key: str | None) -> str | None:
    """Return the article that a key names. That of a row of state stands behind its partition."""
    spec = _SPECS[topic]
    if spec.key != "article_id" or not key:
        return None
    return (key.partition("/")[2] if spec.state else key)[:MOST_LETTERS] or None
