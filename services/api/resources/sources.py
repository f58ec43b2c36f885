"""`/v1/sources`: the feeds with their health; add by address or by a list, remove."""

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import JSONResponse

from services.api.access.needs import Editor, Reader
from services.api.bodies import read_json
from services.api.description import answers
from services.api.desk import Desk
from services.api.parameters import MOST_LETTERS
from services.api.problems import Problem
from services.api.sources.finding import Finder, Found
from services.api.sources.look import look
from services.api.sources.store import Sources, as_json
from services.api.uploads import body_of
from services.desk.feeds.states import ORDER, counts
from services.messages import Feed
from services.ports import JsonObject
from services.text.choices import not_allowed
from services.text.yaml_file import MAX_BYTES

_EXAMPLE = {"url": "herald.example/rss", "outlet": "The Herald"}
BODY: JsonObject = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["url"],
                    "additionalProperties": False,
                    "properties": {
                        "url": {"type": "string", "maxLength": 2000},
                        "outlet": {"type": "string", "maxLength": 200},
                        "as_is": {"type": "boolean", "default": False},
                    },
                },
                "example": _EXAMPLE,
            },
            "text/x-opml": {"schema": {"type": "string"}},
        },
    }
}

_FEED: JsonObject = {"feed_id": "1f0c", "url": "herald.example/rss", "outlet": "The Herald"}
LISTED: JsonObject = {
    "total": 1,
    "counts": {"failing": 1},
    "items": [
        _FEED
        | {
            "health": "failing",
            "says": "Its last poll failed.",
            "do": "Its server gives no whole answer. That often passes by itself.",
            "last_error": "timed out",
            "last_new_at": "2031-05-02T20:00:00Z",
            "polled_at": "2031-05-02T20:10:00Z",
            "next_poll_at": "2031-05-02T20:15:00Z",
        }
    ],
}
ADDED: JsonObject = {"added": [_FEED], "fates": [], "dry_run": False}

Health = Annotated[
    str | None,
    Query(description="only feeds of this state", json_schema_extra={"enum": [*ORDER]}),
]
DryRun = Annotated[bool, Query(description="say what would happen, and save nothing")]
FeedId = Annotated[str, Path(max_length=MOST_LETTERS)]


class _Given(msgspec.Struct, forbid_unknown_fields=True):
    """A feed to add. `as_is`: the address is a feed, and is not looked at."""

    url: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    outlet: Annotated[str, msgspec.Meta(max_length=200)] = ""
    as_is: bool = False


def add_sources(app: FastAPI, desk: Desk) -> None:
    """Add the routes."""
    sources = Sources(desk)
    finder = Finder(desk.fetcher) if desk.fetcher is not None else None

    @app.get("/v1/sources", responses=answers(LISTED))
    def listed(_person: Reader, health: Health = None) -> JsonObject:
        """List the feeds with their health, those that need somebody first."""
        if health is not None and health not in ORDER:
            raise Problem(422, f"health: {not_allowed(health, ORDER)}")
        rows = sources.rows()
        shown = [row for row in rows if health in (None, row.health)]
        return {"total": len(shown), "counts": counts(rows), "items": [*map(as_json, shown)]}

    @app.post(
        "/v1/sources",
        openapi_extra=BODY,
        response_model=None,
        responses=answers(ADDED, 200, 409) | answers(ADDED, 201),
    )
    async def add(_person: Editor, request: Request, dry_run: DryRun = False) -> Any:
        """Add a feed by its address, or all feeds of an OPML list.

        Of a web site, the feeds that its page declares are looked for. If there are several, the
        answer is 409 with the `candidates`: name one. Of a list, each line's fate is told; a feed
        that is saved already stays as it is.
        """
        body = await body_of(request, MAX_BYTES)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            return await _one(sources, finder, body, dry_run=dry_run)
        if kind in ("text/x-opml", "text/x-opml+xml", "application/xml", "text/xml"):
            return await _list(sources, body, dry_run=dry_run)
        raise Problem(415, "send an address as application/json, or a list as text/x-opml")

    @app.delete("/v1/sources/{feed_id}", status_code=204, response_model=None)
    def remove(_person: Editor, feed_id: FeedId) -> None:
        """Remove a feed. Its articles stay."""
        if sources.remove(feed_id) is None:
            raise Problem(404, f"no feed has the id {feed_id[:MOST_LETTERS]}")


async def _one(sources: Sources, finder: Finder | None, body: bytes, *, dry_run: bool) -> Any:
    given = read_json(body, _Given)
    feeds = await look(sources, finder, given.url, given.outlet, as_is=given.as_is)
    if isinstance(feeds, Found):
        candidates = [msgspec.to_builtins(one) for one in feeds.feeds]
        if candidates:
            raise Problem(409, "this site has several feeds: name one", candidates=candidates)
        raise Problem(422, f"no feed was found there: {feeds.why_not}")
    added = [] if dry_run else await asyncio.to_thread(sources.add, [feeds])
    return _answer(added, [], dry_run=dry_run, is_new=bool(added))


async def _list(sources: Sources, body: bytes, *, dry_run: bool) -> JSONResponse:
    lines, feeds = await asyncio.to_thread(sources.fates, body)
    added = [] if dry_run else await asyncio.to_thread(sources.add, feeds)
    told = [msgspec.to_builtins(line) | {"says": line.says} for line in lines]
    return _answer(added, told, dry_run=dry_run, is_new=bool(added))


def _answer(
    added: list[Feed], fates: list[JsonObject], *, dry_run: bool, is_new: bool
) -> JSONResponse:
    found = {"added": [msgspec.to_builtins(f) for f in added], "fates": fates, "dry_run": dry_run}
    return JSONResponse(found, status_code=201 if is_new else 200)
