"""What all pages share: templates, the answer's headers, and errors that say what to do."""

import gzip
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import DictLoader, Environment, StrictUndefined

from services.api.access.people import Person
from services.api.console.assets import Assets, takes_gzip
from services.api.console.filters import FILTERS, address
from services.desk.freshness import Freshness
from services.desk.pipeline.stages import Panel

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The policy of pages: files and forms of this address only; no code or style in the page."""

HTMX = {
    "includeIndicatorCSS": False,
    "history": "reload",
    "defaultTimeout": 15_000,
    "extensions": "none",
    "defaultSwap": "outerHTML",
}
"""The settings of htmx: no style of its own, no extension, whole pages when one goes back.

It never needs code from text: no page has `hx-on`, `js:`, or a filter in brackets, and `POLICY`
would stop it.
"""

_LEAST_PACKED = 1_000
"""Bytes from which a page is compressed; a smaller one fits into one packet anyway."""


class Pages:
    """The templates. `now`: news time. Pages also know when they were made, for the live stream.

    `fresh_of`: how fresh each panel is; None: it is not known yet.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        assets: Assets | None = None,
        fresh_of: Callable[[], Mapping[Panel, Freshness] | None] = lambda: None,
    ) -> None:
        self.assets = assets or Assets()
        self._now = now
        self._templates = Environment(
            loader=DictLoader(_sources()),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.filters.update(FILTERS)
        self._templates.globals.update(
            asset=self.assets.path, address=address, htmx=json.dumps(HTMX), fresh_of=fresh_of
        )

    def answer(
        self,
        request: Request,
        template: str,
        person: Person | None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """Return a page. `person` None: nobody is signed in. `values`: what the template names."""
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        shared = {
            "person": person,
            "now": self._now(),
            "made": datetime.now(UTC),
            "path": request.url.path,
            "here": here,
        }
        html = self._templates.get_template(template).render(shared | values)
        return _page(request, html, status, headers or {})

    def error(
        self,
        request: Request,
        status: int,
        why: str,
        *,
        person: Person | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """Return a page that says what went wrong, and what can be done about it."""
        return self.answer(
            request,
            "error.html",
            person,
            status=status,
            headers=headers,
            title=TITLES.get(status) or HTTPStatus(status).phrase.capitalize(),
            why=why,
            is_fault=status >= HTTPStatus.INTERNAL_SERVER_ERROR,
            may_help_again=status in AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR,
            help=HELP.get(status, ""),
        )


TITLES = {
    403: "You may not do that",
    404: "There is no such page",
    409: "Somebody was faster",
    412: "Somebody was faster",
    422: "That can't be asked",
    429: "Too many requests",
    500: "Something broke here",
    503: "The news can't be read at the moment",
}
"""Status to what a reader calls it."""

HELP = {
    403: "Ask an operator for a token that may.",
    404: "It may have been removed, or the address is cut off. Search finds what is still there.",
    409: "Load the page again, and look at what changed.",
    412: "Load the page again, and look at what changed.",
    429: "Wait a minute, then load the page again.",
    500: "Load the page again. If it breaks again, an operator finds the reason in the log.",
    503: "Articles are still collected meanwhile, and nothing is lost. Load the page again soon.",
}
"""Status to what its reader can do."""

AGAIN = (409, 412, 429)
"""Status, beside faults, for which it helps to load the page again."""


def _page(request: Request, html: str, status: int, more: Mapping[str, str]) -> HTMLResponse:
    body = html.encode()
    headers = {"content-security-policy": POLICY, "vary": "accept-encoding, cookie", **more}
    if len(body) >= _LEAST_PACKED and takes_gzip(request):
        headers["content-encoding"] = "gzip"
        body = gzip.compress(body, 5, mtime=0)
    return HTMLResponse(body, status, headers)


def _sources() -> dict[str, str]:
    """Return every template by its name. They are read once, so a page needs no disk."""
    root = files("services.api.console").joinpath("templates")
    return {
        each.name: each.read_text(encoding="utf-8")
        for each in root.iterdir()
        if each.name.endswith(".html")
    }
