"""The HTTP routes over search and broker."""

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Annotated

from fastapi import Depends, FastAPI, Path
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp

from services import __version__
from services.api.access.gate import Access, Gate
from services.api.access.needs import Reader
from services.api.access.visible import only_seen, sees
from services.api.console import add_console
from services.api.description import described
from services.api.desk import Desk
from services.api.engines import Engines
from services.api.feeds.routes import Cap, add_feeds
from services.api.guard import LOCAL, Guard
from services.api.links import LinkRoutes
from services.api.metered import Metered
from services.api.page import STYLE
from services.api.page import page as documentation
from services.api.parameters import (
    MOST_LETTERS,
    After,
    ClaimStatus,
    Event,
    Outlet,
    Reason,
    Size,
    Text,
    WatchId,
    known_parameters,
)
from services.api.problems import Problem, add_problems
from services.api.queries import KINDS, SPELT, listing, next_of, note, page, spellings
from services.api.resources import RESOURCES
from services.api.searching import add_search
from services.api.stream.live import Live
from services.api.stream.routes import add_stream
from services.api.websub import Callbacks
from services.ports import JsonObject
from services.runtime import metrics
from services.search.points import BoundedPoints
from services.text.choices import not_allowed


def make_app(
    desk: Desk,
    access: Access,
    live: Live,
    hosts: Collection[str] = LOCAL,
    *,
    callbacks: Callbacks | None = None,
    sends_cap: Cap | None = None,
    links: LinkRoutes | None = None,
) -> ASGIApp:
    """Return the application, which answers to `hosts` only, and to whom `access` knows.

    - `callbacks`: what takes pushes of hubs; None: they are not found.
    - `sends_cap`: who answers for CAP messages; None: there are none.
    - `links`: the pages of links in messages; None: they are not found.

    While Elasticsearch is down, answers are 503 with the reason, and the live stream goes on.
    """
    app = make_routes(desk, access, live, callbacks=callbacks, sends_cap=sends_cap, links=links)
    public = next((each.name for each in (callbacks, links) if each is not None), "")
    return Metered(Guard(app, hosts, public))


def make_routes(
    desk: Desk,
    access: Access,
    live: Live,
    *,
    callbacks: Callbacks | None = None,
    sends_cap: Cap | None = None,
    links: LinkRoutes | None = None,
) -> FastAPI:
    """Return all routes behind the gate, for any host name."""
    desk = replace(desk, search=BoundedPoints(desk.search, time.monotonic))
    app = FastAPI(
        title="Reportedly",
        version=__version__,
        description="Articles, claims, and alerts; watches, and those who use them.",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(known_parameters)],
    )
    app.state.access = access
    app.add_middleware(Gate, access=access)
    search = desk.search
    add_problems(app)
    _listings(app, desk)
    add_stream(app, live, desk)
    add_feeds(app, desk, sends_cap)
    add_search(app, search)
    for add in RESOURCES:
        add(app, desk)
    _about(app, Engines(desk.broker, search), desk)
    if callbacks is not None:
        callbacks.add_to(app)
    if links is not None:
        links.add_to(app)

    @app.get("/v1/{kind}/{id}")
    def one(
        person: Reader,
        kind: Annotated[str, Path(json_schema_extra={"enum": list(KINDS)})],
        id: str,
    ) -> JsonObject:
        """Bring one document by its id."""
        if kind not in KINDS:
            raise Problem(404, f"no such path: {not_allowed(kind, KINDS)}")
        found = search.get(kind, id) if len(id.encode()) <= MOST_LETTERS else None
        watch_id = found.get("watch_id") if found is not None else None
        is_hidden = watch_id is not None and not sees(person, desk.tables.watches(), watch_id)
        if found is None or is_hidden:
            raise Problem(404, f"no {kind} with the id {id[:MOST_LETTERS]}")
        return found

    add_console(app, desk)
    described_once = cache(partial(described, app))
    app.openapi = described_once  # type: ignore[method-assign]
    return app


def _listings(app: FastAPI, desk: Desk) -> None:
    search = desk.search

    def listed(
        kind: str,
        text: str | None,
        size: int,
        after: str,
        among: Sequence[JsonObject] = (),
        **terms: str | None,
    ) -> JsonObject:
        body = listing(
            kind,
            text=text,
            size=size,
            after=after,
            whole=False,
            least={},
            among=among,
            start=0,
            **terms,
        )
        answer = search.search(kind, body)
        found = page(answer) | {"next": next_of(answer, size)}
        for name in SPELT if found["total"] == 0 else ():
            given = terms.get(name)
            if given is not None:
                found |= note(kind, name, given, search.search(kind, spellings(name, among)))
        return found

    @app.get("/v1/articles")
    def articles(
        _person: Reader, q: Text = None, outlet: Outlet = None, size: Size = 20, after: After = ""
    ) -> JsonObject:
        """List articles, the newest first."""
        return listed("articles", q, size, after, outlet=outlet)

    @app.get("/v1/claims")
    def claims(
        _person: Reader,
        status: ClaimStatus = None,
        event: Event = None,
        size: Size = 20,
        after: After = "",
    ) -> JsonObject:
        """List claims, the newest first."""
        return listed("claims", None, size, after, status=status, event=event)

    @app.get("/v1/alerts")
    def alerts(
        person: Reader, watch_id: WatchId = None, size: Size = 20, after: After = ""
    ) -> JsonObject:
        """List the alerts of the watches that you see, the newest first."""
        among = only_seen(person, desk.tables.watches())
        return listed("alerts", None, size, after, among, watch_id=watch_id)

    @app.get("/v1/suppressed")
    def suppressed(
        person: Reader,
        watch_id: WatchId = None,
        reason: Reason = None,
        size: Size = 20,
        after: After = "",
    ) -> JsonObject:
        """List what the watches that you see did not alert, and why, the newest first."""
        among = only_seen(person, desk.tables.watches())
        return listed("suppressed", None, size, after, among, watch_id=watch_id, reason=reason)


def _about(app: FastAPI, engines: Engines, desk: Desk) -> None:
    @app.get("/health")
    def health() -> JSONResponse:
        """Return the state of both engines: 200 if both are up, else 503."""
        is_well, state = engines.state()
        return JSONResponse(state | {"version": __version__}, status_code=200 if is_well else 503)

    @app.get("/ready")
    def ready() -> JSONResponse:
        """Return 200 once this process can answer: both engines are up, and its tables are read."""
        is_well, state = engines.state()
        is_read = desk.tables.is_ready
        state |= {"tables": "read" if is_read else "being read"}
        return JSONResponse(state, status_code=200 if is_well and is_read else 503)

    @app.get("/metrics", include_in_schema=False)
    def measured() -> Response:
        return Response(metrics.text(), media_type=metrics.CONTENT_TYPE)

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(documentation(app.openapi()))

    @app.get("/style.css", include_in_schema=False)
    def style() -> PlainTextResponse:
        return PlainTextResponse(STYLE, media_type="text/css")
