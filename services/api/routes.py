"""The HTTP routes over a world's search and broker."""

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from sse_starlette import EventSourceResponse

from services import __version__
from services.api import live
from services.api.queries import DEEPEST, KINDS, MOST, listing, page
from services.errors import TransientError
from services.ports import Broker, SearchIndex, Stop

Size = Annotated[int, Query(ge=1, le=MOST, description="documents an answer")]
From = Annotated[int, Query(ge=0, lt=DEEPEST, alias="from", description="documents to skip")]
Text = Annotated[str | None, Query(max_length=1000, description="words that all must be in the title, or all in the text")]


def make_app(search: SearchIndex, broker: Broker, stop: Stop) -> FastAPI:
    """Return the application; Elasticsearch being down is a 503 that says so, and the live stream goes on."""
    app = FastAPI(title="Reportedly", version=__version__, description="Articles, claims, and alerts, to read.")

    @app.exception_handler(TransientError)
    def unavailable(_request: Request, error: TransientError) -> JSONResponse:
        return JSONResponse({"error": str(error)}, status_code=503)

    @app.get("/health")
    def health() -> dict[str, Any]:
        """Tell whether the engines answer; this itself answers either way."""
        return {"kafka": _up(broker.is_up()), "elasticsearch": _up(search.is_up()), "version": __version__}

    @app.get("/v1/articles")
    def articles(q: Text = None, outlet: str | None = None, size: Size = 20, start: From = 0) -> dict[str, Any]:
        return page(search.search("articles", listing("articles", text=q, outlet=outlet, size=size, start=start)))

    @app.get("/v1/claims")
    def claims(status: str | None = None, event: str | None = None, size: Size = 20, start: From = 0) -> dict[str, Any]:
        return page(search.search("claims", listing("claims", status=status, event=event, size=size, start=start)))

    @app.get("/v1/alerts")
    def alerts(watch_id: str | None = None, size: Size = 20, start: From = 0) -> dict[str, Any]:
        return page(search.search("alerts", listing("alerts", watch_id=watch_id, size=size, start=start)))

    @app.get("/v1/suppressed")
    def suppressed(watch_id: str | None = None, reason: str | None = None, size: Size = 20, start: From = 0) -> dict[str, Any]:
        """What was not alerted, and why."""
        return page(search.search("suppressed", listing("suppressed", watch_id=watch_id, reason=reason, size=size, start=start)))

    @app.get("/v1/live", response_class=EventSourceResponse)
    async def alerts_from_now_on() -> EventSourceResponse:
        """Send every alert revision that comes from now on (server-sent events, named `alert`)."""
        return EventSourceResponse(live.alerts(broker, stop))

    @app.get("/v1/{kind}/{id}")
    def one(kind: str, id: str) -> dict[str, Any]:
        found = search.get(kind, id) if kind in KINDS else None
        if found is None:
            raise HTTPException(404, f"no {kind} with the id {id}")
        return found

    return app


def _up(is_up: bool) -> str:
    return "up" if is_up else "down"
