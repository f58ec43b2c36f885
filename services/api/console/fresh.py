"""How fresh a panel is, as a part of a page that is asked for again and again."""

from typing import cast

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from services.api.access.needs import Reader
from services.api.console.frame import Pages
from services.api.desk import Desk
from services.api.pipeline.pulse import Pulse
from services.api.problems import Problem
from services.desk.pipeline.stages import Panel


def add_fresh(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the part."""
    pulse = Pulse.of(app, desk)

    @app.get("/freshness/{panel}", include_in_schema=False)
    def fresh(request: Request, person: Reader, panel: str) -> HTMLResponse:
        found = pulse.panels().get(cast("Panel", panel))
        if found is None:
            raise Problem(404, "there is no such panel")
        return pages.answer(request, "fresh.html", person, fresh=found)
