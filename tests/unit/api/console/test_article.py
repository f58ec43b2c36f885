"""The page of an article, over documents as the indexer makes them."""

import asyncio

import httpx
import pytest
from builders import START, claim, tagged
from desks import desk_of, open_access

from services.adapters.memory import MemoryBroker
from services.adapters.memory_index import MemoryIndex
from services.api.routes import make_routes
from services.api.stream.live import Live
from services.indexer.documents import _articles, _claims
from services.indexer.templates import templates
from services.messages import TextChange, Watch, encode
from services.ports import Outgoing
from services.runtime.shutdown import SignalStop

HOSTILE = '<img src=x onerror="alert(1)">'


def page(*articles, claims=(), watches=(), path="/articles/a1"):
    index, broker = MemoryIndex(), MemoryBroker()
    index.apply_templates(templates())
    index.bulk([action for each in articles for action in _articles(each)])
    index.bulk([action for each in claims for action in _claims(each)])
    producer = broker.producer()
    for watch in watches:
        producer.send(Outgoing("watches", watch.id, encode(watch)))
    producer.flush()
    desk = desk_of(index, broker)
    app = make_routes(desk, open_access(desk), Live(broker, SignalStop()))

    async def ask():
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path, headers={"accept": "text/html"})

    return asyncio.run(ask())


def article(text="A title\n\nThe body.", **more):
    return tagged("a1", text, **{"first_seen_at": START} | more)


def test_an_article_stands_with_its_claims_and_what_watches_did():
    watches = (
        Watch(id="w", name="Bodies", query="body"),
        Watch(id="v", name="Heads", query="head"),
    )
    text = page(article(outlet="Post"), claims=[claim()], watches=watches).text
    assert "<h1" in text
    assert "A title" in text
    assert "The body." in text
    assert 'href="/claims/c1"' in text
    assert "Bodies" in text
    assert "It was told already" in text
    assert "1 watch whose words are not in it" in text


def test_an_edit_shows_what_was_taken_out_and_put_in():
    text = page(article(cause="edit", changes=(TextChange(out="five", put="nine"),))).text
    assert "<del>five</del> <ins>nine</ins>" in text


def test_a_hostile_article_is_text_and_its_address_no_link():
    made = article(f"{HOSTILE}\n\n{HOSTILE}", outlet=HOSTILE, url="javascript:alert(1)")
    text = page(made).text
    assert "<img" not in text
    assert "javascript:" not in text
    assert "Open at the outlet" not in text


@pytest.mark.parametrize("id", ["nothing", "x" * 513, "%00", "%2e%2e"])
def test_an_article_that_is_not_there_is_a_page_that_helps(id):
    answer = page(path=f"/articles/{id}")
    assert answer.status_code == 404
    assert "There is no such" in answer.text
