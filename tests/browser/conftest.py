"""One system, one Chromium, and one page for each test."""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from browsing import launch, opened
from newsroom import HOSTILE, newsroom, save
from payloads import ADDRESSES, RIGHT_TO_LEFT, TEXTS
from playwright.sync_api import sync_playwright
from streams import eventually

from services.messages import ClaimCondition, Feed, PageRules, Watch

NO_PAGES = PageRules(fetch="never")
"""The feeds hold the articles themselves."""


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def room(engines, tmp_path_factory):
    """The running system."""
    with newsroom(engines, tmp_path_factory.mktemp("newsroom")) as running:
        yield running


@pytest.fixture(scope="package")
def chromium():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, room):
    """A function that opens pages with options of Playwright's context; nothing of them may have
    gone wrong at the end of the test.
    """
    closing = []

    def open_one(**options):
        context = opened(chromium, room.url, **options)
        page, seen = context.__enter__()
        closing.append((context, page, seen))
        return page

    yield open_one
    for context, page, seen in closing:
        wrong = seen.of(page)
        context.__exit__(None, None, None)
        assert wrong == []


@pytest.fixture
def page(open_page):
    """A window, with script."""
    return open_page()


@pytest.fixture(scope="package")
def hostile(room):
    """What strangers wrote, through the whole system: ids of one page of each kind (`claim`, …),
    all `articles`, the one from `right_to_left`, and `texts` as queries.
    """
    title, text = HOSTILE.reported
    rows: list[tuple[str, str, dict[str, str]]] = [
        *((f"{title} {attack}", f"{attack} {text} {attack}", {}) for attack in TEXTS.values()),
        *((title, text, {"link": address}) for address in ADDRESSES.values()),
        (*RIGHT_TO_LEFT, {}),
    ]
    for n, outlet in enumerate((TEXTS["image"], TEXTS["override"])):
        name = f"hostile-{n}"
        feed = Feed(feed_id=name, url=room.feed(name), outlet=outlet, pages=NO_PAGES)
        save(room, "feeds", name, feed)
    claim = ClaimCondition(event=("killed",))
    watch = Watch(id="hostile", name=TEXTS["quoted"], query=HOSTILE.surname, claim=claim)
    save(room, "watches", watch.id, watch)
    for n, (headline, body, more) in enumerate(rows):
        room.publish(f"hostile-{n % 2}", headline, body, author=TEXTS["script"], **more)
    articles = eventually(lambda: len(found := room.documents("articles")) >= len(rows) and found)
    alert = eventually(lambda: next(iter(room.documents("alerts")), None))
    claim_id = eventually(lambda: next(iter(room.documents("claims")), None))["claim_id"]
    return {
        "claim": claim_id,
        "alert": alert["alert_id"],
        "watch": watch.id,
        "article": articles[0]["article_id"],
        "articles": [article["article_id"] for article in articles],
        "right_to_left": next(a["article_id"] for a in articles if a["title"] == RIGHT_TO_LEFT[0]),
        "texts": [urlencode({"q": text}) for text in TEXTS.values()],
    }
