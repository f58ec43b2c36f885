"""Errors of the Kafka client as the errors that the loops handle."""

from collections.abc import Callable
from typing import TypeVar

import confluent_kafka as ck

from services.adapters.kafka_login import refusal
from services.errors import FatalError, RefusedError, TransientError, Unwritable

T = TypeVar("T")

_FENCES = (
    ck.KafkaError._FENCED,
    ck.KafkaError.PRODUCER_FENCED,
    ck.KafkaError.INVALID_PRODUCER_EPOCH,
)
"""Errors of a producer whose id another one has, or whose transaction Kafka gave up."""


def verdict(call: Callable[[], T], user: str = "") -> T:
    """Make a client call as a user. Raises FatalError (the process ends) or TransientError."""
    try:
        return call()
    except ck.KafkaException as error:
        raise as_verdict(error.args[0], user=user) from error


def as_verdict(
    error: ck.KafkaError, where: str = "", user: str = ""
) -> FatalError | TransientError:
    """Return what to raise for an error of a client of `user`."""
    if line := refusal(error, user):
        return FatalError(line) if error.fatal() else RefusedError(line)
    kind = FatalError if ends_the_client(error) else TransientError
    return kind(f"Kafka{where}: {error}")


def ends_the_client(error: ck.KafkaError) -> bool:
    """Return True if a client can't go on after this error; a new one may."""
    return error.fatal() or error.code() in _FENCES


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
