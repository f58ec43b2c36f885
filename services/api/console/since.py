"""The page of the hand-over: what has changed since a shift."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.api.access.needs import Reader
from services.api.console.forms import form_of, one, way_back
from services.api.console.frame import Pages
from services.api.desk import Desk
from services.api.inbox import inbox_of
from services.api.since import begin_of, handover_of
from services.api.times import read_time

CHOICES: dict[str, timedelta] = {
    "the last hour": timedelta(hours=1),
    "8 hours": timedelta(hours=8),
    "a day": timedelta(days=1),
    "a week": timedelta(days=7),
}
"""Spans of time that one click chooses."""

Hours = Annotated[int | None, Query(ge=1, le=720, description="hours back from now")]


def add_since(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the page and the form that begins a shift."""
    inbox = inbox_of(app, desk)

    @app.get("/since", include_in_schema=False)
    def since(request: Request, person: Reader, hours: Hours = None) -> Response:
        now = desk.now()
        asked: datetime | None = now - timedelta(hours=hours) if hours else None
        begin = begin_of(inbox, person, asked, now)
        return pages.answer(
            request,
            "since.html",
            person,
            found=handover_of(desk, inbox, person, begin),
            hours=hours,
            choices={int(span.total_seconds() // 3600): name for name, span in CHOICES.items()},
            mark=inbox.mark(person, "shift"),
        )

    @app.post("/since", include_in_schema=False)
    async def read(request: Request, person: Reader) -> Response:
        form = await form_of(request)
        at = read_time(one(form, "at"))
        await asyncio.to_thread(inbox.set_mark, person, "shift", at)
        return RedirectResponse(way_back(form, "/since"), 303)
