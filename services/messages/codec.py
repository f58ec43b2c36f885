"""Messages to bytes and back. Invalid bytes raise `InvalidMessage` with the reason."""

from functools import cache
from typing import Any, TypeVar

import msgspec

from services.errors import InvalidMessage, Unwritable
from services.messages.base import Message
from services.messages.limits import MESSAGE_BYTES

M = TypeVar("M", bound=Message)

_UNREADABLE = (msgspec.MsgspecError, UnicodeError, OverflowError, TypeError, RecursionError)
"""Errors of encoder and decoder for a value that JSON or the type does not allow.

Examples: a lone surrogate, a number beyond 64 bits, an object of no JSON type, too deep a nesting.
"""

_encoder = msgspec.json.Encoder()


@cache
def _decoder(kind: type[Message]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def encode(message: Message) -> bytes:
    """Return the message as UTF-8 JSON of at most `MESSAGE_BYTES` that `decode` accepts.

    Structs check their fields only when they are decoded, so the bytes are decoded once here. A row
    of state that its own service can't read would otherwise end that service at its next start.

    Raises Unwritable: `too-large`, or `unreadable` (a field holds what its type does not allow; the
    detail names it).
    """
    try:
        value = _encoder.encode(message)
        if len(value) <= MESSAGE_BYTES:
            _decoder(type(message)).decode(value)
    except _UNREADABLE as error:
        raise Unwritable(
            "unreadable", f"{type(message).__name__} is not written: {error}"
        ) from error
    if len(value) > MESSAGE_BYTES:
        raise Unwritable(
            "too-large",
            f"{type(message).__name__} of {len(value):,} bytes: at most {MESSAGE_BYTES:,} are sent",
        )
    return value


def decode(kind: type[M], value: bytes | None) -> M:
    """Return `value` as a message of `kind`.

    Raises InvalidMessage: `empty`, `too-large`, `not-json` (the bytes are no JSON), or
    `wrong-schema` (JSON of another shape; the detail names the path).
    """
    if not value:
        raise InvalidMessage("empty", f"a {kind.__name__} was expected, the message has no value")
    if len(value) > MESSAGE_BYTES:
        raise InvalidMessage(
            "too-large", f"{len(value):,} bytes: at most {MESSAGE_BYTES:,} are read"
        )
    try:
        message: M = _decoder(kind).decode(value)
    except msgspec.ValidationError as error:
        raise InvalidMessage("wrong-schema", f"{kind.__name__}: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidMessage("not-json", str(error)) from error
    return message
