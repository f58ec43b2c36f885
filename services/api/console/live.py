"""The page Live: claims by their newest change."""

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from services.api.console.frame import ANYONE, Pages, Reading


def add_live(app: FastAPI, _desk: Reading, pages: Pages) -> None:
    """Add the page, which is the first that one sees."""

    @app.get("/", include_in_schema=False)
    def live(request: Request) -> HTMLResponse:
        return pages.answer(request, "live.html", ANYONE)
