"""What the API answers, over a search that is made up and a broker in memory."""

import asyncio

import httpx
import pytest

from services.adapters.memory import MemoryBroker
from services.api.routes import make_app
from services.errors import TransientError
from services.runtime.shutdown import SignalStop


class Search:
    """Answers every search with its documents, and remembers what it was asked."""

    def __init__(self, *documents, is_down=False):
        self.documents, self.is_down, self.asked = documents, is_down, []

    def search(self, index, body):
        if self.is_down:
            raise TransientError("Elasticsearch: connection refused")
        self.asked.append((index, body))
        return {"hits": {"total": {"value": len(self.documents)}, "hits": [{"_source": d} for d in self.documents]}}

    def get(self, index, id):
        self.search(index, {})
        return next((d for d in self.documents if d["id"] == id), None)

    def is_up(self):
        return not self.is_down


@pytest.fixture
def broker():
    return MemoryBroker()


def ask(search, broker, path):
    async def answer():
        transport = httpx.ASGITransport(make_app(search, broker, SignalStop()))
        async with httpx.AsyncClient(transport=transport, base_url="http://api.example") as client:
            return await client.get(path)

    return asyncio.run(answer())


def test_listings_hand_on_what_was_asked_for(broker):
    search = Search({"id": "c1"})
    answer = ask(search, broker, "/v1/claims?status=denied&size=3&from=6")
    assert answer.json() == {"total": 1, "items": [{"id": "c1"}]}
    ((index, body),) = search.asked
    assert (index, body["size"], body["from"]) == ("claims", 3, 6)
    assert body["query"]["bool"]["filter"] == [{"term": {"status": "denied"}}]


@pytest.mark.parametrize("query", ["size=0", "size=201", "from=-1", "from=10000", "q=" + "x" * 1001])
def test_what_no_search_could_serve_is_refused_before_it_is_asked(broker, query):
    search = Search()
    assert ask(search, broker, f"/v1/articles?{query}").status_code == 422
    assert search.asked == []


@pytest.mark.parametrize(("path", "status"), [("/v1/alerts/a1", 200), ("/v1/alerts/other", 404), ("/v1/feeds/a1", 404)])
def test_one_document_by_id_or_404(broker, path, status):
    assert ask(Search({"id": "a1"}), broker, path).status_code == status


@pytest.mark.parametrize("path", ["/v1/articles", "/v1/claims", "/v1/alerts", "/v1/claims/c1"])
def test_elasticsearch_away_is_a_503_that_says_so(broker, path):
    answer = ask(Search(is_down=True), broker, path)
    assert answer.status_code == 503
    assert answer.json() == {"error": "Elasticsearch: connection refused"}


def test_health_answers_whatever_is_down(broker):
    broker.is_down = True
    answer = ask(Search(is_down=True), broker, "/health")
    assert answer.status_code == 200
    assert (answer.json()["kafka"], answer.json()["elasticsearch"]) == ("down", "down")
