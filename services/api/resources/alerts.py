"""Orders about alerts, why an alert is there, and how far a person has read."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from fastapi import FastAPI, Path, Request

from services.api.access.needs import Editor, Reader
from services.api.bodies import json_of
from services.api.description import answers, takes
from services.api.desk import Desk
from services.api.inbox import Deed, Inbox, inbox_of
from services.api.ordering import Action, tomorrow
from services.api.parameters import MOST_LETTERS
from services.api.problems import Problem
from services.api.reasons import why_of
from services.api.times import told_time
from services.desk.inbox import AlertView
from services.messages import MarkOf
from services.ports import JsonObject
from services.text.times import parse_length

AlertId = Annotated[str, Path(max_length=MOST_LETTERS, description="the id of an alert")]

TOMORROW = "tomorrow"
"""The length of a snooze until the next morning, by the clocks of the person."""

_STANDING: JsonObject = {
    "alert_id": "4f1c9a",
    "state": "acknowledged",
    "by": "amira",
    "at": "2031-05-02T12:05:00Z",
    "until": None,
    "order": "8f0d…",
    "undoes": "8f0d…",
    "changed": [],
}
_WHY: JsonObject = {
    "alert_id": "4f1c9a",
    "watch_id": "leadership",
    "watch_name": "Leaders",
    "query": "halvane",
    "words": [
        {
            "article_id": "a1",
            "title": "Halvane killed",
            "outlet": "Meris Daily",
            "text": "Halvane killed",
            "marks": [[0, 7]],
        }
    ],
    "claim_id": "c1",
    "parts": [{"asks": "the event is deaths", "has": "deaths", "is_met": True}],
    "incident": None,
    "held": [],
    "notes": [],
}
_MARK = {"of": "alerts", "at": "2031-05-02T12:00:00Z"}


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`revision`: the last one that was seen; 0: all that there are."""

    revision: int = 0


class Nap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a snooze ends: `until`, or after a length such as "1h", or "tomorrow"."""

    until: datetime | None = None
    length: str = msgspec.field(name="for", default="")


class Back(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`undoes`: the order to take back, and no other; "": whatever is in force."""

    undoes: str = ""


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """There is nothing to say."""


class NewMark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a list was read."""

    of: Literal["alerts", "shift"]
    at: datetime


def add_alert_orders(app: FastAPI, desk: Desk) -> None:
    """Add the routes."""
    inbox = inbox_of(app, desk)

    def order(path: Action, kind: type[msgspec.Struct], example: JsonObject, about: str) -> None:
        @app.post(
            f"/v1/alerts/{{alert_id}}/{path}",
            tags=["alerts"],
            name=path,
            description=about,
            responses=answers(_STANDING, 200, 404, 409),
            openapi_extra=takes(kind, example),
        )
        async def act(request: Request, person: Editor, alert_id: AlertId) -> JsonObject:
            given = await json_of(request, kind)
            deed = _deed(path, given, desk, person.name)
            return shown(await asyncio.to_thread(inbox.act, person, alert_id, deed))

    order("acknowledge", Seen, {"revision": 3}, "Say that it was seen: done until it changes.")
    order("reopen", Back, {"undoes": "8f0d…"}, "Take an acknowledgement back.")
    order("snooze", Nap, {"for": "1h"}, "Put it off until a time, for who asks alone.")
    order("mute", Nothing, {}, "Put it off until its status changes, for who asks alone.")
    order("resume", Back, {"undoes": "8f0d…"}, "End one's own snooze and mute.")
    _reading(app, desk, inbox)


def _reading(app: FastAPI, desk: Desk, inbox: Inbox) -> None:
    @app.get(
        "/v1/alerts/{alert_id}/standing", tags=["alerts"], responses=answers(_STANDING, 200, 404)
    )
    def stands(person: Reader, alert_id: AlertId) -> JsonObject:
        """Say how an alert stands with who asks, and what changed since it was acknowledged."""
        return shown(inbox.one(person, alert_id))

    @app.get("/v1/alerts/{alert_id}/why", tags=["alerts"], responses=answers(_WHY, 200, 404))
    def why(person: Reader, alert_id: AlertId) -> JsonObject:
        """Say why there is an alert: its words, its condition, its incident, what was held back."""
        found: JsonObject = msgspec.to_builtins(why_of(desk, inbox.alert(person, alert_id)))
        return found

    @app.get("/v1/marks", tags=["alerts"], responses=answers({"items": [_MARK]}))
    def marks(person: Reader) -> JsonObject:
        """Say how far who asks has read each list."""
        lists: tuple[MarkOf, ...] = ("alerts", "shift")
        found = [mark for of in lists if (mark := inbox.mark(person, of)) is not None]
        return {"items": [{"of": mark.of, "at": mark.at} for mark in found]}

    @app.post(
        "/v1/marks",
        tags=["alerts"],
        responses=answers(_MARK),
        openapi_extra=takes(NewMark, _MARK),
    )
    async def mark(request: Request, person: Reader) -> JsonObject:
        """Say how far a list was read. It holds for who asks alone."""
        given = await json_of(request, NewMark)
        at = told_time(given.at)
        await asyncio.to_thread(inbox.set_mark, person, given.of, at)
        return {"of": given.of, "at": at}


def _deed(action: Action, given: Any, desk: Desk, person: str) -> Deed:
    if isinstance(given, Seen):
        return Deed(action, revision=given.revision)
    if isinstance(given, Back):
        return Deed(action, undoes=given.undoes)
    if isinstance(given, Nap):
        return Deed(action, until=_end(given, desk, person))
    return Deed(action)


def _end(nap: Nap, desk: Desk, person: str) -> datetime:
    """Return when a snooze ends. Raises Problem 422."""
    if (nap.until is None) == (not nap.length):
        raise Problem(422, "give until or for, and not both")
    if nap.until is not None:
        return told_time(nap.until)
    if nap.length == TOMORROW:
        subscriber = desk.tables.subscribers().get(person)
        return tomorrow(desk.now(), subscriber.zone if subscriber else "UTC")
    try:
        return desk.now() + min(parse_length(nap.length), _LONGEST)
    except ValueError as error:
        raise Problem(422, f"for: {error}") from error


_LONGEST = timedelta(days=366)
"""Longer than any snooze may be: what is refused for its length need not be added up."""


def shown(view: AlertView) -> JsonObject:
    """Return how an alert stands, as the API tells it."""
    command = view.standing.command
    return {
        "alert_id": view.alert_id,
        "state": view.standing.state,
        "by": view.by,
        "at": command.at if command else None,
        "until": view.standing.until,
        "order": command.command_id if command else "",
        "undoes": view.undoes,
        "changed": [step.number for step in reversed(view.unseen)],
    }
