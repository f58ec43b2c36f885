"""Every page, with what strangers wrote on it: nothing runs, everybody can read it, and it is
small.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PHONE, bytes_of, opened
from payloads import AWAY, RIGHT_TO_LEFT
from playwright.sync_api import expect
from streams import eventually

MOST_BYTES = 120_000
"""Bytes that a page and all that it loads take over the wire. Source: the desk's goal."""

GRAVE = ("serious", "critical")

POLL_MS = 31_000
"""A little longer than desk.js waits between two questions."""

RTL_TEXT = RIGHT_TO_LEFT[1]

PAGES = {
    "live": "/",
    "claim": "/claims/{claim}",
    "alerts": "/alerts?group=all",
    "alert": "/alerts/{alert}",
    "since": "/since",
    "watches": "/watches",
    "watch": "/watches/{watch}",
    "new watch": "/watches/new",
    "search": "/search?q=killed",
    "article": "/articles/{article}",
    "feeds": "/feeds",
    "pipeline": "/pipeline",
    "verdicts": "/verdicts",
    "suggestions": "/verdicts/suggestions?watch={watch}",
    "descriptions": "/docs",
    "no page": "/nowhere",
}


def of(hostile, name):
    return PAGES[name].format_map(hostile)


def opened_well(page, hostile, name):
    answer = page.goto(of(hostile, name))
    assert answer.status == (404 if name == "no page" else 200), name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_has_no_serious_violation_for_who_reads_it_by_other_means(
    hostile, open_page, scheme
):
    page = open_page(color_scheme=scheme)
    found: dict[str, list] = {}
    for name in PAGES:
        opened_well(page, hostile, name)
        violations = Axe().run(page).response["violations"]
        grave = [
            (v["id"], [node["html"][:200] for node in v["nodes"][:3]])
            for v in violations
            if v["impact"] in GRAVE
        ]
        found |= {name: grave} if grave else {}
    assert found == {}


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_no_page_is_wider_than_a_phone_whatever_it_shows(hostile, open_page, has_script):
    page = open_page(viewport=PHONE, java_script_enabled=has_script)
    wide: dict[str, int] = {}
    for name in PAGES:
        opened_well(page, hostile, name)
        box = page.locator("html").evaluate("e => e.scrollWidth") if has_script else None
        if box and box > PHONE["width"]:
            wide[name] = box
        assert page.locator("main").inner_text().strip(), name
    assert wide == {}


def test_no_page_takes_more_than_its_bytes_over_the_wire(hostile, page, record_property):
    sizes = {name: bytes_of(page, of(hostile, name)) for name in PAGES}
    record_property("bytes", sizes)
    assert {name: n for name, n in sizes.items() if n > MOST_BYTES} == {}
    assert min(sizes.values()) > 1_000


STANDS = """e => {
  const range = document.createRange(), style = getComputedStyle(e);
  range.setStart(e.firstChild, 0);
  range.setEnd(e.firstChild, 1);
  const first = range.getBoundingClientRect(), box = e.getBoundingClientRect();
  return [style.direction, Math.round(box.right - first.right)];
}"""
"""The direction of an element, and how far its first letter is from its right edge."""


def test_an_article_from_right_to_left_begins_at_the_right(hostile, open_page):
    page = open_page(viewport=PHONE)
    page.goto(f"/articles/{hostile['right_to_left']}")
    for part in (".text h1", ".text p"):
        direction, gap = page.locator(part).first.evaluate(STANDS)
        assert (direction, abs(gap) <= 2) == ("rtl", True), part
    assert page.locator(".text").get_attribute("lang") == "ar"
    assert page.locator("html").evaluate("e => e.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("name", ["live", "claim", "alerts"])
def test_a_quoted_sentence_from_right_to_left_has_its_line_at_the_right(hostile, page, name):
    page.goto(of(hostile, name))
    quote = page.locator(".quote, .said").first
    quote.evaluate("(e, text) => { (e.querySelector('p') ?? e).textContent = text; }", RTL_TEXT)
    found = quote.evaluate(
        "e => [getComputedStyle(e).direction, getComputedStyle(e).borderLeftWidth]"
    )
    assert found == ["rtl", "0px"]


def test_how_fresh_its_news_is_a_page_asks_again_and_again(page):
    asked: list[str] = []

    def answer(route):
        asked.append(route.request.url)
        body = f"<span class='freshness'>late by {len(asked)} h</span>"
        route.fulfill(content_type="text/html", body=body)

    page.clock.install()
    page.route("**/freshness/*", answer)
    page.goto("/")
    page.clock.fast_forward(POLL_MS)
    part = page.locator("[data-fresh]").first
    expect(part).to_contain_text("late by")
    before = part.inner_text()
    page.clock.fast_forward(POLL_MS)
    expect(part).not_to_have_text(before)


def test_nothing_that_a_stranger_wrote_runs_or_loads_anywhere(hostile, page):
    for name in PAGES:
        opened_well(page, hostile, name)
    for article_id in hostile["articles"]:
        page.goto(f"/articles/{article_id}")
        assert not page.locator("a[href^='javascript:' i], a[href^='data:' i]").count()
    for text in hostile["texts"]:
        page.goto(f"/search?{text}")


def test_a_script_a_refusal_and_a_request_elsewhere_would_be_heard(chromium, room):
    """What the tests of the console rest on."""
    with opened(chromium, room.url) as (page, seen):
        page.goto("/")
        page.evaluate("window.__ran = 'one'")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=1>')")
        page.evaluate(f"fetch('{AWAY}/x').catch(() => 0)")
        eventually(lambda: "connect-src" in str(seen.of(page)))
        heard = str(seen.of(page))
    assert "ran: one" in heard
    assert "script-src-attr" in heard
