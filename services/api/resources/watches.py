"""Watches over HTTP: read, checked, tried, saved, and removed, each with its version as ETag."""

import asyncio
import re
from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import FastAPI, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from services.api.access.needs import Editor, Reader
from services.api.bodies import json_of
from services.api.description import answers, takes
from services.api.desk import Desk
from services.api.problems import Problem
from services.api.resources.examples import CHECKED, PREVIEW, WATCH, WATCH_ROW
from services.api.trial import trials_of
from services.api.watching import Preview, Watching, watching_of
from services.messages import Watch
from services.ports import JsonObject
from services.text.findings import MAX_ID_CHARS, Finding
from services.watching.checking import Checked

MOST = 500
"""Watches of a page."""

MOST_TAG_CHARS = 200
"""Characters of If-Match and If-None-Match. A tag of ours has up to eleven."""

WatchId = Annotated[
    str, Path(min_length=1, max_length=MAX_ID_CHARS, description="the id of a watch")
]
IfMatch = Annotated[
    str | None,
    Header(
        max_length=MOST_TAG_CHARS,
        description="the ETag that you read: nothing is done if the watch was changed since",
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(max_length=MOST_TAG_CHARS, description="`*`: only if there is none of that id"),
]
Size = Annotated[int, Query(ge=1, le=MOST, description="watches a page")]
After = Annotated[str, Query(max_length=MAX_ID_CHARS, description="`next` of the page before")]

_TAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')


class _Routes(NamedTuple):
    app: FastAPI
    desk: Desk
    watching: Watching


def add_watches(app: FastAPI, desk: Desk) -> None:
    """Add the routes."""
    routes = _Routes(app, desk, watching_of(app, desk))
    _reading(*routes)
    _trying(*routes)
    _writing(*routes)


def _reading(app: FastAPI, desk: Desk, watching: Watching) -> None:
    @app.get("/v1/watches", tags=["watches"], responses=answers({"items": [WATCH], "next": None}))
    def watches(person: Reader, size: Size = 100, after: After = "") -> JsonObject:
        """List the watches that you see: yours, those of your groups, and those of nobody, by id.

        Operators see all. `next` is to be given as `after`.
        """
        seen = sorted(
            id
            for id, watch in desk.tables.watches().items()
            if id > after and person.owns(watch.owner)
        )
        known = desk.tables.watches()
        items = [msgspec.to_builtins(known[id]) for id in seen[:size] if id in known]
        return {"items": items, "next": seen[size - 1] if len(seen) > size else None}

    @app.get("/v1/watches/{watch_id}", tags=["watches"], responses=answers(WATCH))
    def watch(person: Reader, watch_id: WatchId) -> JSONResponse:
        """Bring one watch. Its ETag is what a change of it has to name."""
        return _tagged(watching.get(person, watch_id))


def _trying(app: FastAPI, desk: Desk, watching: Watching) -> None:
    @app.post(
        "/v1/watches/check",
        tags=["watches"],
        responses=answers(CHECKED),
        openapi_extra=takes(None, WATCH_ROW),
    )
    async def check(request: Request, _person: Reader) -> JsonObject:
        """Say what is wrong in a watch, and how many alerts a day to expect. Saves nothing."""
        row = await json_of(request, dict[str, Any])
        return _told(await asyncio.to_thread(watching.check, row))

    @app.post(
        "/v1/watches/preview",
        tags=["watches"],
        responses=answers(PREVIEW),
        openapi_extra=takes(None, WATCH_ROW),
    )
    async def preview(request: Request, _person: Editor) -> JsonObject:
        """Run a watch over the last 30 days of what is stored: hits a day, and some of them.

        One preview runs at a time. Saves nothing.
        """
        row = await json_of(request, dict[str, Any])
        found = await asyncio.to_thread(lambda: watching.preview(_usable(watching, row)))
        return _shown(found)

    trials = trials_of(app, desk)

    @app.post(
        "/v1/watches/{watch_id}/test-delivery",
        tags=["watches"],
        responses=answers({"items": [{"to": "log:", "is_delivered": True, "reason": ""}]}),
    )
    async def test_delivery(person: Editor, watch_id: WatchId) -> JsonObject:
        """Send a test message to each channel of a saved watch, at most once a minute."""
        return {"items": await trials.send(watching.get(person, watch_id))}


def _writing(app: FastAPI, _desk: Desk, watching: Watching) -> None:
    @app.put(
        "/v1/watches/{watch_id}",
        tags=["watches"],
        responses=answers(WATCH, 200, 409, 412, 428) | answers(WATCH, 201),
        openapi_extra=takes(None, WATCH_ROW),
    )
    async def put(
        request: Request,
        person: Editor,
        watch_id: WatchId,
        if_match: IfMatch = None,
        if_none_match: IfNoneMatch = None,
    ) -> JSONResponse:
        """Save a watch: a new one with `If-None-Match: *`, a changed one with `If-Match`.

        It is in force within a second. A mistake saves nothing, and `errors` names each.
        """
        version = _expected(if_match, if_none_match)
        row = {"id": watch_id} | await json_of(request, dict[str, Any])
        if row["id"] != watch_id:
            raise Problem(422, "the id in the body is another than that of the path")

        def save() -> Watch:
            if version is not None:
                watching.get(person, watch_id)
            return watching.save(person, _usable(watching, row), version)

        saved = await asyncio.to_thread(save)
        return _tagged(saved, 201 if version is None else 200)

    @app.delete(
        "/v1/watches/{watch_id}",
        tags=["watches"],
        status_code=204,
        responses=answers(None, 204, 412, 428),
    )
    async def remove(person: Editor, watch_id: WatchId, if_match: IfMatch = None) -> Response:
        """Remove a watch. Its open alerts are still corrected for 30 days."""
        version = _expected(if_match, None)
        assert version is not None
        await asyncio.to_thread(watching.remove, person, watch_id, version)
        return Response(status_code=204)


def _expected(if_match: str | None, if_none_match: str | None) -> int | None:
    """Return the version that is to be replaced; None for a new watch. Raises Problem 428, 412."""
    if if_match is None:
        if if_none_match is not None and if_none_match.strip() == "*":
            return None
        raise Problem(
            428, "send If-Match with the ETag that you read, or If-None-Match: * for a new watch"
        )
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise Problem(412, "If-Match names no version of a watch", type="changed")
    return int(found[1])


def _usable(watching: Watching, row: JsonObject) -> Watch:
    """Return the watch of a row. Raises Problem 422 with every mistake."""
    checked = watching.check(row)
    if checked.watch is None:
        errors = [_finding(each) for each in checked.errors]
        detail = "; ".join(each.what for each in checked.errors)
        raise Problem(422, detail, type="watch", errors=errors)
    return checked.watch


def _told(checked: Checked) -> JsonObject:
    return {
        "is_usable": checked.watch is not None,
        "findings": [_finding(each) for each in checked.findings],
        "alerts_a_day": checked.expected,
        "watch": msgspec.to_builtins(checked.watch) if checked.watch else None,
    }


def _finding(finding: Finding) -> JsonObject:
    return {"path": finding.path, "what": finding.what, "is_warning": finding.is_warning}


def _shown(preview: Preview) -> JsonObject:
    return {
        "from": preview.first.isoformat(),
        "to": preview.last.isoformat(),
        "days": [{"day": day.isoformat(), "n": n} for day, n in sorted(preview.per_day.items())],
        "total": preview.total,
        "is_whole": preview.is_whole,
        "alerts_a_day": preview.a_day,
        "alerts": preview.told.n_alerts,
        "articles_read": preview.n_read,
        "articles_found": preview.n_found,
        "sample": [
            {
                "kind": hit.kind,
                "id": hit.id,
                "title": hit.title,
                "at": hit.at.isoformat() if hit.at else None,
                "outlet": hit.outlet,
            }
            for hit in preview.sample
        ],
    }


def _tagged(watch: Watch, status: int = 200) -> JSONResponse:
    headers = {"etag": f'"{watch.version}"', "cache-control": "no-cache"}
    return JSONResponse(msgspec.to_builtins(watch), status_code=status, headers=headers)
