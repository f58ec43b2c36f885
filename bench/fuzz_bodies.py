"""Gives a body to every route of the API that reads one, over stand-ins, as an operator does.

Each answer has a status that the route's description names, and none says that we failed.
"""

import asyncio
import re
from functools import cache

import httpx
from people import LOOPBACK, Empty, Site

from services.alerter.vocabulary import ANY
from services.api.watching import watching_of
from services.ports import JsonObject

WORDS = (
    b"{", b"[", b'"', b"null", b"1e999", b"-1", b"9" * 30, b"\\ud800", b"\\u0000", b",", b"NaN",
    b'"id": ', b'"for": ', b'"until": ', b'"revision": ', b'"undoes": ', b'"kind": ', b'"days": ',
    b"2031-05-02T12:00:00Z", b"9999-12-31T23:59:59+14:00", b"http://[", b"\xf0\x9f\x98\x80",
)  # fmt: skip
"""What bodies know, and what they should not."""

ID = "a1"
"""The id in every path that has one."""

_PER_REQUEST_SECONDS = 60.0
"""How far the gate's clock goes on: a quota of requests is not what is tried here."""


class WrongAnswer(AssertionError):
    """A status that the route's description does not name, or one of ours."""


class _Index(Empty):
    """An index where half of the ids have a document, which lacks every field, as of old data."""

    def get(self, _index: str, id: str) -> JsonObject | None:  # type: ignore[override]
        return None if len(id) % 2 else {}

    def open_point_in_time(self, _index: str, _keep_seconds: int) -> str:
        return "p"

    def close_point_in_time(self, _id: str) -> None:
        return None


class _Api:
    def __init__(self) -> None:
        self._site = Site("loopback", _Index())
        watching_of(self._site.app, self._site.desk)._vocabulary = ANY
        paths = self._site.app.openapi()["paths"]
        self.routes: list[tuple[str, str, frozenset[str]]] = [
            (method, re.sub(r"\{\w+\}", ID, path), frozenset(operation["responses"]))
            for path, methods in paths.items()
            for method, operation in methods.items()
            if "application/json" in operation.get("requestBody", {}).get("content", {})
        ]

    async def answers(self, body: bytes) -> list[int]:
        """Send a body to each route. Return the statuses, in their order."""
        self._site.seconds += _PER_REQUEST_SECONDS
        transport = httpx.ASGITransport(self._site.app, client=LOOPBACK)
        headers = {
            "content-type": "application/json",
            "sec-fetch-site": "same-origin",
            "if-none-match": "*",
        }
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            return [
                (await client.request(method, path, content=body, headers=headers)).status_code
                for method, path, _ in self.routes
            ]


@cache
def _api() -> _Api:
    return _Api()


def routes() -> list[tuple[str, str]]:
    """Return method and path of all routes that get the bodies."""
    return [(method, path) for method, path, _ in _api().routes]


def send(body: bytes) -> list[int]:
    """Send a body to each route, and return the statuses. Raises WrongAnswer."""
    found = asyncio.run(_api().answers(body))
    for (method, path, described), status in zip(_api().routes, found, strict=True):
        if status >= 500 or str(status) not in described:
            raise WrongAnswer(f"{method.upper()} {path} answers {status}")
    return found
