"""The route of the live stream."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import FastAPI, Header, Query
from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from services.api.access.needs import Reader
from services.api.access.people import LOCAL_PERSON, Person
from services.api.access.visible import sees
from services.api.desk import Desk
from services.api.problems import problem
from services.api.stream.hub import Asked
from services.api.stream.live import Live
from services.api.stream.position import MOST_ID_CHARS
from services.api.stream.updates import Update

SEND_SECONDS = 60.0
"""Seconds after which a listener that takes nothing is disconnected."""

AGAIN_SECONDS = 30
"""Seconds that a listener without a place is asked to wait."""

LastId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        max_length=MOST_ID_CHARS,
        description="the id of the last event: browsers send it when they come back",
    ),
]
After = Annotated[
    str,
    Query(
        max_length=MOST_ID_CHARS,
        description="the same, for programs that can't set a header; the header counts if both are",
    ),
]
Since = Annotated[
    datetime | None,
    Query(description="events from this time on, too, as far back as the stream remembers"),
]
OnlyKind = Annotated[
    Literal["alert", "claim"] | None, Query(description="only events of this name")
]


class _Listening(EventSourceResponse):
    """A stream that holds a listener's place while it is sent; 503 if there is none."""

    def __init__(self, live: Live, name: str, asked: Asked) -> None:
        # The hub sends heartbeats: they are comments between whole events.
        super().__init__(live.hub.listen(asked), ping=0, send_timeout=SEND_SECONDS)
        self._seats, self._name = live.seats, name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if refusal := self._seats.enter(self._name):
            headers = {"retry-after": str(AGAIN_SECONDS)}
            answer = problem(503, refusal, headers=headers)
            await answer(scope, receive, send)
            return
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            pass  # the listener is gone
        finally:
            self._seats.leave(self._name)


def add_stream(app: FastAPI, live: Live, desk: Desk) -> None:
    """Add `/v1/live`."""

    @app.get("/v1/live", response_class=EventSourceResponse)
    async def listen(
        person: Reader,
        last_id: LastId = None,
        after: After = "",
        since: Since = None,
        kind: OnlyKind = None,
    ) -> EventSourceResponse:
        """Send what changes from now on, as server-sent events named `alert` and `claim`.

        An event has an id, a status, one sentence, and a time; the whole is at `/v1/alerts/{id}` or
        `/v1/claims/{id}`. With the id of the last event the stream goes on behind it, whichever
        process serves it. Who fell behind gets an event `lost`: how many, since when, and where to
        fetch them.
        """
        asked = Asked(
            last_id=last_id or after,
            since=_aware(since),
            sees=lambda update: kind in (None, update.kind) and may_see(desk, person, update),
            may_stay=lambda: may_stay(desk, person),
        )
        return _Listening(live, "" if person is LOCAL_PERSON else person.name, asked)


def may_stay(desk: Desk, person: Person) -> bool:
    """Return True while the token of a person holds: streams outlive the request for them."""
    if person is LOCAL_PERSON:
        return True
    token = desk.tables.tokens().get(person.token_id)
    return token is not None and (token.expires_at is None or datetime.now(UTC) < token.expires_at)


def may_see(desk: Desk, person: Person, update: Update) -> bool:
    """Return True if an event is for a person: a claim always, an alert if they see its watch."""
    id = update.watch_id
    return id is None or sees(person, desk.tables.watches(), id)


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
