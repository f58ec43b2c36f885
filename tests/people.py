"""The API as people with tokens see it, at a time that the test sets."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
from desks import desk_of

from services.api.access.gate import Access, Login
from services.api.access.making import make_token
from services.api.routes import make_routes
from services.api.stream.live import Live
from services.api.tables import TOKENS
from services.messages import Scope
from services.ports import JsonObject
from services.runtime.shutdown import SignalStop

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
A_MINUTE = 60
PEER, LOOPBACK = ("192.0.2.7", 4711), ("127.0.0.1", 4711)


class Empty:
    """An index without documents."""

    def search(self, _index: str, _body: JsonObject) -> JsonObject:
        return {
            "hits": {"total": {"value": 0, "relation": "eq"}, "hits": []},
            "aggregations": {"seen": {"buckets": []}},
        }

    def get(self, _index: str, _id: str) -> None:
        return None

    def is_up(self) -> bool:
        return True


class Site:
    """The routes, with a reader, an editor, and an operator, who are in the group levant."""

    def __init__(self, login: Login = "required", search: object = None) -> None:
        self.desk, self.at, self.seconds = desk_of(search or Empty()), NOW, 0.0
        self.access = Access(
            self.desk.tables, login, lambda: self.at, lambda: self.seconds, A_MINUTE
        )
        self.app = make_routes(self.desk, self.access, Live(self.desk.broker, SignalStop()))
        scopes: tuple[Scope, ...] = ("reader", "editor", "operator")
        self.tokens = {scope: self.make(f"a {scope}", scope) for scope in scopes}

    def make(self, person: str, scope: Scope, *groups: str, days: int = 1) -> str:
        """Return the text of a new token."""
        token, text = make_token(
            person, scope, groups or ("levant",), label="", days=days, now=self.at
        )
        self.desk.save(TOKENS, token.token_id, token)
        return text

    def ask(
        self,
        path: str = "/v1/people/me",
        method: str = "GET",
        peer: tuple[str, int] = PEER,
        json: Any = None,
        **headers: str,
    ) -> httpx.Response:
        return self.ask_all([path], method, peer, json, **headers)[0]

    def ask_all(
        self,
        paths: list[str],
        method: str = "GET",
        peer: tuple[str, int] = PEER,
        json: Any = None,
        **headers: str,
    ) -> list[httpx.Response]:
        async def answers() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=peer)
            async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                more = {} if json is None else {"json": json}
                return [await client.request(method, path, headers=named, **more) for path in paths]

        return asyncio.run(answers())


def bearer(token: str) -> str:
    return f"Bearer {token}"
