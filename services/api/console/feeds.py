"""The page Feeds: how each feed is and what to do, add by address or by a list, remove."""

import asyncio
from collections import OrderedDict
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.api.access.needs import Editor, Reader
from services.api.access.people import Person
from services.api.console.forms import form_of, one
from services.api.console.frame import Pages
from services.api.desk import Desk
from services.api.parameters import MOST_LETTERS
from services.api.problems import Problem
from services.api.sources.finding import Finder, Found
from services.api.sources.look import look
from services.api.sources.store import Sources
from services.api.uploads import upload_of
from services.desk.feeds.opml import opml
from services.desk.feeds.states import BROKEN, NAMES, ORDER, counts
from services.errors import ReportedlyError
from services.messages import Feed
from services.text.counts import counted
from services.text.yaml_file import MAX_BYTES

PAGE = 100
"""Feeds of one page: what one scrolls through, and 20 kB compressed."""

MOST_REMOVED = 50
"""Removed feeds that a process remembers, so that a click can bring them back."""

MOST_CHOSEN = 20
"""Feeds of one site that are added at once: as many as a search for them tries."""

Id = Annotated[str, Query(max_length=MOST_LETTERS)]
Start = Annotated[int, Query(ge=0, le=1_000_000, alias="from")]


def add_feeds_pages(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the page and its forms."""
    page = _FeedsPage(desk, pages)

    @app.get("/feeds", include_in_schema=False)
    def feeds(  # noqa: PLR0917 - the filters of a request
        request: Request,
        person: Reader,
        state: Id = "",
        start: Start = 0,
        added: Id = "",
        removed: Id = "",
    ) -> Response:
        if state and state not in (*ORDER, "broken"):
            raise Problem(422, "There is no such state of a feed.")
        told = page.told(added, removed)
        return page.show(request, person, state=state, start=start, **told)

    @app.post("/feeds/add", include_in_schema=False)
    async def add(request: Request, person: Editor) -> Response:
        form = await form_of(request)
        chosen = [url for url in form.get("chosen", ()) if url][:MOST_CHOSEN]
        if chosen:
            return await page.add_chosen(request, person, chosen)
        return await page.add(request, person, one(form, "url"), one(form, "outlet"))

    @app.post("/feeds/list", include_in_schema=False)
    async def list_(request: Request, person: Editor) -> Response:
        form = await upload_of(request, 2 * MAX_BYTES, large=("opml",))
        if content := form.fields.get("opml"):
            _, new = await asyncio.to_thread(page.sources.fates, content.encode())
            n = len(await asyncio.to_thread(page.sources.add, new))
            return RedirectResponse(f"/feeds?state=new&added={n}", 303)
        return await page.dry_run(request, person, form.files.get("file", b""))

    @app.post("/feeds/{feed_id}/remove", include_in_schema=False)
    async def remove(
        _person: Editor, feed_id: Annotated[str, Path(max_length=MOST_LETTERS)]
    ) -> Response:
        feed = await asyncio.to_thread(page.remove, feed_id)
        return RedirectResponse(f"/feeds?removed={feed.feed_id}", 303)

    @app.post("/feeds/{feed_id}/bring-back", include_in_schema=False)
    async def bring_back(
        _person: Editor, feed_id: Annotated[str, Path(max_length=MOST_LETTERS)]
    ) -> Response:
        feed = await asyncio.to_thread(page.bring_back, feed_id)
        return RedirectResponse(f"/feeds?added={feed.feed_id}", 303)


class _FeedsPage:
    def __init__(self, desk: Desk, pages: Pages) -> None:
        self.sources = Sources(desk)
        self._desk, self._pages = desk, pages
        self._finder = Finder(desk.fetcher) if desk.fetcher is not None else None
        self._removed: OrderedDict[str, Feed] = OrderedDict()

    def show(  # noqa: PLR0913 - what the page may tell
        self,
        request: Request,
        person: Person,
        *,
        state: str = "",
        start: int = 0,
        done: str = "",
        problem: str = "",
        url: str = "",
        gone: Feed | None = None,
        status: int = 200,
    ) -> Response:
        rows = self.sources.rows()
        shown = [
            row
            for row in rows
            if state in ("", row.health) or (state == "broken" and row.is_broken)
        ]
        return self._pages.answer(
            request,
            "feeds.html",
            person,
            status=status,
            rows=shown[start : start + PAGE],
            n_all=len(rows),
            n_shown=len(shown),
            n_broken=sum(row.is_broken for row in rows),
            states=[(key, NAMES[key], n, key in BROKEN) for key, n in counts(rows).items()],
            state=state,
            start=start,
            next=start + PAGE if start + PAGE < len(shown) else 0,
            done=done,
            problem=problem,
            url=url,
            gone=gone,
        )

    def told(self, added: str, removed: str) -> dict[str, Any]:
        """Return what the page says about what was just done."""
        if removed:
            gone = self._removed.get(removed)
            name = gone.outlet if gone else "The feed"
            return {"done": f"{name} was removed. Its articles stay.", "gone": gone}
        if added.isdecimal() and len(added) < 7:
            return {"done": f"{counted(int(added), 'feed')} added."}
        feed = self._desk.tables.feeds().get(added) if added else None
        if feed is not None:
            return {"done": f"{feed.outlet} was added. It is polled within a minute or so."}
        return {}

    async def add(self, request: Request, person: Person, url: str, outlet: str) -> Response:
        """Add the feed of an address; show the feeds of its site if there are several."""
        try:
            found = await look(self.sources, self._finder, url, outlet, as_is=False)
        except ReportedlyError as error:
            return await self._refused(request, person, url, f"This can't be added: {error}")
        if isinstance(found, Feed):
            new = await asyncio.to_thread(self.sources.add, [found])
            if not new:
                why = f"{found.outlet} is saved already."
                return await self._refused(request, person, url, why)
            return RedirectResponse(f"/feeds?added={new[0].feed_id}", 303)
        if not found.feeds:
            return await self._refused(request, person, url, _none(found))
        return self._pages.answer(request, "feeds_choose.html", person, url=url, found=found.feeds)

    async def add_chosen(self, request: Request, person: Person, urls: list[str]) -> Response:
        """Add the feeds of a site that were ticked."""
        try:
            feeds = [
                found
                for url in urls
                if isinstance(
                    found := await look(self.sources, self._finder, url, "", as_is=False), Feed
                )
            ]
        except ReportedlyError as error:
            return await self._refused(request, person, urls[0], f"This can't be added: {error}")
        new = await asyncio.to_thread(self.sources.add, feeds)
        return RedirectResponse(f"/feeds?added={len(new)}", 303)

    async def dry_run(self, request: Request, person: Person, content: bytes) -> Response:
        """Show what would become of each line of a list."""
        if not content.strip():
            return await self._refused(request, person, "", "Choose a file first.")
        fates, new = await asyncio.to_thread(self.sources.fates, content)
        return self._pages.answer(
            request,
            "feeds_list.html",
            person,
            fates=fates,
            n_new=len(new),
            n_saved=sum(fate.kind == "saved" for fate in fates),
            n_wrong=sum(fate.kind == "mistake" for fate in fates),
            opml=opml(new).decode() if new else "",
        )

    def remove(self, feed_id: str) -> Feed:
        feed = self.sources.remove(feed_id)
        if feed is None:
            raise Problem(404, "This feed is not saved any more.")
        self._removed[feed_id] = feed
        while len(self._removed) > MOST_REMOVED:
            self._removed.popitem(last=False)
        return feed

    def bring_back(self, feed_id: str) -> Feed:
        feed = self._removed.get(feed_id)
        if feed is None:
            raise Problem(404, "This feed was removed too long ago: add it by its address.")
        self.sources.put_back(feed)
        return feed

    async def _refused(self, request: Request, person: Person, url: str, why: str) -> Response:
        return await asyncio.to_thread(self.show, request, person, problem=why, url=url, status=422)


def _none(found: Found) -> str:
    return f"No feed was found there: {found.why_not}. Give the address of the feed itself."
