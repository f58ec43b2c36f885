"""The page Live, over documents as the indexer makes them."""

import asyncio
import re
from datetime import timedelta
from html import unescape

import httpx
import pytest
from builders import START, claim
from desks import open_app

from services.adapters.memory_index import MemoryIndex
from services.desk.live import SIZE
from services.indexer.documents import _claims
from services.indexer.templates import templates
from services.messages import Evidence, Slot, SlotAnswer, Transition

BROWSER = {"accept": "text/html"}
HOSTILE = "<script>alert(1)</script>"


def page(*claims, path="/", is_down=False):
    index = MemoryIndex()
    index.apply_templates(templates())
    index.bulk([action for each in claims for action in _claims(each)])
    index.is_down = is_down

    async def ask():
        transport = httpx.ASGITransport(open_app(index), client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path, headers=BROWSER)

    return asyncio.run(ask())


def story(**more):
    said = Evidence(article_id="a1", version=1, outlet="Post", quote="He was killed.", mark=(7, 13))
    step = Transition(at=START, to="reported", report_id="r", shown_by=(said,), rule="x@1")
    place = Slot(answers=(SlotAnswer(key="meris", label="Meris", within=("orran",)),))
    return claim(**{"updated_at": START, "history": (step,), "slots": {"place": place}} | more)


def test_a_claim_stands_with_its_sentence_its_status_and_the_quoted_words():
    text = unescape(page(story()).text)
    assert 'href="/claims/c1"' in text
    assert "Deaths reported in Meris" in text
    assert "“He was <mark>killed</mark>.”" in text
    assert "1 independent source" in text
    assert "s-reported" in text


def test_without_a_claim_the_page_says_what_brings_one():
    text = page().text
    assert "No claim yet." in text
    assert 'href="/feeds"' in text


def test_a_filter_that_finds_nothing_can_be_taken_away():
    text = page(story(), path="/?status=denied").text
    assert "No claim is like this." in text
    assert 'aria-label="Remove the filter Denied"' in text


def test_pages_follow_each_other():
    claims = [story(claim_id=f"c{i}", updated_at=START - timedelta(i)) for i in range(SIZE + 1)]
    first = page(*claims).text
    older = re.search(r'href="([^"]*)" rel="next"', first)
    assert older is not None
    assert f'href="/claims/c{SIZE}"' not in first
    second = page(*claims, path=unescape(older[1])).text
    assert f'href="/claims/c{SIZE}"' in second
    assert "The newest again" in second


@pytest.mark.parametrize(
    "path", ["/?status=sure", "/?event=party", "/?colour=red", "/?status=" + "x" * 201]
)
def test_what_can_not_be_asked_is_refused_with_a_page(path):
    answer = page(path=path)
    assert answer.status_code == 422
    assert "That can" in answer.text


def test_while_the_index_is_away_the_page_says_so():
    answer = page(is_down=True)
    assert answer.status_code == 503
    assert "nothing is lost" in answer.text


def test_words_of_articles_are_text():
    said = Evidence(article_id="a'\"><b>", version=1, outlet=HOSTILE, quote=HOSTILE, mark=(0, 8))
    step = Transition(at=START, to="reported", report_id="r", shown_by=(said,), rule="x@1")
    place = Slot(answers=(SlotAnswer(key="k", label=HOSTILE, within=("orran",)),))
    text = page(story(claim_id="c\"'>", history=(step,), slots={"place": place})).text
    assert "<script>alert" not in text
    assert "<b>" not in text
    assert 'data-id="c&#34;&#39;&gt;"' in text


def test_how_fresh_a_panel_is_can_be_asked_for_alone():
    answer = page(path="/freshness/claims")
    assert "f-unknown" in answer.text
    assert "<html" not in answer.text
    assert page(path="/freshness/moods").status_code == 404
