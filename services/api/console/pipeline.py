"""The page Pipeline: how far the stages are, how long the way takes, where articles went."""

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.api.access.needs import Operator, Reader
from services.api.console.forms import form_of, one
from services.api.console.frame import Pages
from services.api.desk import Desk
from services.api.pipeline.letters import Letters
from services.api.pipeline.sums import Sums
from services.api.problems import Problem
from services.api.resources.pipeline import Days
from services.api.verdicts import verdicts_of
from services.desk.pipeline.levels import right_level
from services.desk.pipeline.redrive import Letter
from services.desk.pipeline.stages import WAYS
from services.errors import TransientError
from services.messages.topics import letter_topics

SPANS = {1: "24 hours", 7: "7 days", 30: "30 days", 0: "all"}
"""Days to what they are called."""

MOST_SHOWN = 50
"""Dead letters that the page lists; their groups count all."""


def add_pipeline(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the page and its form."""
    sums = Sums.of(app, desk)
    verdicts = verdicts_of(app, desk)
    letters = Letters(desk.broker, desk.sender)

    @app.get("/pipeline", include_in_schema=False)
    def pipeline(
        request: Request,
        person: Reader,
        days: Days = 1,
        sent: Annotated[int | None, Query(ge=0)] = None,
    ) -> Response:
        figures, shown = verdicts.figures(person), sums.get(days)
        found, problem = _letters(letters) if person.may("operator") else ([], "")
        return pages.answer(
            request,
            "pipeline.html",
            person,
            panels=[*WAYS],
            sums=shown,
            levels=[*shown.levels, right_level(figures.all)],
            spans=SPANS,
            groups=grouped(found),
            letters=found[:MOST_SHOWN],
            problem=problem,
            sent=sent,
            figures=figures,
        )

    @app.post("/pipeline/redrive", include_in_schema=False)
    async def redrive(request: Request, person: Operator) -> Response:
        form = await form_of(request)
        topic, offset = one(form, "topic"), one(form, "offset")
        if topic not in letter_topics():
            raise Problem(422, "There are no such dead letters.")
        number = int(offset) if offset.isdecimal() and len(offset) < 19 else None
        n = await asyncio.to_thread(
            letters.redrive, topic, one(form, "reason"), person.name, number
        )
        return RedirectResponse(f"/pipeline?sent={n}#letters", 303)


def grouped(found: list[Letter]) -> list[dict[str, Any]]:
    """Return dead letters by topic and reason, those with the most that wait first."""
    groups: dict[tuple[str, str], list[Letter]] = {}
    for letter in found:
        groups.setdefault((letter.topic, letter.reason), []).append(letter)
    rows = [
        {
            "topic": topic,
            "reason": reason,
            "says": of_it[0].says,
            "helps": of_it[0].helps,
            "n": len(of_it),
            "n_waiting": sum(letter.waits for letter in of_it),
            "last_at": max(letter.at for letter in of_it),
        }
        for (topic, reason), of_it in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row["n_waiting"], row["topic"], row["reason"]))


def _letters(letters: Letters) -> tuple[list[Letter], str]:
    """Return the dead letters, and why they can't be read."""
    try:
        return letters.newest(), ""
    except TransientError as error:
        return [], str(error)
