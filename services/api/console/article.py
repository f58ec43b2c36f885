"""The page of an article: its text with what was found in it, its claims, and what watches did."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from services.api.access.needs import Reader
from services.api.access.people import Person
from services.api.console.frame import Pages
from services.api.desk import Desk
from services.api.parameters import MOST_LETTERS
from services.api.problems import Problem
from services.api.verdicts import verdicts_of
from services.desk.article import article_view
from services.desk.documents import claim_of
from services.desk.live import row
from services.desk.silence import Did, Known, what_watches_did
from services.ports import JsonObject

MOST_CLAIMS = 20
"""Claims that are shown. An article tells of a few events."""

MOST_FOUND = 200
"""Incidents, alerts, and rows held back of one article that are read."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def add_article(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the page."""
    verdicts = verdicts_of(app, desk)

    @app.get("/articles/{article_id}", include_in_schema=False)
    def article(request: Request, person: Reader, article_id: str) -> HTMLResponse:
        is_id = 0 < len(article_id.encode("utf-8", "replace")) <= MOST_LETTERS
        document = desk.search.get("articles", article_id) if is_id else None
        if document is None:
            raise Problem(404, "There is no such article, or it was stored too long ago.")
        known = _known(desk, article_id, document)
        claims = [row(each) for each in known["claims"] if not each.get("merged_into")]
        claims.sort(key=lambda each: each.updated_at or _LONG_AGO, reverse=True)
        did = _did(desk, person, document, known)
        view = article_view(document, known["incidents"])
        return pages.answer(
            request,
            "article.html",
            person,
            article=view,
            judged={
                each.incident_id: verdicts.judged(person, "incident", each.incident_id)
                for each in view.incidents
            },
            claims=claims[:MOST_CLAIMS],
            did=[each for each in did if each.outcome != "elsewhere"],
            elsewhere=[each for each in did if each.outcome == "elsewhere"],
        )


def _known(desk: Desk, article_id: str, document: JsonObject) -> dict[str, list[JsonObject]]:
    """Return what the index has of an article beside itself, by kind."""
    version = document.get("version")
    return {
        "incidents": _rows(desk, "incidents", article_id=article_id, article_version=version),
        "claims": _rows(desk, "claims", article_ids=article_id),
        "alerts": _rows(desk, "alerts", article_ids=article_id),
        "suppressed": _rows(desk, "suppressed", article_id=article_id),
    }


def _rows(desk: Desk, kind: str, **terms: Any) -> list[JsonObject]:
    filters: Iterable[JsonObject] = [{"term": {name: value}} for name, value in terms.items()]
    body = {
        "query": {"bool": {"filter": filters}},
        "size": MOST_FOUND,
        "track_total_hits": False,
        "_source": {"excludes": ["match", "facets"]},
    }
    return [hit["_source"] for hit in desk.search.search(kind, body)["hits"]["hits"]]


def _did(
    desk: Desk, person: Person, document: JsonObject, known: dict[str, list[JsonObject]]
) -> list[Did]:
    """Return what the watches that this person sees did with the article."""
    seen = [watch for watch in desk.tables.watches().values() if person.owns(watch.owner)]
    claims = [claim for each in known["claims"] if (claim := claim_of(each)) is not None]
    return what_watches_did(seen, Known(document, claims, known["alerts"], known["suppressed"]))
