"""The route of searches, over an index in memory."""

import asyncio
import csv
import io
from pathlib import Path

import httpx
import msgspec
import pytest
from builders import claim, hours, tagged
from desks import open_app
from lxml import etree
from searching import holding

from services.search.pages import MOST

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"
ATOM = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))


@pytest.fixture(scope="module")
def index():
    text = "Halvane killed\n\nThe front says that Halvane is dead."
    articles = (
        tagged(f"a{n}", text, first_seen_at=hours(n), outlet="=Post", url=f"https://a.example/{n}")
        for n in range(5)
    )
    return holding(*articles, claim(article_ids=("a1",), updated_at=hours(1)))


@pytest.fixture
def ask(index):
    """A function that asks the API for a path."""

    def answer(path, **parameters):
        async def asked():
            app = open_app(index)
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost:8080"
            ) as client:
                return await client.get(path, params=parameters or None)

        return asyncio.run(asked())

    return answer


def test_articles_come_with_the_words_that_matched(ask):
    answer = ask("/v1/search", q='"halvane is dead"', size=1).json()
    assert (answer["total"], answer["is_exact"]) == (5, True)
    (item,) = answer["items"]
    assert item["article_id"] == "a4"
    assert [item["text"][a:b] for a, b in item["marks"]] == ["Halvane is dead"]
    (excerpt,) = item["excerpts"]
    assert item["text"][excerpt["start"] :].startswith(excerpt["text"])


def test_next_leads_through_all_pages(ask):
    answer, ids = ask("/v1/search", q="halvane", size=2).json(), []
    while True:
        ids += [item["article_id"] for item in answer["items"]]
        if answer["next"] is None:
            break
        answer = ask("/v1/search", q="halvane", size=2, after=answer["next"]).json()
    assert ids == ["a4", "a3", "a2", "a1", "a0"]


@pytest.mark.parametrize(
    ("parameters", "said", "position"),
    [
        ({"q": "halvane AND"}, "the query ends in AND: something must follow it", 8),
        ({"q": "the"}, "the query matches nearly everything", None),
        (
            {"q": "x", "patient": "y"},
            "patient: articles have none: search in incidents or cl",
            None,
        ),
        ({"in": "claims", "event": "kiled"}, "did you mean killed", None),
        ({"q": "x", "after": "zzz"}, "this is no place in this search", None),
    ],
)
def test_what_cannot_be_searched_for_is_told_with_its_place(ask, parameters, said, position):
    answer = ask("/v1/search", **parameters)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert answer.json().get("position") == position


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"size": MOST}, 200),
        ({"size": MOST + 1}, 422),
        ({"size": 0}, 422),
        ({"confidence": 1}, 422),
        ({"in": "claims", "confidence": 1.01}, 422),
        ({"in": "reports"}, 422),
        ({"format": "xml"}, 422),
        ({"since": "yesterday"}, 422),
        ({"since": "2031-05-02"}, 200),
    ],
)
def test_parameters_have_bounds(ask, parameters, status):
    assert ask("/v1/search", **parameters).status_code == status


def test_filters_take_several_values_and_facets_are_counted(ask):
    answer = ask("/v1/search", **{"in": "claims", "event": "killed, wounded", "facets": "true"})
    assert [item["claim_id"] for item in answer.json()["items"]] == ["c1"]
    assert answer.json()["facets"]["event"] == [{"value": "killed", "n": 1}]


def test_a_table_guards_against_formulas_and_links_to_its_next_page(ask):
    answer = ask("/v1/search", q="halvane", size=2, format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["article_id"] for row in rows] == ["a4", "a3"]
    assert rows[0]["outlet"] == "'=Post"
    address = answer.headers["link"].partition(">")[0].removeprefix("<http://localhost:8080")
    more = ask(address)
    assert [line.split(",")[0] for line in more.text.splitlines()[1:]] == ["a2", "a1"]


def test_lines_are_objects(ask):
    answer = ask("/v1/search", q="halvane", size=2, format="jsonl")
    rows = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    assert [row["article_id"] for row in rows] == ["a4", "a3"]


@pytest.mark.parametrize("kind", ["articles", "claims"])
def test_a_feed_is_valid_and_names_what_was_found(ask, kind):
    answer = ask("/v1/search", **{"in": kind, "q": "halvane", "size": 2, "format": "atom"})
    feed = etree.fromstring(answer.content)
    ATOM.assertValid(feed)
    found = feed.xpath("//a:entry/a:link/@href", namespaces={"a": "http://www.w3.org/2005/Atom"})
    wanted = {"articles": "https://a.example/4", "claims": "http://localhost:8080/v1/claims/c1"}
    assert wanted[kind] in found
