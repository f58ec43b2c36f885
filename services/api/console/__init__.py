"""The console: pages for people, made on the server.

Each page is a module with `add_<name>(app, desk, pages)`, and a template of its name. To add one,
write both and name it in `PAGES`. What all pages share is in `frame.py` and `base.html`.
"""

from collections.abc import Callable

from fastapi import FastAPI

from services.api.console.alerts import add_alerts
from services.api.console.article import add_article
from services.api.console.claim import add_claim
from services.api.console.errors import add_errors
from services.api.console.feeds import add_feeds_pages
from services.api.console.frame import Pages
from services.api.console.fresh import add_fresh
from services.api.console.live import add_live
from services.api.console.login import add_login
from services.api.console.pipeline import add_pipeline
from services.api.console.search import add_search_page
from services.api.console.since import add_since
from services.api.console.verdicts import add_verdicts_pages
from services.api.console.watches import add_watches
from services.api.desk import Desk
from services.api.pipeline.pulse import Pulse

PAGES: tuple[Callable[[FastAPI, Desk, Pages], None], ...] = (
    add_live,
    add_article,
    add_alerts,
    add_since,
    add_claim,
    add_search_page,
    add_watches,
    add_login,
    add_fresh,
    add_feeds_pages,
    add_pipeline,
    add_verdicts_pages,
)
"""What adds each page."""

OLD_SECONDS = 30.0
"""Age of what a page may say of its freshness when it is made. It asks again as often by itself.

To ask Kafka how far the groups are takes up to a second; no page waits for that.
"""


def add_console(app: FastAPI, desk: Desk) -> None:
    """Add all pages and their files. To be called when all handlers of errors are there."""
    pulse = Pulse.of(app, desk)
    pages = Pages(desk.now, fresh_of=lambda: pulse.panels_soon(OLD_SECONDS))
    pages.assets.add_to(app)
    for add in PAGES:
        add(app, desk, pages)
    add_errors(app, pages)
