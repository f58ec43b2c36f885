"""Web pages of an invented outlet, for tests of full text."""

from datetime import UTC, datetime
from typing import Any

from services.poller.pages.page import Fetched

AT = datetime(2031, 5, 7, 12, tzinfo=UTC)
TITLE = "Ferry runs aground off Halvane"
PARAGRAPHS = (
    "The ferry Ostrava ran aground off Halvane on Tuesday night with 84 people aboard, the coast "
    "guard said. All of them were taken off by lifeboats before dawn.",
    "Two members of the crew were treated for cold. The captain told the harbour office that the "
    "rudder had failed in a strong current near the lighthouse.",
    "Divers will look at the hull once the wind has dropped. The company has put a second ship on "
    "the route, and asks travellers to come an hour before they leave.",
)
SIDEBAR = (
    "<aside><h3>Most read</h3>"
    + "".join(
        f"<p>Story number {n} of this week has a long teaser with many words of its own.</p>"
        for n in range(4)
    )
    + "</aside>"
)


def html(
    *paragraphs: str,
    head: str = "",
    title: str = TITLE,
    around: str = SIDEBAR,
    tag: str = "article",
) -> str:
    """Return a page with these paragraphs as its article."""
    inside = "".join(f"<p>{text}</p>" for text in paragraphs or PARAGRAPHS)
    return (
        f"<!doctype html><html lang=en><head><title>{title} - The Herald</title>{head}</head><body>"
        f"<nav><a href=/>Home</a></nav><{tag}><h1>{title}</h1>{inside}</{tag}>{around}"
        "<footer>Imprint</footer></body></html>"
    )


def fetched(page: str | bytes, **kw: Any) -> Fetched:
    body = page.encode() if isinstance(page, str) else page
    given: dict[str, Any] = {
        "content_type": "text/html",
        "url": "https://herald.example/ferry",
        "at": AT,
    }
    return Fetched(body=body, **(given | kw))
