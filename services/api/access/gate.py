"""The gate before all routes: nobody passes it unknown, except to what is open to all.

It finds out who asks, and refuses what another site sends in a reader's name.
"""

import base64
import binascii
import ipaddress
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Literal
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.api.access.limits import REQUESTS_A_MINUTE, WRONG_A_MINUTE, Limit
from services.api.access.people import LOCAL_PERSON, Person
from services.api.access.tokens import person_of
from services.api.guard import is_forwarded
from services.api.problems import Problem, answer, is_for_a_reader
from services.api.tables import Tables
from services.runtime import metrics
from services.text.links import LINKS
from services.text.websub import CALLBACKS

Login = Literal["required", "loopback"]
"""Who must show a token: everybody, or all but who asks from this machine."""

SESSION = "reportedly_session"
"""The cookie of a browser; it holds the token that was shown to /login."""

LOGIN = "/login"

OPEN = ("/health", "/ready", "/metrics", "/openapi.json", "/docs", "/style.css", LOGIN, "/logout")
"""Paths that need no token: what watchers of the process ask, and what tells how to use it."""

OPEN_BELOW = (f"{CALLBACKS}/", f"{LINKS}/", "/static/")
"""What the paths of hubs, of links in messages, and of files of the pages begin with."""

FEEDS = "/v1/feeds/"
"""What the paths begin with that feed readers ask. They know only basic authentication."""

SAFE = ("GET", "HEAD", "OPTIONS")

MOST_HEADER_CHARS = 8_192
"""Characters of a header that is looked at."""


class Access:
    """What the gate decides by. `now` is the machine's time, by which tokens expire."""

    def __init__(
        self,
        tables: Tables,
        login: Login = "required",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
        a_minute: int = REQUESTS_A_MINUTE,
    ) -> None:
        self.tables, self.login, self._now = tables, login, now
        self._requests = Limit(a_minute, clock)
        self._wrong = Limit(WRONG_A_MINUTE, clock)

    def person(self, text: str) -> Person | None:
        """Return whose a token is; None for a wrong one."""
        return person_of(text, self.tables.tokens(), self._now())

    def wait_seconds(self, person: Person) -> int:
        """Count a request. Return 0, or the seconds until this person may ask again."""
        return 0 if person is LOCAL_PERSON else self._requests.wait_seconds(person.token_id)

    def wait_after_wrong(self, address: str) -> int:
        """Count a wrong token. Return 0, or the seconds until the address is told so again.

        It is asked only after a token was found wrong, so it keeps no right one out.
        """
        metrics.count("reportedly_api_wrong_tokens_total")
        return self._wrong.wait_seconds(address)

    def is_local(self, scope: Scope) -> bool:
        """Return True if who asks needs no token: this machine, where that is the setting."""
        address = address_of(scope)
        if self.login != "loopback" or is_forwarded(scope["headers"]):
            return False
        try:
            return ipaddress.ip_address(address).is_loopback
        except ValueError:
            return False


class Gate:
    """Hands on requests with `scope["state"]["person"]`, which is None on open paths."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            found = self._ask(scope)
            is_answer = isinstance(found, (Problem, Response))
            scope.setdefault("state", {})["person"] = None if is_answer else found
            if isinstance(found, Problem):
                found = await answer(Request(scope), found)
            if isinstance(found, Response):
                await found(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _ask(self, scope: Scope) -> Person | Problem | Response | None:
        headers, path = Headers(scope=scope), scope["path"]
        opens = is_open(path)
        is_change = scope["method"] not in SAFE
        has_links = path.startswith((f"{CALLBACKS}/", f"{LINKS}/"))
        token, way = shown(headers)
        if is_change and way != "bearer" and not has_links and not is_own(headers):
            return Problem(403, "another site sent this in your name: it was refused")
        if is_change and way == "basic" and not has_links:
            return Problem(403, "basic authentication only reads: send the token as Bearer")
        if not token:
            if self._access.is_local(scope):
                return LOCAL_PERSON
            return None if opens else self._unknown(scope)
        person = self._access.person(token)
        if person is None:
            if way == "cookie" and self._access.is_local(scope):
                return LOCAL_PERSON  # the cookie of another instance: browsers know no ports
            return None if opens else self._refuse(scope)
        wait = 0 if opens else self._access.wait_seconds(person)
        if wait:
            return Problem(
                429,
                "this token asks more often than it may: wait for the seconds of Retry-After",
                headers={"retry-after": str(wait)},
            )
        return person

    def _unknown(self, scope: Scope, detail: str = "") -> Problem | Response:
        request = Request(scope)
        if is_for_a_reader(request) and scope["method"] in SAFE:
            query = scope["query_string"].decode("latin-1")
            here = scope["path"] + (f"?{query}" if query else "")
            return RedirectResponse(f"{LOGIN}?next={quote(here, safe='/')}", 303)
        challenge = 'Basic realm="Reportedly"' if scope["path"].startswith(FEEDS) else "Bearer"
        detail = detail or (
            "no token was shown: send it as `Authorization: Bearer rp_…`; "
            "`reportedly tokens add` makes one"
        )
        return Problem(401, detail, headers={"www-authenticate": challenge})

    def _refuse(self, scope: Scope) -> Problem | Response:
        """Answer a wrong token. One in a cookie may just have expired, so it asks for another."""
        if not self._access.tables.is_ready:
            return Problem(
                503, "this process is still reading the tokens", headers={"retry-after": "2"}
            )
        wait = self._access.wait_after_wrong(address_of(scope))
        if wait:
            return Problem(
                429,
                "too many wrong tokens came from this address",
                headers={"retry-after": str(wait)},
            )
        return self._unknown(
            scope, "this token opens nothing: it is wrong, was revoked, or has expired"
        )


def is_open(path: str) -> bool:
    """Return True for a path that needs no token."""
    return path in OPEN or path.startswith(OPEN_BELOW)


def address_of(scope: Scope) -> str:
    """Return the address of the peer; "" if it is unknown."""
    return str((scope.get("client") or ("",))[0])


def shown(headers: Headers) -> tuple[str, str]:
    """Return the token that a request shows, and how: `bearer`, `basic`, `cookie`, or ""."""
    given = headers.get("authorization", "")[:MOST_HEADER_CHARS]
    kind, _, value = given.partition(" ")
    if kind.lower() == "bearer":
        return value.strip(), "bearer"
    if kind.lower() == "basic":
        return _password(value.strip()), "basic"
    token = session_of(headers.get("cookie", "")[:MOST_HEADER_CHARS])
    return token, "cookie" if token else ""


def session_of(cookies: str) -> str:
    """Return the token of the session's cookie, or ""."""
    try:
        found = SimpleCookie(cookies).get(SESSION)
    except CookieError:
        return ""
    return found.value if found else ""


def is_own(headers: Headers) -> bool:
    """Return True if a change comes from a page of ours, or from no page at all.

    Browsers name the site in Sec-Fetch-Site where a connection can be trusted, and in Origin
    elsewhere. What is no browser sends neither, and holds no cookie that a site could use.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site in ("same-origin", "none")
    if origin is not None:
        return origin != "null" and _host(origin) == headers.get("host", "").lower()
    return not headers.get("cookie")


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
