"""The page of a claim: what it says, why, who says what, how it came about, and judgements."""

import asyncio
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from services.api.access.needs import Editor, Reader
from services.api.access.people import Person
from services.api.claims import Claims, claim_path
from services.api.console.forms import Form, form_of, one
from services.api.console.frame import Pages
from services.api.desk import Desk
from services.api.parameters import MOST_LETTERS
from services.api.problems import Problem
from services.api.verdicts import verdicts_of
from services.desk.judging import MOST_LETTERS as MOST_OF_REASON
from services.desk.judging import Wanted
from services.errors import ConfigError
from services.messages import Claim, JudgementKind
from services.text.happening import capital

Id = Annotated[str, Query(max_length=MOST_LETTERS)]

_KINDS: dict[str, JudgementKind] = {
    "split": "split",
    "merge": "merge",
    "dismiss": "dismiss",
    "note": "note",
    "undo": "undo",
}

_DONE: dict[JudgementKind, str] = {
    "split": "The articles were split off.",
    "merge": "The claims were merged.",
    "dismiss": "The claim was dismissed. Its readers are told.",
    "note": "Your note is kept.",
    "undo": "The judgement was taken back.",
}
"""What a page says once a judgement shows."""

_SENT = "Your judgement is on its way. Load the page again in a moment to see what it changed."


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form held that was refused, so that nobody writes it twice."""

    do: str = ""
    why: str = ""
    articles: tuple[str, ...] = ()


def add_claim(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the page and its forms."""
    claims, verdicts = Claims(desk), verdicts_of(app, desk)
    app.router.on_startup.append(claims.warm)

    def page(
        request: Request,
        person: Person,
        claim: Claim,
        notice: tuple[str, str] | None,
        filled: Filled | None = None,
    ) -> Response:
        may_judge, found = person.may("editor"), claims.map(claim)
        return pages.answer(
            request,
            "claim.html",
            person,
            status=422 if filled else 200,
            claim=claims.view(claim),
            undone=claims.undone(claim),
            map=found,
            # Drawn by us: names of places in it are escaped (services/desk/map.py).
            drawing=Markup(found.svg) if found else "",
            alerts=claims.alerts(claim, person),
            near=claims.near(claim) if may_judge else [],
            may_judge=may_judge,
            judged=verdicts.judged(person, "claim", claim.claim_id, claim),
            most_of_reason=MOST_OF_REASON,
            notice=notice,
            filled=filled or Filled(),
        )

    @app.get("/claims/{claim_id}", include_in_schema=False)
    def show(  # noqa: PLR0917 - the parameters of a request
        request: Request,
        person: Reader,
        claim_id: str,
        merged: Id = "",
        done: Id = "",
        sent: Id = "",
    ) -> Response:
        claim = claims.get(claim_id)
        holder = claims.holder(claim)
        if holder.claim_id != claim.claim_id:
            return RedirectResponse(claim_path(holder.claim_id, merged=claim.claim_id), 303)
        return page(request, person, claim, _notice(merged, done, sent))

    @app.post("/claims/{claim_id}", include_in_schema=False)
    async def judge(request: Request, person: Editor, claim_id: str) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(decide, request, person, claim_id, form)

    def decide(request: Request, person: Person, claim_id: str, form: Form) -> Response:
        try:
            wanted = _wanted(claims, person, form)
            made, is_shown = claims.judge(claim_id, wanted, one(form, "undoes"))
        except ConfigError as error:
            filled = Filled(one(form, "do"), one(form, "why"), tuple(form.get("article", ())))
            notice = ("problem", f"{capital(str(error))}.")
            return page(request, person, claims.get(claim_id), notice, filled)
        told = {"done" if is_shown else "sent": made.kind}
        return RedirectResponse(claim_path(claim_id, **told), 303)


def _notice(merged: str, done: str, sent: str) -> tuple[str, str] | None:
    """Return what a page says of how one came to it. Only words of ours are shown."""
    if merged:
        return "note", "The claim that you asked for was merged into this one."
    if done in _KINDS:
        return "done", _DONE[_KINDS[done]]
    return ("note", _SENT) if sent in _KINDS else None


def _wanted(claims: Claims, person: Person, form: Form) -> Wanted:
    """Return the judgement that a form asks for. Raises Problem."""
    kind = _KINDS.get(one(form, "do"))
    if kind is None:
        raise Problem(422, "choose what to do")
    other = _claim_id(one(form, "other")) if kind == "merge" else ""
    try:
        found = claims.get(other) if other else None
    except Problem as error:
        raise ConfigError(str(error.detail)) from error
    return Wanted(
        kind=kind,
        by=person.name,
        why=one(form, "why"),
        articles=tuple(dict.fromkeys(form.get("article", ()))) if kind == "split" else (),
        other=found,
    )


def _claim_id(given: str) -> str:
    """Return the id of a claim that somebody gave as it is, or as the address of its page."""
    try:
        path = urlsplit(given).path
    except ValueError:
        return given
    return path.rstrip("/").rpartition("/")[2]
