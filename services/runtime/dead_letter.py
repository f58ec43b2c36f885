"""Dead letters: the original bytes, with the reason and the place they came from in the headers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from services import __version__
from services.errors import FatalError, InvalidMessage, TransientError
from services.messages.topics import DEAD_LETTERS
from services.ports import Outgoing, Record
from services.runtime import metrics

TRIES = 3
"""How often the handling of one message may break off by an error that is no verdict (a mistake of ours, want of memory)
before the message becomes a dead letter. The first may be the machine's fault; from the third on it is the message's."""

_log = structlog.get_logger()


@contextmanager
def only_verdicts() -> Iterator[None]:
    """Let trouble of the machine out as TransientError: it is not the message's fault, and passes."""
    try:
        yield
    except OSError as error:
        raise TransientError(f"{type(error).__name__}: {error}") from error


def broken_off(record: Record, error: Exception, tries: int) -> InvalidMessage | None:
    """Return the verdict on a message whose handling broke off for the `tries`-th time: None to try it again. Logs it."""
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
    return InvalidMessage("failed-three-times", f"{type(error).__name__}: {error}") if tries >= TRIES else None


def tried(record: Record, attempt: Callable[[], None], *, before: Callable[[], None] | None = None) -> InvalidMessage | None:
    """Attempt to handle one message, `TRIES` times at most; return why it can't be, None if it was.

    `before` comes before each attempt; what goes wrong in it is not the message's fault. Raises what `before` raises, and from
    an attempt TransientError and FatalError.
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
        except Exception as error:  # noqa: BLE001 - logged, and kept with the message in the dead letter
            tries += 1
            verdict = broken_off(record, error, tries)
    return verdict


def dead_letter(record: Record, error: InvalidMessage, service: str) -> Outgoing:
    """Return the letter; log it in one line, and count it."""
    _log.warning("dead letter", **told_of(record, error))
    count_letter(record, error, service)
    headers = origin(record, error, service) | {"tries": str(_tries(record) + 1).encode()}
    return Outgoing(record.topic + DEAD_LETTERS, record.key, record.value, headers=headers)


def told_of(record: Record, error: InvalidMessage) -> dict[str, object]:
    """Return what a log line says of a letter: where the record stood, and why it is no good."""
    place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    return {**place, "reason": error.reason, "detail": error.detail}


def count_letter(record: Record, error: InvalidMessage, service: str) -> None:
    """Count a letter of a service, by the topic that its record came from and by the reason."""
    metrics.count("reportedly_dead_letters_total", service=service, topic=record.topic, reason=error.reason)


def origin(record: Record, error: InvalidMessage, service: str) -> dict[str, bytes]:
    """Return the headers that say where a record stood and why it is set aside."""
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
    """Return how often the message has come back from the dead letters; `redrive` hands the count on."""
    given = record.headers.get("tries", b"")
    return int(given) if given.isdigit() else 0
