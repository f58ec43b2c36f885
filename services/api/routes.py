"""The HTTP routes over a world's search and broker."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from sse_starlette import EventSourceResponse, ServerSentEvent

from services import __version__
from services.api.queries import listing, page
from services.errors import TransientError
from services.ports import Broker, SearchIndex, TopicPartition, TopicReader


def make_app(search: SearchIndex, broker: Broker) -> FastAPI:
    """Return the application; Elasticsearch being down is a 503 that says so, and the live stream goes on."""
    app = FastAPI(title="Reportedly", version=__version__)

    @app.exception_handler(TransientError)
    def unavailable(_request: Request, error: TransientError) -> JSONResponse:
        return JSONResponse({"error": str(error)}, status_code=503)

    @app.get("/health")
    def health() -> dict[str, Any]:
        return {"kafka": _up(broker.is_up()), "elasticsearch": _up(search.is_up()), "version": __version__}

    @app.get("/v1/articles")
    def articles(
        q: str | None = None, outlet: str | None = None, size: int = Query(20, ge=1, le=200), start: int = 0
    ) -> dict[str, Any]:
        return page(search.search("articles", listing("articles", text=q, outlet=outlet, size=size, start=start)))

    @app.get("/v1/claims")
    def claims(
        status: str | None = None, event: str | None = None, size: int = Query(20, ge=1, le=200), start: int = 0
    ) -> dict[str, Any]:
        return page(search.search("claims", listing("claims", status=status, event=event, size=size, start=start)))

    @app.get("/v1/alerts")
    def alerts(watch_id: str | None = None, size: int = Query(20, ge=1, le=200), start: int = 0) -> dict[str, Any]:
        return page(search.search("alerts", listing("alerts", watch_id=watch_id, size=size, start=start)))

    @app.get("/v1/{kind}/{id}")
    def one(kind: str, id: str) -> dict[str, Any]:
        found = search.get(kind, id) if kind in ("articles", "claims", "alerts") else None
        if found is None:
            raise HTTPException(404, f"no {kind} with the id {id}")
        return found

    @app.get("/v1/live")
    async def live() -> EventSourceResponse:
        return EventSourceResponse(_alerts(broker))

    app.router.routes.insert(0, app.router.routes.pop())  # /v1/live before /v1/{kind}/{id}
    return app


def _up(is_up: bool) -> str:
    return "up" if is_up else "down"


async def _alerts(broker: Broker) -> AsyncIterator[ServerSentEvent]:
    """Yield every alert that comes from now on; blocking reads run in a thread."""
    reader = broker.reader()
    try:
        await asyncio.to_thread(_skip_to_end, reader, broker.n_partitions("alerts"))
        while True:
            for record in await asyncio.to_thread(reader.poll, 0.5):
                if record.value is not None:
                    yield ServerSentEvent(data=record.value.decode(), event="alert", id=f"{record.partition}:{record.offset}")
    finally:
        reader.close()


def _skip_to_end(reader: TopicReader, n_partitions: int) -> None:
    for _ in reader.read_to_end([TopicPartition("alerts", p) for p in range(n_partitions)]):
        pass
