"""Dead letters: the original bytes of a record, with the reason and its place in the headers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from services import __version__
from services.errors import FatalError, InvalidMessage, TransientError
from services.messages.topics import DEAD_LETTERS
from services.ports import Outgoing, Record
from services.runtime import metrics
from services.runtime.trail import of_record

TRIES = 3
"""Tries at one message that fails with an unexpected error (a defect, too little memory).

After the last one the message becomes a dead letter. The first failure may be the machine's fault;
the third counts as the message's.
"""

_log = structlog.get_logger()


@contextmanager
def os_errors_as_transient() -> Iterator[None]:
    """Turn OSError into TransientError, since it is not the message's fault."""
    try:
        yield
    except OSError as error:
        raise TransientError(f"{type(error).__name__}: {error}") from error


def broken_off(record: Record, error: Exception, tries: int) -> InvalidMessage | None:
    """Log the `tries`-th failure of a message.

    Return the verdict on it, or None to try it again.
    """
    _log.error(
        "handling a message broke off",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        tries=tries,
        of=TRIES,
        error=f"{type(error).__name__}: {error}",
        exc_info=error if tries == TRIES else None,
    )
    return (
        InvalidMessage("failed-three-times", f"{type(error).__name__}: {error}")
        if tries >= TRIES
        else None
    )


def handle_with_retries(
    record: Record, attempt: Callable[[], None], *, before: Callable[[], None] | None = None
) -> InvalidMessage | None:
    """Handle one message with at most `TRIES` attempts.

    Return why it can't be handled, or None if it was.

    `before` runs before each attempt; its errors do not count against the message.

    Raises what `before` raises; from an attempt, TransientError and FatalError.
    """
    tries, verdict = 0, None
    while verdict is None:
        if before is not None:
            before()
        try:
            attempt()
            return None
        except (TransientError, FatalError):
            raise
        except InvalidMessage as error:
            return error
        except Exception as error:  # noqa: BLE001 - logged, and kept in the dead letter
            tries += 1
            verdict = broken_off(record, error, tries)
    return verdict


def dead_letter(record: Record, error: InvalidMessage, service: str) -> Outgoing:
    """Return the dead letter of a record. Logs and counts it."""
    _log.warning("dead letter", **log_fields(record, error))
    count_letter(record, error, service)
    headers = origin(record, error, service) | {"tries": str(_tries(record) + 1).encode()}
    return Outgoing(record.topic + DEAD_LETTERS, record.key, record.value, headers=headers)


def log_fields(record: Record, error: InvalidMessage) -> dict[str, object]:
    """Return the fields of a log line about a dead letter: the record's place, and the reason."""
    place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    return {**place, **of_record(record), "reason": error.reason, "detail": error.detail}


def count_letter(record: Record, error: InvalidMessage, service: str) -> None:
    """Count a dead letter of a service, by the record's topic and the reason."""
    metrics.count(
        "reportedly_dead_letters_total", service=service, topic=record.topic, reason=error.reason
    )


def origin(record: Record, error: InvalidMessage, service: str) -> dict[str, bytes]:
    """Return the headers of a dead letter: the record's place, the reason, and the service."""
    headers = {
        "reason": error.reason,
        "detail": error.detail[:1000],
        "service": service,
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "version": __version__,
    }
    return {name: text.encode() for name, text in headers.items()}


def _tries(record: Record) -> int:
    """Return how often the message has come back from the dead letters.

    `redrive` passes the count on.
    """
    given = record.headers.get("tries", b"")
    return int(given) if given.isdigit() else 0
