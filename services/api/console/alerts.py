"""The pages of alerts: the inbox, one alert, and why it is there."""

import asyncio
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.api.access.needs import Editor, Reader
from services.api.access.people import Person
from services.api.console.forms import Form, form_of, is_part, one, way_back
from services.api.console.frame import Pages
from services.api.desk import Desk
from services.api.inbox import Deed, Inbox, inbox_of
from services.api.ordering import HOUR, Action, tomorrow
from services.api.parameters import MOST_LETTERS
from services.api.problems import Problem
from services.api.reasons import why_of
from services.api.times import read_time
from services.api.verdicts import verdicts_of
from services.desk.inbox import AlertView, mark_before
from services.desk.standing import Group

GROUP_WORDS: dict[Group, str] = {
    "open": "Open",
    "later": "Later",
    "done": "Done",
    "all": "All",
}

_ACTIONS: dict[str, Action] = {
    "acknowledge": "acknowledge",
    "snooze-1h": "snooze",
    "snooze-tomorrow": "snooze",
    "mute": "mute",
    "reopen": "reopen",
    "resume": "resume",
}
"""What a button is called in the form, to the order that it gives."""

Id = Annotated[str, Query(max_length=MOST_LETTERS)]
Cursor = Annotated[str, Query(max_length=MOST_LETTERS + 32)]


def add_alerts(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the inbox and its forms."""
    inbox, verdicts = inbox_of(app, desk), verdicts_of(app, desk)

    @app.get("/alerts", include_in_schema=False)
    def alerts(  # noqa: PLR0917 - the filters of a request
        request: Request,
        person: Reader,
        group: Group = "open",
        watch: Id = "",
        after: Cursor = "",
        done: Id = "",
    ) -> Response:
        looked = inbox.look(person, group, watch, after)
        is_listed = any(view.alert_id == done for view in looked.views)
        mark = inbox.mark(person, "alerts")
        return pages.answer(
            request,
            "alerts.html",
            person,
            looked=looked,
            group=group,
            groups=GROUP_WORDS,
            watch_id=watch,
            watches=inbox.watches(person),
            after=after,
            line=mark_before(looked.views),
            mark=mark,
            done=None if is_listed else _done(inbox, person, done),
        )

    @app.post("/alerts/read", include_in_schema=False)
    async def read(request: Request, person: Reader) -> Response:
        form = await form_of(request)
        at = read_time(one(form, "at"))
        await asyncio.to_thread(inbox.set_mark, person, "alerts", at)
        return RedirectResponse(way_back(form, "/alerts"), 303)

    @app.get("/alerts/{alert_id}", include_in_schema=False)
    def alert(request: Request, person: Reader, alert_id: str) -> Response:
        found = inbox.alert(person, alert_id)
        return pages.answer(
            request,
            "alert.html",
            person,
            view=inbox.one(person, alert_id),
            why=why_of(desk, found),
            judged=verdicts.judged(person, "alert", alert_id),
        )

    @app.get("/alerts/{alert_id}/why", include_in_schema=False)
    def why(request: Request, person: Reader, alert_id: str) -> Response:
        if not is_part(request):
            return RedirectResponse(f"{_path(alert_id)}#why", 303)
        found = inbox.alert(person, alert_id)
        return pages.answer(request, "_why.html", person, why=why_of(desk, found))

    _forms(app, desk, pages, inbox)


def _forms(app: FastAPI, desk: Desk, pages: Pages, inbox: Inbox) -> None:
    @app.post("/alerts/{alert_id}/orders", include_in_schema=False)
    async def orders(request: Request, person: Editor, alert_id: str) -> Response:
        form = await form_of(request)
        back = way_back(form, "/alerts")
        deed = _deed(desk, person, form)
        why, status = "", 200
        try:
            view = await asyncio.to_thread(inbox.act, person, alert_id, deed)
        except Problem as error:
            if error.status_code != 409 or not is_part(request):
                raise
            view = await asyncio.to_thread(inbox.one, person, alert_id)
            why, status = str(error.detail), 409
        if not is_part(request):
            return RedirectResponse(_with_done(back, view.alert_id), 303)
        return pages.answer(
            request, "_standing.html", person, status=status, view=view, back=back, problem=why
        )


def _done(inbox: Inbox, person: Person, alert_id: str) -> AlertView | None:
    """Return what was just ordered, so that it can be undone where its row has left the list."""
    try:
        return inbox.one(person, alert_id) if alert_id else None
    except Problem:
        return None


def _with_done(back: str, alert_id: str) -> str:
    """Return the address that a form leads back to: of the inbox, with what was done."""
    parts = urlsplit(back)
    if parts.path != "/alerts":
        return f"{back}#alert-{alert_id}"
    given = [(name, value) for name, value in parse_qsl(parts.query) if name != "done"]
    return f"/alerts?{urlencode([*given, ('done', alert_id)])}#alert-{alert_id}"


def _deed(desk: Desk, person: Person, form: Form) -> Deed:
    """Return what a form asks for. Raises Problem 422."""
    button = one(form, "do")
    if button not in _ACTIONS:
        raise Problem(422, "this page has no such button")
    number = one(form, "revision")
    revision = int(number) if number.isdecimal() and number.isascii() and len(number) <= 6 else 0
    until = None
    if button == "snooze-1h":
        until = desk.now() + HOUR
    elif button == "snooze-tomorrow":
        until = tomorrow(desk.now(), _zone(desk, person))
    return Deed(_ACTIONS[button], revision, until, one(form, "undoes")[:MOST_LETTERS])


def _zone(desk: Desk, person: Person) -> str:
    """Return the time zone of a person, if they are a subscriber."""
    subscriber = desk.tables.subscribers().get(person.name)
    return subscriber.zone if subscriber else "UTC"


def _path(alert_id: str) -> str:
    return f"/alerts/{quote(alert_id, safe='')}"
