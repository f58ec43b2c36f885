"""The routes behind the links of messages: GET shows a page, POST acts.

Scanners of mail follow every link, so no GET changes anything. A link is its own permission: no
cookie, no session, and so nothing that another site could use in a reader's name. Without scripts.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes
from math import ceil
from typing import get_args
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import structlog
from fastapi import FastAPI
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from services.api.bodies import read_up_to
from services.api.link_pages import STYLE, Deed, Shown, page
from services.api.ordering import HOUR, Action, order, send, tomorrow
from services.api.repeats import Repeats, TooOften
from services.api.sender import Sender
from services.errors import TransientError
from services.messages import OptOut, encode
from services.ports import Broker, JsonObject, Outgoing, SearchIndex
from services.text.links import LINKS, Grant, LinkAct, granted, opt_out_key

PATH = LINKS + "/{act}/{token}"

MOST_BODY_BYTES = 8_192
"""Bytes of a request: one field, and the boundaries that a mail service puts around it."""

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""The field that a mail service sends when its reader presses Unsubscribe (RFC 8058, 3.2)."""

_ACTS: frozenset[str] = frozenset(get_args(LinkAct))
_OF_ALERT: dict[str, tuple[Deed, ...]] = {
    "view": ("acknowledge", "snooze-1h", "snooze-tomorrow"),
    "acknowledge": ("acknowledge", "snooze-1h", "snooze-tomorrow"),
    "snooze": ("snooze-1h", "snooze-tomorrow", "acknowledge"),
}
_UNDO: dict[Deed, Deed] = {
    "acknowledge": "reopen",
    "reopen": "acknowledge",
    "snooze-1h": "resume",
    "snooze-tomorrow": "resume",
    "resume": "snooze-1h",
    "unsubscribe": "subscribe",
    "subscribe": "unsubscribe",
}

_log = structlog.get_logger()


class LinkRoutes:
    """`secret`: what signs the links. `now`: news time. `name`: the host name of the links."""

    def __init__(
        self,
        broker: Broker,
        search: SearchIndex,
        secret: str,
        now: Callable[[], datetime],
        name: str = "",
    ) -> None:
        self.name = name
        self._sender = Sender(broker)
        self._repeats = Repeats()
        self._search = search
        self._secret = secret
        self._now = now

    def add_to(self, app: FastAPI) -> None:
        app.add_route(f"{LINKS}/style.css", _style, methods=["GET"], include_in_schema=False)
        app.add_route(PATH, self.show, methods=["GET"], include_in_schema=False)
        app.add_route(PATH, self.act, methods=["POST"], include_in_schema=False)

    async def show(self, request: Request) -> Response:
        """Show what a link is about, with its buttons. Changes nothing."""
        grant = self._grant(request)
        if isinstance(grant, Response):
            return grant
        if grant.may == "unsubscribe":
            return _page(Shown(f"Stop {_messages(grant)}?", deeds=("unsubscribe",)))
        alert = await asyncio.to_thread(self._alert, grant.alert_id)
        deeds = _OF_ALERT[request.path_params["act"]]
        title = str((alert or {}).get("watch_name") or f"An alert of {grant.watch_id}")
        missing = () if alert else ("Its text can't be shown now. The buttons work.",)
        return _page(Shown(title, missing, deeds, alert))

    async def act(self, request: Request) -> Response:
        """Do what a button says, or the one-click unsubscribe of a mail service."""
        grant = self._grant(request)
        if isinstance(grant, Response):
            return grant
        body = await read_up_to(request, MOST_BODY_BYTES)
        fields = _fields(request.headers.get("content-type", ""), body) if body is not None else {}
        deed = _deed(grant, fields)
        if deed is None:
            return _page(Shown("Nothing was done", ("This page has no such button.",)), 400)
        try:
            done = await asyncio.to_thread(self._once, grant, deed)
        except TooOften as error:
            return _too_often(error.until, self._now(), grant.zone)
        return _page(Shown(done, deeds=(_UNDO[deed],), is_done=True))

    def _grant(self, request: Request) -> Grant | Response:
        """Return what the link grants, or the page that says why nothing."""
        act, given = request.path_params["act"], request.path_params["token"]
        grant = granted(self._secret, given) if act in _ACTS else None
        if grant is None or (grant.may == "unsubscribe") != (act == "unsubscribe"):
            what = ("It may have been cut where a line ended.",)
            return _page(Shown("This is no link of ours", what), 404)
        if grant.is_over(self._now()):
            return _page(Shown("This link has expired", ("Use that of a newer message.",)), 410)
        return grant

    def _alert(self, id: str) -> JsonObject | None:
        try:
            return self._search.get("alerts", id)
        except TransientError:
            return None

    def _once(self, grant: Grant, deed: Deed) -> str:
        """Send the command, unless it repeats the last one. Return what was done, in one sentence.

        Whoever has a link may send its form as often as he likes, and notifiers read every command.
        Raises TooOften.
        """
        now = self._now()
        whose = grant.recipient if grant.may == "unsubscribe" else ""
        about = (grant.watch_id, grant.alert_id, whose)
        return self._repeats.once(about, grant, deed, now, lambda: self._do(grant, deed, now))

    def _do(self, grant: Grant, deed: Deed, now: datetime) -> str:
        if deed == "unsubscribe":
            self._opt(grant, OptOut(watch_id=grant.watch_id, recipient=grant.recipient, at=now))
            return f"You will get no more {_messages(grant)}"
        if deed == "subscribe":
            self._opt(grant, None)
            return f"You will get {_messages(grant)} again"
        if deed in ("acknowledge", "reopen"):
            self._command(grant, deed, now)
            return (
                "Acknowledged: nobody else will be told until the status changes"
                if deed == "acknowledge"
                else "The alert is open again"
            )
        if deed == "resume":
            self._command(grant, deed, now)
            return "The snooze has ended"
        until = now + HOUR if deed == "snooze-1h" else tomorrow(now, grant.zone)
        self._command(grant, "snooze", now, until)
        return f"Snoozed until {until.astimezone(ZoneInfo(grant.zone)):%A %H:%M} ({grant.zone})"

    def _opt(self, grant: Grant, row: OptOut | None) -> None:
        _log.info("a reader has opted", watch_id=grant.watch_id, recipient=grant.recipient,
                  is_out=row is not None)  # fmt: skip
        key = opt_out_key(grant.watch_id, grant.recipient)
        value = encode(row) if row else None
        self._sender.send(Outgoing("opt-outs", key, value, partition_key=grant.recipient))

    def _command(
        self, grant: Grant, action: Action, now: datetime, until: datetime | None = None
    ) -> None:
        """An acknowledgement is everybody's; a snooze is that of the one who asks for it."""
        is_own = action in ("snooze", "resume")
        command = order(action, grant.watch_id, grant.alert_id, grant.owner, now)
        send(
            self._sender,
            replace(
                command,
                recipient=grant.owner if is_own else "",
                revision=grant.revision if action == "acknowledge" else 0,
                until=until,
            ),
        )


def _messages(grant: Grant) -> str:
    """Return what a recipient gets, in words."""
    where = grant.recipient.partition(":")[0]
    what = f"messages from the watch {grant.watch_id}" if grant.watch_id else "daily messages"
    return f"{what} by {where}"


def _deed(grant: Grant, fields: dict[str, str]) -> Deed | None:
    """Return what a form asks for, if the link allows it."""
    name, value = ONE_CLICK
    if grant.may == "unsubscribe":
        if fields.get(name) == value:
            return "unsubscribe"
        own: tuple[Deed, ...] = ("unsubscribe", "subscribe")
    else:
        own = ("acknowledge", "reopen", "snooze-1h", "snooze-tomorrow", "resume")
    return next((deed for deed in own if deed == fields.get("do")), None)


def _fields(content_type: str, body: bytes) -> dict[str, str]:
    """Return the fields of a form: `multipart/form-data`, or else urlencoded (RFC 8058, 3.2)."""
    if not content_type.lower().startswith("multipart/form-data"):
        return dict(parse_qsl(body.decode("utf-8", "replace")))
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    whole = message_from_bytes(head + body)
    parts = whole.get_payload() if whole.is_multipart() else []
    return {
        str(part.get_param("name", header="content-disposition")): str(part.get_payload()).strip()
        for part in parts
        if not isinstance(part, str)
    }


def _page(shown: Shown, status: int = 200) -> Response:
    return HTMLResponse(page(shown), status_code=status)


def _too_often(until: datetime, now: datetime, zone: str) -> Response:
    at = f"{until.astimezone(ZoneInfo(zone)):%H:%M} ({zone})"
    lines = (
        f"What you did before holds. This link works again at {at}.",
        "The link of another message works now.",
    )
    answer = _page(Shown("This link was used too often, so nothing was done", lines), 429)
    answer.headers["retry-after"] = str(ceil((until - now).total_seconds()))
    return answer


async def _style(_request: Request) -> Response:
    return PlainTextResponse(STYLE, media_type="text/css")
