"""The page Search: what it finds and shows, filters, pages, and what is wrong."""

import asyncio
import html
import re

import httpx
import pytest
from builders import claim, hours, tagged
from desks import open_routes
from searching import holding

from services.api.console.search import SIZE
from services.messages import Slot, SlotAnswer

HOSTILE = "<script>alert(1)</script>"
SLOTS = {"patient": Slot(answers=(SlotAnswer(key="aadras", label="Idris Halvane"),))}


@pytest.fixture(scope="module")
def ask():
    """A function that asks for a page."""
    bodies = (" ".join(f"w{n}x{i}" for i in range(60)) for n in range(SIZE + 3))
    articles = (
        tagged(f"a{n}", f"Halvane {HOSTILE} {n}\n\n{body}", first_seen_at=hours(n), outlet="Post")
        for n, body in enumerate(bodies)
    )
    index = holding(*articles, claim(slots=SLOTS, updated_at=hours(1)))
    transport = httpx.ASGITransport(
        open_routes(index), client=("127.0.0.1", 1), raise_app_exceptions=False
    )
    client = httpx.AsyncClient(transport=transport, base_url="http://localhost")

    def answer(path="/search", **parameters):
        wanted = client.get(path, params=parameters or None, headers={"accept": "text/html"})
        return asyncio.run(wanted)

    return answer


def links(page, words):
    found = re.findall(r'<a[^>]* href="([^"]+)"[^>]*>(?:<span>)?([^<]+)', page)
    return [html.unescape(to) for to, name in found if name.strip() == words]


def test_what_was_found_is_marked_and_runs_nothing(ask):
    page = ask(q="halvane").text
    assert "<mark>Halvane</mark> &lt;script&gt;" in page
    assert "<script>alert" not in page
    assert not re.search(r"<[^>]* (?:style|on[a-z]+)=", page)
    assert f"{SIZE + 3} articles" in page


def test_older_results_are_a_page_further_and_the_last_page_has_no_next(ask):
    first = ask(q="halvane").text
    (older,) = links(first, "Older")
    second = ask(older).text
    assert links(second, "Older") == []
    assert links(second, "The newest again") == ["/search?q=halvane"]
    shown = [re.findall(r'href="/articles/(a\d+)"', page) for page in (first, second)]
    assert [len(ids) for ids in shown] == [SIZE, 3]
    assert len({*shown[0], *shown[1]}) == SIZE + 3


def test_facets_are_links_with_names(ask):
    page = ask(**{"in": "claims"}).text
    assert links(page, "Idris Halvane") == ["/search?in=claims&patient=aadras"]
    assert links(page, "Deaths") == ["/search?in=claims&event=killed"]
    chosen = ask(**{"in": "claims", "patient": "aadras"}).text
    assert 'aria-label="Remove the filter Idris Halvane"' in chosen


def test_the_search_goes_on_as_a_watch_and_as_files(ask):
    page = ask(q="halvane", source="Post").text
    (watch,) = links(page, "Make it a watch")
    assert watch == "/watches/new?q=%28halvane%29+AND+source%3A%22Post%22"
    assert "(halvane) AND source:&#34;Post&#34;" in ask(watch).text
    for name, form in (("CSV", "csv"), ("JSON Lines", "jsonl"), ("Atom", "atom")):
        (path,) = links(page, name)
        assert ask(path).status_code == 200
        assert f"format={form}" in path


def test_a_mistake_is_shown_at_its_place(ask):
    answer = ask(q="halvane and <b>")
    assert answer.status_code == 422
    assert "halvane <mark>and</mark> &lt;b&gt;" in answer.text


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({}, 200),
        ({"q": ""}, 200),
        ({"q": "halvane", "after": "zzz"}, 422),
        ({"in": "claims", "q": "halvane", "event": "killed"}, 200),
        ({"in": "incidents", "time": "old"}, 200),
        ({"q": "nothingisso"}, 200),
        ({"since": "0001-01-01"}, 422),
        ({"event": "kiled", "in": "claims"}, 422),
        ({"shout": "x"}, 422),
        ({"q": "x" * 10_000}, 422),
    ],
)
def test_any_question_has_an_answer(ask, parameters, status):
    assert ask(**parameters).status_code == status


def test_nothing_found_says_what_helps(ask):
    page = ask(q="nothingisso", source="Post").text
    assert "Nothing is like this." in page
    assert links(page, "Without filters")[-1] == "/search?q=nothingisso"
