"""The page Search: the watch language over articles, incidents, and claims."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from services.api.access.needs import Reader
from services.api.console.frame import Pages
from services.api.desk import Desk
from services.api.parameters import MOST_LETTERS
from services.desk.asking import (
    Form,
    Mistake,
    api_fields,
    form_of,
    mistake_of,
    search_of,
    watch_fields,
)
from services.desk.facets import (
    Days,
    Facet,
    days_of,
    facets_of,
    keys_in,
    label_of,
    lookup,
    names_in,
)
from services.desk.found import Hit, hits_of
from services.desk.words import STATUS_NAMES, event_name
from services.errors import ConfigError
from services.messages import LEVELS
from services.messages.events import EVENTS
from services.query.scan import MAX_BYTES
from services.search.asked import KINDS, TAKES, Asked
from services.search.cursor import MOST_LETTERS as MOST_OF_CURSOR
from services.search.pages import Page, first_page, next_page

SIZE = 25
"""Documents of a page: about three screens."""

Words = Annotated[str, Query(max_length=2 * MAX_BYTES)]
Text = Annotated[str, Query(max_length=4 * MOST_LETTERS)]
Short = Annotated[str, Query(max_length=32)]
After = Annotated[str, Query(max_length=MOST_OF_CURSOR)]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter in force: its name for people, and the text of its field without it."""

    name: str
    label: str
    without: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what a search found. `total` "": it is not counted."""

    hits: tuple[Hit, ...]
    total: str
    next: str
    is_renewed: bool
    facets: tuple[Facet, ...]
    days: Days | None
    chosen: tuple[Chosen, ...]
    api: dict[str, str]
    watch: dict[str, str]


def add_search_page(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the page."""

    @app.get("/search", include_in_schema=False)
    def search(  # noqa: PLR0913, PLR0917 - the fields of the form
        request: Request,
        person: Reader,
        q: Words = "",
        kind: Annotated[str, Query(alias="in", max_length=32)] = "",
        event: Text = "",
        actor: Text = "",
        patient: Text = "",
        agent: Text = "",
        place: Text = "",
        stance: Text = "",
        source: Text = "",
        lang: Text = "",
        status: Text = "",
        time: Text = "",
        level: Short = "",
        independent: Short = "",
        killed: Short = "",
        confidence: Short = "",
        since: Short = "",
        until: Short = "",
        after: After = "",
    ) -> Response:
        given = {
            "q": q, "event": event, "actor": actor, "patient": patient, "agent": agent,
            "place": place, "stance": stance, "source": source, "lang": lang, "status": status,
            "time": time, "level": level, "independent": independent, "killed": killed,
            "confidence": confidence, "since": since, "until": until,
        }  # fmt: skip
        form = form_of(kind, given)
        found, mistake = _asked(desk, form, after)
        return pages.answer(
            request,
            "search.html",
            person,
            status=422 if mistake else 200,
            form=form,
            found=found,
            mistake=mistake,
            after=after,
            kinds=KINDS,
            takes=TAKES[form.kind],
            events={event: event_name(event) for event in EVENTS},
            statuses=STATUS_NAMES,
            levels={name: STATUS_NAMES[name] for name in LEVELS},
        )


def _asked(desk: Desk, form: Form, after: str) -> tuple[Found | None, Mistake | None]:
    """Return what a form finds, or what is wrong with it. Raises TransientError."""
    try:
        wanted = search_of(form)
        page = (
            next_page(desk.search, wanted, SIZE, after)
            if after
            else first_page(desk.search, wanted, SIZE, facets=True)
        )
    except ConfigError as error:
        return None, mistake_of(error, form.query.strip())
    return _found(desk, form, wanted, page), None


def _found(desk: Desk, form: Form, wanted: Asked, page: Page) -> Found:
    chosen = {name: form.values(name) for name in form.given if name not in _PLAIN}
    names = _names(desk, form, keys_in(page.facets, chosen))
    return Found(
        hits=hits_of(page.rows),
        total=_total(page, form.kind),
        next=page.next,
        is_renewed=page.is_renewed,
        facets=facets_of(form.kind, page.facets, chosen, names),
        days=days_of(page.facets),
        chosen=tuple(
            Chosen(name, label_of(name, value, names), form.toggled(name, value))
            for name, values in chosen.items()
            for value in values
        ),
        api=api_fields(form, wanted),
        watch=watch_fields(form, names),
    )


_PLAIN = ("q", "level", "independent", "killed", "confidence", "since", "until")
"""Fields that hold one value, which stands in its field."""


def _names(desk: Desk, form: Form, keys: list[str]) -> dict[str, str]:
    """Return the names of keys, from documents that have both. Raises TransientError."""
    if not keys:
        return {}
    kind = form.kind if form.kind != "articles" else "claims"
    answer: dict[str, Any] = desk.search.search(kind, lookup(kind, keys))
    return names_in(hit["_source"] for hit in answer["hits"]["hits"])


def _total(page: Page, kind: str) -> str:
    if page.total is None:
        return ""
    one = kind.removesuffix("s") if page.total == 1 else kind
    return f"{page.total:,} {one}" if page.is_exact else f"{page.total:,} {kind} or more"
