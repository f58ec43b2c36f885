"""The route of searches: the watch language over what was indexed, page by page."""

from datetime import UTC, datetime
from typing import Annotated, Any, cast
from urllib.parse import urlencode

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from services.api.feeds.atom import MEDIA_TYPE, atom
from services.api.feeds.found import listing
from services.api.parameters import MOST_LETTERS, choice, one_of
from services.messages import LEVELS, Level
from services.ports import JsonObject, SearchIndex
from services.query.scan import MAX_BYTES
from services.search.asked import KINDS, Asked, Filters, Kind, asked
from services.search.cursor import MOST_LETTERS as MOST_OF_CURSOR
from services.search.forms import csv_lines, json_lines
from services.search.pages import MOST, Page, first_page, next_page

SIZE = 20
"""Documents of a page if none are asked for."""

FORMS = ("json", "jsonl", "csv", "atom")
_MEDIA_TYPES = {"jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8", "atom": MEDIA_TYPE}

Words = Annotated[str, Query(max_length=MAX_BYTES, description="words in the language of watches")]
In = Annotated[str, one_of(KINDS), choice(KINDS, "what is searched", alias="in")]
Names = Annotated[
    str,
    Query(max_length=4 * MOST_LETTERS, description="one value, or several with commas between"),
]
Lowest = Annotated[str | None, one_of(LEVELS), choice(LEVELS, "the lowest level of a claim")]
Number = Annotated[int, Query(ge=0, le=10**9, description="at least so many")]
Sure = Annotated[float, Query(ge=0, le=1, description="at least so sure, a probability")]
When = Annotated[datetime | None, Query(description="a date or a time, UTC unless it has a zone")]
Size = Annotated[int, Query(ge=1, le=MOST, description="documents a page")]
After = Annotated[str, Query(max_length=MOST_OF_CURSOR, description="`next` of the page before")]
Facets = Annotated[bool, Query(description="count values and days of all that is found")]
Form = Annotated[str, one_of(FORMS), choice(FORMS, "the form of the answer")]


def add_search(app: FastAPI, search: SearchIndex) -> None:
    """Add the route."""

    @app.get("/v1/search", response_model=None)
    def find(  # noqa: PLR0913, PLR0917 - the filters of a request
        request: Request,
        q: Words = "",
        kind: In = "articles",
        event: Names = "",
        actor: Names = "",
        patient: Names = "",
        agent: Names = "",
        place: Names = "",
        stance: Names = "",
        source: Names = "",
        lang: Names = "",
        status: Names = "",
        time: Names = "",
        level: Lowest = None,
        independent: Number = 0,
        killed: Number = 0,
        confidence: Sure = 0.0,
        since: When = None,
        until: When = None,
        size: Size = SIZE,
        after: After = "",
        facets: Facets = False,
        format: Form = "json",  # noqa: A002 - its name in addresses
    ) -> Response | JsonObject:
        """Find articles, incidents, or claims, the newest first, with the words that matched.

        An article or a claim is found exactly if a watch of the same words and filters waits for
        it. `next` is the place of the next page, to be given as `after`: from the second page on
        all are of one point in time. `marks` are places of words, in code points.
        """
        filters = Filters(
            event=_listed(event),
            actor=_listed(actor),
            patient=_listed(patient),
            agent=_listed(agent),
            place=_listed(place),
            stance=_listed(stance),
            source=_listed(source),
            lang=_listed(lang),
            status=_listed(status),
            time=_listed(time),
            level=cast("Level | None", level),
            independent=independent,
            killed=killed,
            confidence=confidence,
            since=_aware(since),
            until=_aware(until),
        )
        wanted = asked(cast("Kind", kind), q, filters)
        page = (
            next_page(search, wanted, size, after)
            if after
            else first_page(search, wanted, size, facets=facets)
        )
        return _as_json(page) if format == "json" else _as_file(request, wanted, page, format)


def _as_json(page: Page) -> JsonObject:
    found: dict[str, Any] = {
        "total": page.total,
        "is_exact": page.is_exact,
        "items": [row.as_json() for row in page.rows],
        "next": page.next or None,
    }
    if page.facets:
        found["facets"] = {
            name: [{"value": value, "n": n} for value, n in values]
            for name, values in page.facets.items()
        }
    if page.is_renewed:
        found["note"] = "the point in time of this search had ended: a new one was opened"
    return found


def _as_file(request: Request, wanted: Asked, page: Page, form: str) -> Response:
    """Return a page as a file. The header Link has the address of the next one (RFC 8288)."""
    base, path = str(request.base_url).rstrip("/"), request.url.path
    given = dict(request.query_params)
    here = f"{path}?{urlencode(given)}"
    further = f"{path}?{urlencode(given | {'after': page.next})}" if page.next else ""
    if form == "csv":
        body = "".join(csv_lines(wanted.kind, page.rows)).encode()
    elif form == "atom":
        body = atom(listing(wanted, page.rows, base, here, further))
    else:
        body = b"".join(line + b"\n" for line in json_lines(page.rows))
    headers = {"link": f'<{base}{further}>; rel="next"'} if further else {}
    return Response(body, media_type=_MEDIA_TYPES[form], headers=headers)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(value for each in text.split(",") if (value := each.strip()))


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
