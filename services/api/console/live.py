"""The page Live: claims by their newest change."""

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from services.api.access.needs import Reader
from services.api.console.frame import Pages
from services.api.desk import Desk
from services.desk import live as claims

Filter = Annotated[str, Query(max_length=claims.MOST_LETTERS)]


def add_live(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the page, which is the first that one sees."""

    @app.get("/", include_in_schema=False)
    def live(  # noqa: PLR0917 - the filters of a request
        request: Request,
        person: Reader,
        status: Filter = "",
        event: Filter = "",
        place: Filter = "",
        after: Filter = "",
    ) -> HTMLResponse:
        wanted = claims.Wanted(status, event, place, after)
        if not claims.is_known(wanted):
            raise HTTPException(422, "There is no such status, or no such type of event.")
        return pages.answer(request, "live.html", person, **_found(desk, wanted))


def _found(desk: Desk, wanted: claims.Wanted) -> dict[str, Any]:
    now = desk.now()
    answer = desk.search.search("claims", claims.claims_body(wanted))
    found = answer["hits"]
    documents = [hit["_source"] for hit in found["hits"][: claims.SIZE]]
    times = desk.search.search("articles", claims.times_body(documents, now)) if documents else None
    counted = {
        name: desk.search.search("claims", claims.choices_body(wanted, name))
        for name in wanted.filters
    }
    came = [hit["_source"] for hit in times["hits"]["hits"]] if times else []
    return {
        "rows": claims.rows(documents, came, now),
        "total": found["total"]["value"],
        "filters": wanted.filters,
        "chosen": {name: claims.name_of(name, value) for name, value in wanted.filters.items()},
        "choices": {
            name: claims.choices(counted.get(name, answer), wanted, name) for name in claims.FILTERS
        },
        "next": claims.next_place(found["hits"]),
        "is_first": not wanted.after,
    }
