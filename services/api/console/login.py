"""Signing in with a token, and out. The token itself is the session: nothing else is stored."""

import asyncio
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.api.access.gate import LOGIN, SESSION, Access, address_of
from services.api.access.needs import person_of
from services.api.bodies import body_of
from services.api.console.frame import Pages
from services.api.desk import Desk
from services.api.problems import Problem

MOST_BODY_BYTES = 8_192
MOST_FIELDS = 10
MOST_NEXT_CHARS = 2_000
"""Characters of the path to go to after signing in."""

START = "/"

SESSION_SECONDS = 30 * 24 * 3600
"""Seconds for which a browser keeps the session: a month. The token may expire sooner."""

WRONG = "This token opens nothing: it is wrong, was revoked, or has expired."

Next = Annotated[str, Query(max_length=MOST_NEXT_CHARS)]


def add_login(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the page, and what its form and the button to sign out ask."""
    access: Access = app.state.access

    def page(request: Request, next: str, problem: str = "", status: int = 200) -> Response:  # noqa: A002
        return pages.answer(
            request, "login.html", None, status=status, next=within(next), problem=problem
        )

    @app.get(LOGIN, include_in_schema=False)
    async def show(request: Request, next: Next = START) -> Response:  # noqa: A002
        if person_of(request) is not None:
            return RedirectResponse(within(next), 303)
        return page(request, next)

    @app.post(LOGIN, include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        form = await _form(request)
        token, to = form.get("token", "").strip(), within(form.get("next", START))
        if access.person(token) is None:
            if not await asyncio.to_thread(lambda: desk.tables.is_ready):
                raise Problem(503, "this process is still reading the tokens")
            wait = access.wait_after_wrong(address_of(request.scope))
            if wait:
                detail = "too many wrong tokens came from this address"
                raise Problem(429, detail, headers={"retry-after": str(wait)})
            return page(request, to, WRONG, 401)
        answer = RedirectResponse(to, 303)
        answer.set_cookie(
            SESSION,
            token,
            max_age=SESSION_SECONDS,
            secure=_is_encrypted(request),
            httponly=True,
            samesite="lax",
        )
        return answer

    @app.post("/logout", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        answer = RedirectResponse(LOGIN, 303)
        answer.delete_cookie(SESSION, secure=_is_encrypted(request), httponly=True, samesite="lax")
        return answer


def within(path: str) -> str:
    r"""Return a path of this address; the start page for what leads elsewhere.

    Browsers read `//host` and `/\host` as another address, and skip control characters.
    """
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    is_page = len(path) <= MOST_NEXT_CHARS and not path.startswith((LOGIN, "/logout"))
    return path if is_ours and is_page else START


def _is_encrypted(request: Request) -> bool:
    """Return True if the reader's browser speaks TLS, here or with a proxy before us."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", "").lower())


async def _form(request: Request) -> dict[str, str]:
    body = await body_of(request, MOST_BODY_BYTES)
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Problem(422, "the form can't be read") from error
    return {name: values[0] for name, values in fields.items()}
