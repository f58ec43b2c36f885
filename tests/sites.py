"""The API of a test, asked for pages and by forms, and the judgements that it sent."""

import asyncio
from typing import Any

import httpx
from builders import hours
from desks import desk_of, open_access

from services.adapters.memory import MemoryBroker
from services.api.routes import make_routes
from services.api.stream.live import Live
from services.messages import Judgement, decode
from services.ports import SearchIndex, TopicPartition
from services.runtime.shutdown import SignalStop


class Site:
    """The API of a local operator over an index, asked as a browser or a program does."""

    def __init__(self, index: SearchIndex) -> None:
        self.broker = MemoryBroker()
        self.desk = desk_of(index, self.broker, now=lambda: hours(5))
        app = make_routes(self.desk, open_access(self.desk), Live(self.broker, SignalStop()))
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1), raise_app_exceptions=False)
        self._known: set[str | None] = set()
        self._client = httpx.AsyncClient(transport=transport, base_url="http://localhost")

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, **form: Any) -> httpx.Response:
        return self.ask("POST", path, data=form)

    def ask(self, method: str, path: str, accept: str = "text/html", **more: Any) -> httpx.Response:
        headers = {"accept": accept, "sec-fetch-site": "same-origin"}
        return asyncio.run(self._client.request(method, path, headers=headers, **more))

    def judged(self) -> list[Judgement]:
        """Return what was sent since this was asked last."""
        parts = [
            TopicPartition("judgements", n) for n in range(self.broker.n_partitions("judgements"))
        ]
        sent = {r.key: r.value or b"" for r in self.broker.reader().read_to_end(parts)}
        new = [decode(Judgement, value) for key, value in sent.items() if key not in self._known]
        self._known |= {*sent}
        return new
