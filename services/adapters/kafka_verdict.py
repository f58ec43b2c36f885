"""Errors of the Kafka client as the errors that the loops handle."""

from collections.abc import Callable
from typing import TypeVar

import confluent_kafka as ck

from services.errors import FatalError, TransientError, Unwritable

T = TypeVar("T")


def verdict(call: Callable[[], T]) -> T:
    """Make a client call. Raises FatalError (the process ends) or TransientError (try again)."""
    try:
        return call()
    except ck.KafkaException as error:
        raise as_verdict(error.args[0]) from error


def as_verdict(error: ck.KafkaError, where: str = "") -> FatalError | TransientError:
    ends = (
        ck.KafkaError._FENCED,
        ck.KafkaError.PRODUCER_FENCED,
        ck.KafkaError.INVALID_PRODUCER_EPOCH,
    )
    kind = FatalError if error.fatal() or error.code() in ends else TransientError
    return kind(f"Kafka{where}: {error}")


def too_large(topic: str, key: str | bytes | None, value: bytes | None) -> Unwritable:
    """Return the error for a message over the limit of its topic.

    That limit is above the limit of `encode`, unless an operator lowered it.
    """
    name = key.decode("utf-8", "replace") if isinstance(key, bytes) else key
    size = len(value or b"")
    return Unwritable(
        "too-large",
        f"{size:,} bytes to {topic}, key {name}: Kafka refuses it; see max.message.bytes of the "
        "topic",
    )
