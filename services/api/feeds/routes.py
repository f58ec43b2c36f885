"""The HTTP routes of the feeds. All are GET, and answer 304 to who has the same already."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from services.api.access.needs import Reader
from services.api.access.visible import only_seen, sees
from services.api.desk import Desk
from services.api.feeds import atom as atom_module
from services.api.feeds import json_feed as json_module
from services.api.feeds.atom import atom
from services.api.feeds.cap import cap
from services.api.feeds.documents import alert_entry, claim_entry
from services.api.feeds.entry import LONG_AGO, Entry, Listing, urn, words
from services.api.feeds.json_feed import json_feed
from services.api.parameters import MOST_LETTERS, After, ClaimStatus, Event, From, WatchId
from services.api.problems import Problem
from services.api.queries import listing, next_of, page
from services.desk.documents import alert_of
from services.ports import JsonObject, SearchIndex
from services.text.hashes import digest

ENTRIES = 50
"""Entries of a page if none are asked for."""

MOST_ENTRIES = 100
"""Entries of a page at most.

A guess: a reader that asks each quarter of an hour misses nothing of 400 an hour.
"""

_UNUSED = (
    "article_ids",
    "quotes",
    "whole.article_ids",
    "whole.incident_ids",
    "whole.origins",
    "whole.judgements",
    "whole.cause",
    "whole.slots.*.answers.evidence",
    "whole.slots.*.answers.origins",
)
"""Parts of documents that no feed shows: those of a claim may take a megabyte."""

Size = Annotated[int, Query(ge=1, le=MOST_ENTRIES, description="entries a page")]
Killed = Annotated[int | None, Query(ge=1, le=10**9, description="at least so many dead")]
Independent = Annotated[
    int | None, Query(ge=1, le=10**9, description="at least so many independent origins")
]
Key = Annotated[
    str | None,
    Query(min_length=1, max_length=MOST_LETTERS, description="an id or key, as claims have it"),
]


@dataclass(frozen=True, slots=True)
class Cap:
    """Who answers for CAP messages, and whether they are only tests."""

    sender: str
    is_test: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one request asks for: documents of `kind` with these `terms`, and at least `least`.

    - `after`: the cursor of the page before; "" counts with `start`.
    - `among`: filters of whose documents may be seen.
    """

    kind: str
    terms: dict[str, str | None]
    least: dict[str, int | None]
    size: int
    start: int
    after: str
    among: Sequence[JsonObject] = ()


_ENTRIES: dict[str, Callable[[JsonObject], Entry]] = {"alerts": alert_entry, "claims": claim_entry}


def add_feeds(app: FastAPI, desk: Desk, sends_cap: Cap | None) -> None:
    """Add the routes of the feeds. `sends_cap`: None: there are no CAP messages."""
    has_cap, search = sends_cap is not None, desk.search

    def answer_atom(request: Request, asked: _Asked) -> Response:
        found = _listing(search, request, asked)
        body = atom(found, with_cap=has_cap)
        return _answer(request, body, atom_module.MEDIA_TYPE, found.updated)

    def answer_json(request: Request, asked: _Asked) -> Response:
        found = _listing(search, request, asked)
        return _answer(request, json_feed(found), json_module.MEDIA_TYPE, found.updated)

    for form, answer in (("atom", answer_atom), ("json", answer_json)):
        _add_alerts(app, desk, f"/v1/feeds/alerts.{form}", answer)
        _add_claims(app, f"/v1/feeds/claims.{form}", answer)
    _add_cap(app, desk, sends_cap)


def _add_alerts(
    app: FastAPI, desk: Desk, path: str, answer: Callable[[Request, _Asked], Response]
) -> None:
    @app.get(path, response_class=Response)
    def alerts(  # noqa: PLR0917 - the filters of a request
        request: Request,
        person: Reader,
        watch_id: WatchId = None,
        size: Size = ENTRIES,
        start: From = 0,
        after: After = "",
    ) -> Response:
        """Send the alerts of a watch, or of all that you see, as a feed, the last changed first."""
        among = only_seen(person, desk.tables.watches())
        asked = _Asked("alerts", {"watch_id": watch_id}, {}, size, start, after, among)
        return answer(request, asked)


def _add_claims(app: FastAPI, path: str, answer: Callable[[Request, _Asked], Response]) -> None:
    @app.get(path, response_class=Response)
    def claims(  # noqa: PLR0913, PLR0917 - the filters of a request
        request: Request,
        status: ClaimStatus = None,
        event: Event = None,
        patient: Key = None,
        agent: Key = None,
        place: Key = None,
        killed: Killed = None,
        independent: Independent = None,
        size: Size = ENTRIES,
        start: From = 0,
        after: After = "",
    ) -> Response:
        """Send the claims that pass a filter as a feed, the last changed first."""
        terms = {
            "status": status,
            "event": event,
            "patient": patient,
            "agent": agent,
            "place": place,
        }
        least = {"killed_max": killed, "n_independent": independent}
        return answer(request, _Asked("claims", terms, least, size, start, after))


def _add_cap(app: FastAPI, desk: Desk, sends: Cap | None) -> None:
    @app.get("/v1/feeds/cap/{id}", response_class=Response)
    def message(
        request: Request,
        person: Reader,
        id: str,
        revision: Annotated[
            int | None, Query(ge=0, le=10**9, description="its number; the last if not given")
        ] = None,
    ) -> Response:
        """Send one revision of an alert as a CAP 1.2 message, if REPORTEDLY_CAP_SENDER is set."""
        if sends is None:
            raise Problem(404, "there are no CAP messages: REPORTEDLY_CAP_SENDER is not set")
        found = desk.search.get("alerts", id) if len(id.encode()) <= MOST_LETTERS else None
        alert = alert_of(found) if found is not None else None
        if alert is None or not sees(person, desk.tables.watches(), alert.watch_id):
            raise Problem(404, f"no alert with the id {id[:MOST_LETTERS]}")
        last = alert.revisions[-1]
        number = last.number if revision is None else revision
        address = f"{_base(request)}/v1/alerts/{alert.alert_id}"
        body = cap(alert, number, sends.sender, address, is_test=sends.is_test)
        if body is None:
            raise Problem(404, f"the alert has no revision {number}")
        return _answer(request, body, atom_module.CAP_TYPE, last.at or LONG_AGO)


def _listing(search: SearchIndex, request: Request, asked: _Asked) -> Listing:
    """Return the page of a feed that a request asks for. Raises TransientError."""
    body = listing(
        asked.kind,
        text=None,
        size=asked.size,
        start=asked.start,
        whole=True,
        least=asked.least,
        among=asked.among,
        after=asked.after,
        **asked.terms,
    )
    answer = search.search(asked.kind, body | {"_source": {"excludes": [*_UNUSED]}})
    path, given = request.url.path, dict(request.query_params)
    given = {name: value for name, value in given.items() if name not in ("from", "after")}
    further = next_of(answer, asked.size)
    filters = {name: value for name, value in given.items() if name != "size"}
    return Listing(
        id=urn("feed", asked.kind, urlencode(sorted(filters.items()))),
        title=_title(asked.kind, filters),
        base=_base(request),
        here=_with_query(path, dict(request.query_params)),
        next=_with_query(path, given | {"after": further}) if further else "",
        first=_with_query(path, given),
        entries=tuple(map(_ENTRIES[asked.kind], page(answer)["items"])),
    )


def _title(kind: str, filters: dict[str, str]) -> str:
    named = ((name.removesuffix("_id"), value) for name, value in sorted(filters.items()))
    asked = ", ".join(f"{name} {value}" for name, value in named)
    return words(f"Reportedly {kind}" + (f": {asked}" if asked else ""))


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _with_query(path: str, given: dict[str, str]) -> str:
    return f"{path}?{urlencode(given)}" if given else path


def _answer(request: Request, body: bytes, media_type: str, changed: datetime) -> Response:
    """Return the body, or 304 if the reader has it, by its tag.

    A date decides nothing: what was changed before another entry may be indexed after it.
    """
    tag = f'"{digest(body.hex())}"'
    # No later than now, as RFC 9110 (8.8.2.1) asks: the news clock may be ahead.
    told = min(changed, datetime.now(UTC))
    headers = {
        "etag": tag,
        "last-modified": format_datetime(told.astimezone(UTC), usegmt=True),
        "cache-control": "no-cache",
    }
    known = request.headers.get("if-none-match", "").split(",")
    if not {tag, "*"}.isdisjoint(each.strip().removeprefix("W/") for each in known):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
