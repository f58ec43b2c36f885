"""Bodies of requests: bounded, and read as the type that a route takes."""

from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from services.api.problems import Problem
from services.errors import TransientError

MOST_BYTES = 65_536
"""Bytes of a body. The longest query of a watch has 4,096 characters; all else of it is short."""

B = TypeVar("B")


async def read_up_to(request: Request, most_bytes: int) -> bytes | None:
    """Return the body of a request; None if it is too large. Raises TransientError."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most_bytes:
                return None
    except ClientDisconnect as error:
        raise TransientError("the peer hung up") from error
    return bytes(body)


async def body_of(request: Request, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the body of a request. Raises Problem 413, TransientError."""
    body = await read_up_to(request, most_bytes)
    if body is None:
        raise Problem(413, f"the body has more than {most_bytes:,} bytes")
    return body


async def json_of(request: Request, kind: type[B]) -> B:
    """Return the body of a request as a value. Raises Problem 413, 415, 422."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise Problem(415, "send the body as application/json")
    return read_json(await body_of(request), kind)


def read_json(body: bytes, kind: type[B]) -> B:
    """Return JSON as a value. Raises Problem 422."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Problem(422, f"the body can't be read: {error}") from error
