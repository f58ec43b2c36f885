"""The pages of verdicts: how right we are, the weekly sample, and what watches may learn."""

import asyncio
from typing import Annotated, get_args
from urllib.parse import quote

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.api.access.needs import Editor, Reader
from services.api.access.people import Person
from services.api.console.forms import Form, form_of, one, way_back
from services.api.console.frame import Pages
from services.api.desk import Desk
from services.api.parameters import MOST_LETTERS
from services.api.problems import Problem
from services.api.verdicts import Verdicts, verdicts_of
from services.desk.verdicts import Said, keys_for
from services.desk.words import event_name
from services.messages import About, VerdictAnswer, WrongReason
from services.text.happening import capital

Id = Annotated[str, Query(max_length=MOST_LETTERS)]

_ABOUT: dict[str, About] = {name: name for name in get_args(About)}
_ANSWERS: dict[str, VerdictAnswer] = {"right": "right", "wrong": "wrong", "unwanted": "unwanted"}
_REASONS: dict[str, WrongReason] = {name: name for name in get_args(WrongReason)}

_TAKEN = "The watch was saved as suggested."
_GONE = "That is suggested no longer: something was judged since. This is suggested now."


def add_verdicts_pages(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the pages and their forms."""
    verdicts = verdicts_of(app, desk)
    _figures(app, pages, verdicts, desk)
    _forms(app, verdicts)
    _suggestions(app, pages, verdicts)


def _figures(app: FastAPI, pages: Pages, verdicts: Verdicts, desk: Desk) -> None:
    @app.get("/verdicts", include_in_schema=False)
    def figures(request: Request, person: Reader) -> Response:
        week = verdicts.last_week()
        sample, found = verdicts.sample(week), verdicts.figures(person)
        names = {watch.id: watch.name for watch in desk.tables.watches().values()}
        names |= {figure.name: capital(event_name(figure.name)) for figure in found.events}
        return pages.answer(
            request,
            "verdicts.html",
            person,
            figures=found,
            weeks=verdicts.weeks(),
            week=week,
            sample=sample,
            judged={
                asked.claim.claim_id: verdicts.judged(
                    person, "claim", asked.claim.claim_id, asked.claim
                )
                for asked in sample
            },
            n_judged=sum(bool(asked.verdicts) for asked in sample),
            names=names,
            notice=None,
        )


def _forms(app: FastAPI, verdicts: Verdicts) -> None:
    @app.post("/verdicts", include_in_schema=False)
    async def give(request: Request, person: Editor) -> Response:
        form = await form_of(request)
        about, said = _said(person, form)
        id = one(form, "id")
        await asyncio.to_thread(verdicts.give, person, about, id, said)
        return _back(form, f"verdict-{about}-{id}")

    @app.post("/verdicts/undo", include_in_schema=False)
    async def undo(request: Request, person: Editor) -> Response:
        form = await form_of(request)
        undone = await asyncio.to_thread(verdicts.undo, person, one(form, "verdict_id"))
        return _back(form, f"verdict-{undone.about}-{undone.id}")


def _suggestions(app: FastAPI, pages: Pages, verdicts: Verdicts) -> None:
    def page(
        request: Request, person: Person, watch_id: str, name: str, notice: object = None
    ) -> Response:
        watches = verdicts.watches_to_learn(person)
        chosen = next((watch for watch in watches if watch.id == watch_id), None)
        if chosen is None and not watch_id:
            chosen = next(iter(watches), None)
        return pages.answer(
            request,
            "suggestions.html",
            person,
            watches=watches,
            chosen=chosen,
            offered=verdicts.suggestions(person, chosen.id) if chosen else [],
            says=verdicts.rule_says,
            names=verdicts.aliases(person),
            named=name,
            effects=verdicts.effects(person, name) if name else [],
            notice=notice,
        )

    @app.get("/verdicts/suggestions", include_in_schema=False)
    def suggested(  # noqa: PLR0917 - the parameters of a request
        request: Request,
        person: Editor,
        watch: Id = "",
        name: Id = "",
        taken: Id = "",
        gone: Id = "",
    ) -> Response:
        notice = ("done", _TAKEN) if taken else ("note", _GONE) if gone else None
        return page(request, person, watch, name, notice)

    @app.get("/verdicts/aliases.yaml", include_in_schema=False)
    def names(person: Editor) -> Response:
        headers = {"content-disposition": 'attachment; filename="aliases.yaml"'}
        text = verdicts.dictionary(person)
        return Response(text, media_type="application/yaml", headers=headers)

    @app.post("/verdicts/suggestions", include_in_schema=False)
    async def take(request: Request, person: Editor) -> Response:
        form = await form_of(request)
        watch_id, version = one(form, "watch_id"), one(form, "version")
        if not (version.isascii() and version.isdigit() and len(version) < _MOST_DIGITS):
            raise Problem(422, "load the page of suggestions again")
        told = "taken"
        try:
            await asyncio.to_thread(verdicts.take, person, watch_id, one(form, "id"), int(version))
        except Problem as error:
            if error.status_code != 409:
                raise
            told = "gone"
        return RedirectResponse(f"/verdicts/suggestions?watch={quote(watch_id)}&{told}=1", 303)


_MOST_DIGITS = 10
"""Digits of the version of a watch."""


def _said(person: Person, form: Form) -> tuple[About, Said]:
    """Return what a form says. Raises Problem 422 for one that no page of ours has."""
    about, answer = _ABOUT.get(one(form, "about")), _ANSWERS.get(one(form, "answer"))
    if about is None or answer is None:
        raise Problem(422, "say whether it is right or wrong")
    reason = _REASONS.get(one(form, "reason")) if answer == "wrong" else None
    if answer == "wrong" and reason is None:
        raise Problem(422, "say what is wrong")
    keys = keys_for(reason, form.get("key", ())) if reason else ()
    return about, Said(
        answer, person.name, reason, keys, note=one(form, "note"), really=one(form, "really")
    )


def _back(form: Form, place: str) -> Response:
    return RedirectResponse(f"{way_back(form, '/verdicts')}#{quote(place)}", 303)
