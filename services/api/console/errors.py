"""Errors as pages, for browsers; programs get what the API answers otherwise."""

import inspect
import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from services.api.console.frame import Pages
from services.api.problems import is_for_a_reader

_KEPT = ("retry-after", "www-authenticate", "allow")
"""Headers of an error that hold for a page too."""


def add_errors(app: FastAPI, pages: Pages) -> None:
    """Answer every error that has a handler with a page, if a browser asks for one.

    To be called last: it wraps the handlers that are there. Status and reason stay the same.
    """
    for kind, handler in list(app.exception_handlers.items()):
        app.exception_handlers[kind] = _as_page(handler, pages)


def _as_page(handler: Callable[..., Any], pages: Pages) -> Callable[..., Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        made = handler(request, error)
        response: Response = await made if inspect.isawaitable(made) else made
        if not is_for_a_reader(request) or response.status_code < 400:
            return response
        kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
        why = reason(bytes(response.body))
        person = getattr(request.state, "person", None)
        return pages.error(request, response.status_code, why, person=person, headers=kept)

    return answer


def reason(body: bytes) -> str:
    """Return the reason in the body of a problem (RFC 9457); "" if it gives none."""
    try:
        found = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    text = str(found.get("detail") or "")
    if text == found.get("title"):  # the phrase of HTTP, which says nothing more than the status
        return ""
    return text[:1].upper() + text[1:]
