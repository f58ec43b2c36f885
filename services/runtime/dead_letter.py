"""Dead letters: the original bytes, with the reason and the place they came from in the headers."""

import structlog

from services import __version__
from services.errors import InvalidMessage
from services.messages.topics import DEAD_LETTERS
from services.ports import Outgoing, Record
from services.runtime import metrics

_log = structlog.get_logger()


def dead_letter(record: Record, error: InvalidMessage, service: str) -> Outgoing:
    """Return the letter and log it in one line."""
    _log.warning(
        "dead letter",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        reason=error.reason,
        detail=error.detail,
    )
    metrics.count("reportedly_dead_letters_total", service=service, topic=record.topic, reason=error.reason)
    headers = {
        "reason": error.reason,
        "detail": error.detail[:1000],
        "service": service,
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "tries": str(_tries(record) + 1),
        "version": __version__,
    }
    return Outgoing(record.topic + DEAD_LETTERS, record.key, record.value, headers={k: v.encode() for k, v in headers.items()})


def _tries(record: Record) -> int:
    """Return how often the message has come back from the dead letters; `redrive` hands the count on."""
    given = record.headers.get("tries", b"")
    return int(given) if given.isdigit() else 0
