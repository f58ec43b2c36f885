"""Access to the API: host names and security headers, checked and set around all routes."""

import re
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.problems import problem
from services.text.links import LINKS
from services.text.websub import CALLBACKS

LOCAL = ("127.0.0.1", "localhost", "[::1]")
"""Names of this machine that nobody else can own."""

ANY_ADDRESS = ("0.0.0.0", "::")
"""Addresses that mean all addresses of a machine. They are no host name."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
"""Sent with every answer: no script, no foreign content, no frames, no reading by other origins.

A page of the console names a policy of its own, which allows the files of this address. A form
says where it comes from to this address alone.
"""

OF_LINKS = {
    "content-security-policy": HEADERS["content-security-policy"].replace(
        "form-action 'none'", "form-action 'self'"
    ),
    "referrer-policy": "no-referrer",
}
"""Of the pages of links: their forms go to this API, and their address, a secret, goes nowhere."""

PUBLIC = (f"{CALLBACKS}/", f"{LINKS}/")
"""What paths begin with that hubs and readers ask for by the public name. Each holds a secret."""

_FORWARDED = re.compile(rb"forwarded|via|x-real-ip|x-forwarded-.*")
"""Names of headers that proxies add (RFC 7239, RFC 9110 7.6.3, and common ones before them)."""

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?")


class Guard:
    """Answers only requests for `hosts`, on any port. Others get 421 and the reason.

    `public`: a name by which only the paths of `PUBLIC` are answered: the API has no login. The
    same holds for local names in requests that a proxy forwarded: it put them there in place of the
    name that was asked for, which could be anyone's. A proxy that adds no header is not noticed.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], public: str = "") -> None:
        self._app = app
        self._hosts = frozenset(name.lower() for name in hosts)
        self._public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    if name != "content-security-policy" or name not in headers:
                        headers[name] = value
                if scope["path"].startswith(f"{LINKS}/"):
                    headers.update(OF_LINKS)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        given = [value for name, value in scope["headers"] if name == b"host"]
        refusal = self._refusal(given, scope["path"], is_forwarded=is_forwarded(scope["headers"]))
        await (refusal or self._app)(scope, receive, send_safely)

    def _refusal(self, given: list[bytes], path: str, *, is_forwarded: bool) -> Response | None:
        if len(given) != 1:
            return problem(400, "a request names its host once, in the header Host")
        host = given[0].decode("latin-1").lower()
        found = _HOST.fullmatch(host)
        name = found[1] if found else None
        is_replaced = is_forwarded and name in LOCAL
        if name in self._hosts and not is_replaced:
            return None
        if path.startswith(PUBLIC) and (name in self._hosts or name == self._public):
            return None
        advice = (
            "let the proxy keep the header Host that it was sent, and list that name in"
            if is_replaced
            else "if that is one of its names, list it in"
        )
        reason = (
            f"this API does not answer to the host {host[:100]!r}: {advice} REPORTEDLY_API_HOSTS"
        )
        return problem(421, reason)


def is_forwarded(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Return True if a proxy that says so handed a request on."""
    return any(_FORWARDED.fullmatch(name) for name, _ in headers)


def public_name(public_url: str) -> str:
    """Return the host name by which hubs and readers reach the API; "" for none.

    It is as a Host header has it.
    """
    host = (urlsplit(public_url).hostname or "").lower()
    return f"[{host}]" if ":" in host else host


def names_of(api_host: str, api_hosts: str) -> Iterable[str]:
    """Return the host names of an API: local ones, `api_host`, and those in `api_hosts`.

    `api_hosts` has commas between several.
    """
    listening = f"[{api_host}]" if ":" in api_host else api_host
    own = () if api_host in ANY_ADDRESS else (listening,)
    return (*LOCAL, *own, *(name.strip() for name in api_hosts.split(",") if name.strip()))
