"""The pages of watches: the list, and the form with its live check and its preview."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.api.access.needs import Editor, Reader
from services.api.access.people import Person
from services.api.console.editor import (
    UNREAD,
    called,
    choices,
    preview_of,
    read_form,
    shown_fields,
    theirs_of,
)
from services.api.console.forms import Form, form_of, is_part, one
from services.api.console.frame import Pages
from services.api.desk import Desk
from services.api.figures import figures_of
from services.api.parameters import MOST_LETTERS
from services.api.problems import Problem
from services.api.trial import Trials, trials_of
from services.api.verdicts import Verdicts, verdicts_of
from services.api.watching import Watching, watching_of
from services.desk import asking
from services.desk.watch_form import Fields, begun_fields, empty_fields
from services.desk.watch_rows import Figures, row
from services.messages import Watch
from services.ports import JsonObject
from services.watching.checking import ARTICLES_A_DAY, SET_BY_US

Text = Annotated[str, Query(max_length=4 * MOST_LETTERS)]
Short = Annotated[str, Query(max_length=32)]

MOST_LISTED = 500
"""Watches that the list shows, by name."""


def add_watches(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the list and the form."""
    page = _Page(desk, watching_of(app, desk), pages, verdicts_of(app, desk))
    app.router.on_startup.append(page.watching.warm)

    @app.get("/watches", include_in_schema=False)
    def watches(request: Request, person: Reader) -> Response:
        return page.listed(request, person)

    @app.get("/watches/new", include_in_schema=False)
    def new(  # noqa: PLR0913, PLR0917 - the fields of a search that it begins with
        request: Request,
        person: Editor,
        q: Text = "",
        kind: Annotated[str, Query(alias="in", max_length=32)] = "",
        event: Text = "",
        actor: Text = "",
        patient: Text = "",
        agent: Text = "",
        place: Text = "",
        level: Short = "",
        independent: Short = "",
        killed: Short = "",
        confidence: Short = "",
    ) -> Response:
        given = {
            "q": q, "event": event, "actor": actor, "patient": patient, "agent": agent,
            "place": place, "level": level, "independent": independent, "killed": killed,
            "confidence": confidence,
        }  # fmt: skip
        asked, owner = asking.form_of(kind, given), person.name if person.groups else ""
        if not asked.given:
            return page.form(request, person, empty_fields(owner))
        watch = asking.watch_of(asked)
        begun = begun_fields(watch, owner, called(page.watching, watch))
        return page.form(request, person, begun)

    @app.post("/watches", include_in_schema=False)
    async def add(request: Request, person: Editor) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(page.save, request, person, form, None)

    @app.post("/watches/check", include_in_schema=False)
    async def check(request: Request, person: Reader) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(page.checked, request, person, form)

    @app.post("/watches/preview", include_in_schema=False)
    async def preview(request: Request, person: Editor) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(page.preview, request, person, form)

    @app.post("/watches/restore", include_in_schema=False)
    async def restore(request: Request, person: Editor) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(page.restore, person, form)

    _of_one(app, page)
    _trial(app, page, trials_of(app, desk))


def _of_one(app: FastAPI, page: "_Page") -> None:
    @app.get("/watches/{watch_id}", include_in_schema=False)
    def watch(request: Request, person: Reader, watch_id: str, saved: int = 0) -> Response:
        found = page.watching.get(person, watch_id)
        notice = ("done", "Saved. It is in force from now on.") if saved else None
        return page.form(request, person, shown_fields(page.watching, found), found, notice=notice)

    @app.post("/watches/{watch_id}", include_in_schema=False)
    async def save(request: Request, person: Editor, watch_id: str) -> Response:
        form = await form_of(request)
        before = page.watching.get(person, watch_id)
        return await asyncio.to_thread(page.save, request, person, form, before)

    @app.post("/watches/{watch_id}/compare", include_in_schema=False)
    async def compare(request: Request, person: Editor, watch_id: str) -> Response:
        form = await form_of(request)
        before = page.watching.get(person, watch_id)
        return await asyncio.to_thread(page.compare, request, person, form, before)

    @app.post("/watches/{watch_id}/delete", include_in_schema=False)
    async def delete(request: Request, person: Editor, watch_id: str) -> Response:
        form = await form_of(request)
        version = _version(form)
        if version is None:
            raise Problem(422, "the form has no version")
        gone = await asyncio.to_thread(page.watching.remove, person, watch_id, version)
        return await asyncio.to_thread(page.listed, request, person, gone)


def _trial(app: FastAPI, page: "_Page", trials: Trials) -> None:
    @app.post("/watches/{watch_id}/test-delivery", include_in_schema=False)
    async def test_delivery(request: Request, person: Editor, watch_id: str) -> Response:
        watch = page.watching.get(person, watch_id)
        try:
            sent, problem = await trials.send(watch), ""
        except Problem as error:
            sent, problem = [], str(error.detail)
        return await asyncio.to_thread(page.tried, request, person, watch, sent, problem)


class _Page:
    """Answers the requests about watches. Its methods block."""

    def __init__(self, desk: Desk, watching: Watching, pages: Pages, verdicts: Verdicts) -> None:
        self._desk, self.watching, self._pages = desk, watching, pages
        self._verdicts = verdicts

    def listed(self, request: Request, person: Person, gone: Watch | None = None) -> Response:
        """Return the list. `gone`: what was just removed, and can be saved again."""
        found = self._desk.tables.watches().values()
        seen = sorted(
            (watch for watch in found if person.owns(watch.owner)),
            key=lambda watch: (not watch.enabled, watch.name.casefold(), watch.id),
        )[:MOST_LISTED]
        figures = figures_of(self._desk, [watch.id for watch in seen]) if seen else {}
        names = self.watching.names.name_of if seen else str
        judged = {each.name: each for each in self._verdicts.figures(person).watches}
        rows = [
            row(
                watch,
                figures.get(watch.id, Figures()),
                person.name,
                expected=self.watching.expected(watch),
                judged=judged.get(watch.id),
                name_of=names,
            )
            for watch in seen
        ]
        removed = {"name": gone.name, "row": _written(gone)} if gone else None
        return self._pages.answer(
            request, "watches.html", person, rows=rows, removed=removed, n_articles=ARTICLES_A_DAY
        )

    def form(
        self,
        request: Request,
        person: Person,
        form: Fields,
        watch: Watch | None = None,
        *,
        status: int = 200,
        **more: Any,
    ) -> Response:
        """Return the page of a form. `watch`: what is saved; None: it is new."""
        is_empty = watch is None and not any(form.get("query", ())) and not more
        checked = UNREAD if is_empty else more.pop("checked", None)
        values: Mapping[str, Any] = {
            "id": watch.id if watch else "",
            "form": {"name": [""], "version": [""]} | {name: [*v] for name, v in form.items()},
            "checked": checked or read_form(self.watching, form, watch),
            "n_articles": ARTICLES_A_DAY,
            "notice": None,
            "theirs": None,
            "preview": None,
            "compared": None,
            "tried": None,
        }
        values = {**values, **choices(person, form), **more}
        return self._pages.answer(request, "watch.html", person, status=status, **values)

    def checked(self, request: Request, person: Person, form: Form) -> Response:
        """Return what is to be said of a form, for the place beside it."""
        before = self._before(person, form)
        return self._pages.answer(
            request,
            "_checked.html",
            person,
            checked=read_form(self.watching, form, before),
            n_articles=ARTICLES_A_DAY,
            part=True,
        )

    def preview(self, request: Request, person: Person, form: Form) -> Response:
        """Return what a form would have found."""
        before = self._before(person, form)
        read_ = read_form(self.watching, form, before)
        shown = preview_of(self.watching, read_)
        if is_part(request):
            return self._pages.answer(
                request, "_preview.html", person, preview=shown, compared=None
            )
        return self.form(request, person, form, before, checked=read_, preview=shown)

    def tried(
        self,
        request: Request,
        person: Person,
        watch: Watch,
        sent: Sequence[JsonObject],
        problem: str,
    ) -> Response:
        """Return what became of a test message on each channel."""
        values = {"sent": sent, "problem": problem}
        if is_part(request):
            return self._pages.answer(request, "_tried.html", person, tried=values)
        return self.form(request, person, shown_fields(self.watching, watch), watch, tried=values)

    def compare(self, request: Request, person: Person, form: Form, before: Watch) -> Response:
        """Return how a form differs from what is saved, in what both would have found."""
        read_ = read_form(self.watching, form, before)
        problem, found = "", None
        if read_.watch is None:
            problem = "Mend the form first: then it can be compared."
        else:
            try:
                found = self.watching.compare(before, read_.watch)
            except Problem as error:
                problem = str(error.detail)
        compared = {"problem": problem, "found": found}
        if is_part(request):
            return self._pages.answer(
                request, "_preview.html", person, preview=None, compared=compared
            )
        return self.form(request, person, form, before, checked=read_, compared=compared)

    def save(self, request: Request, person: Person, form: Form, before: Watch | None) -> Response:
        """Save a form, or show it again with what is wrong in it."""
        read_ = read_form(self.watching, form, before)
        if read_.watch is None:
            problem = ("problem", "Nothing was saved: something below is to be mended.")
            return self.form(
                request, person, form, before, status=422, checked=read_, notice=problem
            )
        version = _version(form) if before else None
        if before and version is None:
            raise Problem(422, "the form has no version")
        try:
            saved = self.watching.save(person, read_.watch, version)
        except Problem as error:
            return self._refused(request, person, form, read_.watch.id, error)
        return RedirectResponse(f"/watches/{quote(saved.id, safe='')}?saved=1", 303)

    def restore(self, person: Person, form: Form) -> Response:
        """Save a watch again that was removed: it is checked as any other."""
        try:
            given = msgspec.json.decode(one(form, "row"))
        except (msgspec.MsgspecError, RecursionError) as error:
            raise Problem(422, "the watch can't be read") from error
        checked = self.watching.check(given if isinstance(given, dict) else {})
        if checked.watch is None:
            raise Problem(422, "the watch can't be saved again as it was")
        saved = self.watching.save(person, checked.watch, None)
        return RedirectResponse(f"/watches/{quote(saved.id, safe='')}?saved=1", 303)

    def _refused(
        self, request: Request, person: Person, form: Form, id: str, error: Problem
    ) -> Response:
        """Return the form with why it was not saved; beside what is saved, if that is why."""
        saved = self._desk.tables.watches().get(id)
        if error.status_code == 412 and saved is not None and person.owns(saved.owner):
            theirs = theirs_of(self.watching, saved, form)
            again = form | {"version": [str(saved.version)]}
            return self.form(request, person, again, saved, status=412, theirs=theirs)
        if error.status_code in (403, 409):
            notice = ("problem", f"Nothing was saved: {error.detail}.")
            return self.form(request, person, form, status=error.status_code, notice=notice)
        raise error

    def _before(self, person: Person, form: Form) -> Watch | None:
        """Return the saved watch of a form; None if it is new, or gone."""
        found = self._desk.tables.watches().get(one(form, "of"))
        return found if found is not None and person.owns(found.owner) else None


def _version(form: Form) -> int | None:
    text = one(form, "version")
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= _MOST_DIGITS else None


_MOST_DIGITS = 9


def _written(watch: Watch) -> str:
    """Return a watch as a row that can be saved again."""
    given = msgspec.to_builtins(watch)
    row = {name: value for name, value in given.items() if name not in SET_BY_US}
    return msgspec.json.encode(row).decode()
