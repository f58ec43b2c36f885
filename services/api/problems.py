"""Errors as RFC 9457 has them: `application/problem+json`, with what was wrong in `detail`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.errors import ConfigError, InvalidMessage, TransientError
from services.ports import JsonObject
from services.query.scan import QueryError

MEDIA_TYPE = "application/problem+json"

MACHINES = ("/v1/", "/health", "/ready", "/metrics", "/openapi.json")
"""What the paths of programs begin with. Their errors are never pages."""


class Problem(HTTPException):
    """An answer that is an error: `raise Problem(404, "no claim with the id c1")`.

    - `type`: the path below /problems/ of a kind of error that programs tell apart; "": none.
    - `more`: further members of the answer, such as `position` or `errors`.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        type: str = "",
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(status, detail, dict(headers) if headers else None)
        self.type = f"/problems/{type}" if type else "about:blank"
        self.more = more


def problem(status: int, detail: str, **given: Any) -> Response:
    """Return the answer to an error, where none can be raised."""
    return answer_of(Problem(status, detail, **given))


def answer_of(error: HTTPException) -> Response:
    """Return an error as JSON."""
    kind, more = (error.type, error.more) if isinstance(error, Problem) else ("about:blank", {})
    body: JsonObject = {
        "type": kind,
        "title": HTTPStatus(error.status_code).phrase,
        "status": error.status_code,
        "detail": str(error.detail),
    } | more
    return JSONResponse(
        body, status_code=error.status_code, headers=error.headers, media_type=MEDIA_TYPE
    )


def is_for_a_reader(request: Request) -> bool:
    """Return True if somebody looks at the answer in a browser."""
    accepts = request.headers.get("accept", "")
    return "text/html" in accepts and not request.url.path.startswith(MACHINES)


async def answer(request: Request, error: HTTPException) -> Response:
    """Answer an error as the application does, which may be with a page."""
    handler = request.app.exception_handlers[HTTPException]
    response: Response = await handler(request, error)
    return response


def add_problems(app: FastAPI) -> None:
    """Answer every error of `app` so. The console makes pages of these answers for browsers."""

    @app.exception_handler(HTTPException)
    async def any_other(_request: Request, error: HTTPException) -> Response:
        return answer_of(error)

    @app.exception_handler(TransientError)
    async def unavailable(_request: Request, error: TransientError) -> Response:
        return answer_of(Problem(503, str(error), headers={"retry-after": "5"}))

    @app.exception_handler(RequestValidationError)
    async def refused(_request: Request, error: RequestValidationError) -> Response:
        lines = [*map(_line, error.errors())]
        return answer_of(Problem(422, "; ".join(lines), errors=lines))

    @app.exception_handler(ConfigError)
    async def not_allowed(_request: Request, error: ConfigError) -> Response:
        at = error.position if isinstance(error, QueryError) else None
        more: JsonObject = {} if at is None else {"position": at}
        return answer_of(Problem(422, str(error), **more))

    @app.exception_handler(InvalidMessage)
    async def unwritable(_request: Request, error: InvalidMessage) -> Response:
        return answer_of(Problem(422, str(error)))

    @app.exception_handler(Exception)
    async def broken(_request: Request, _error: Exception) -> Response:
        detail = "this is a fault of the API: its log has the details"
        return answer_of(Problem(500, detail))


def _line(error: JsonObject) -> str:
    """Return one line about an unusable parameter or field."""
    return f"{error['loc'][-1]}: {error['msg'].removeprefix('Value error, ')}"
