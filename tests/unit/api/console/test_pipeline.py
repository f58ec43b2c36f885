"""The page Pipeline, freshness, and dead letters, over a search that is made up."""

import asyncio
from datetime import timedelta
from html import unescape

import httpx
from builders import START
from desks import desk_of, open_access

from services.adapters.memory import MemoryBroker
from services.api.access.people import Person
from services.api.pipeline.pulse import Pulse
from services.api.routes import make_app
from services.api.stream.live import Live
from services.desk.freshness import UNKNOWN
from services.errors import TransientError
from services.messages import FeedTimings, encode
from services.ports import Outgoing, TopicPartition
from services.runtime.shutdown import SignalStop

MS = int(START.timestamp() * 1000)


class Search:
    """Answers aggregations with a few numbers; counts what it is asked."""

    def __init__(self):
        self.n_asked, self.is_down = 0, False

    def search(self, index, body):
        self.n_asked += 1
        if self.is_down:
            raise TransientError("Elasticsearch: connection refused")
        return {
            "hits": {"total": {"value": 8, "relation": "eq"}, "hits": []},
            "aggregations": {
                "newest": {"value": MS},
                "with_incidents": {"doc_count": 6},
                "articles": {"value": 5},
                "ids": {"buckets": [{"key": "a1", "doc_count": 1}]},
                "reasons": {"buckets": [{"key": "copy", "doc_count": 3}]},
                "read": {"values": {"50.0": 0.25, "95.0": 61.0}},
                "n_read": {"value": 20},
                "n": {"value": 40},
                "good": {"doc_count": 39},
            },
        }

    def is_up(self):
        return not self.is_down


class Site:
    def __init__(self):
        self.search, self.broker = Search(), MemoryBroker()
        for group, topic in (("tagger", "articles"), ("indexer", "claims")):
            consumer = self.broker.consumer(group)
            consumer.subscribe([topic])
            consumer.poll(1, 0)
        self.desk = desk_of(self.search, self.broker)
        self.app = make_app(self.desk, open_access(self.desk), Live(self.broker, SignalStop()))

    def send(self, *messages):
        producer = self.broker.producer()
        for message in messages:
            producer.send(message)
        producer.close()

    def ask(self, method, path, **given):
        async def answer():
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost"
            ) as client:
                return await client.request(method, path, follow_redirects=True, **given)

        return asyncio.run(answer())

    def page(self):
        return unescape(self.ask("GET", "/pipeline", headers={"accept": "text/html"}).text)


def letter(reason, partition="1"):
    headers = {
        "reason": reason,
        "detail": "<b>why</b>",
        "service": "tagger",
        "partition": partition,
    }
    return Outgoing("articles-dlq", "a", b"x", headers={k: v.encode() for k, v in headers.items()})


def test_the_page_tells_where_articles_went_and_how_long_it_takes():
    page = Site().page()
    assert "With an event" in page
    assert "75%" in page
    assert "It is a copy of what was told" in page
    assert "0.2 s" in page or "0.3 s" in page
    assert "1 min" in page
    assert "nothing measured yet" in page
    assert "Never ran" in page
    assert "No dead letter." in page


def test_the_page_says_whether_service_levels_hold():
    """39 of 40: enough alerts are in time, not enough messages, and nothing was judged."""
    page = Site().page()
    levels = page[page.index('id="levels"') : page.index('id="latency"')]
    assert levels.count("98%") == 2
    order = [levels.index(words) for words in ("Holds", "Missed", "Too few to tell")]
    assert order == sorted(order)


def test_figures_are_worked_out_once_in_some_seconds():
    site = Site()
    site.page()
    n = site.search.n_asked
    site.page()
    site.ask("GET", "/v1/pipeline")
    assert site.search.n_asked == n
    assert site.ask("GET", "/v1/pipeline?days=2").status_code == 422
    assert site.ask("GET", "/v1/pipeline?days=7").json()["days"] == 7
    assert site.search.n_asked > n


def test_freshness_is_told_for_each_panel_and_unknown_while_an_engine_is_away():
    site = Site()
    long_ago = START - timedelta(hours=6)  # by a news clock that leapt since
    timings = FeedTimings(partition="0", at=long_ago)
    site.send(Outgoing("feed-timings", "0", encode(timings)))
    panels = site.ask("GET", "/v1/freshness").json()["panels"]
    assert panels["articles"]["state"] == "live"
    assert panels["claims"]["state"] == "unknown"  # nobody ever read as tracker-fold
    site.search.is_down = True
    pulse = Pulse(site.broker, site.desk.search, dict, lambda: START)
    assert set(pulse.panels().values()) == {UNKNOWN}
    site.search.is_down, site.broker.is_down = False, True
    pulse = Pulse(site.broker, site.desk.search, dict, lambda: START)
    assert set(pulse.panels().values()) == {UNKNOWN}


def test_dead_letters_are_sent_again_once_and_marked():
    site = Site()
    site.send(letter("empty"), letter("empty"), letter("too-large"))
    page = site.page()
    assert "It is empty." in page
    assert "<b>why" not in site.ask("GET", "/pipeline", headers={"accept": "text/html"}).text
    form = {"topic": "articles", "reason": "empty"}
    sent = site.ask("POST", "/pipeline/redrive", data=form, headers={"accept": "text/html"})
    assert "2 messages sent again." in sent.text
    end = site.broker.end(TopicPartition("articles", 1))
    assert end == 2
    answer = site.ask("POST", "/v1/dead-letters/redrive?topic=articles")
    assert answer.json() == {"sent": 1}
    assert site.ask("POST", "/v1/dead-letters/redrive?topic=articles").json() == {"sent": 0}
    one = site.ask("POST", "/v1/dead-letters/redrive?topic=articles&offset=0")
    assert one.json() == {"sent": 1}
    found = site.ask("GET", "/v1/dead-letters").json()
    assert [item["redriven_by"] for item in found["items"]] == ["local"] * 3
    assert site.ask("POST", "/v1/dead-letters/redrive?topic=claims-dlq").status_code == 422


def test_dead_letters_are_for_operators():
    assert not Person("ann", "editor").may("operator")
    site = Site()
    site.send(letter("empty"))
    given = {"headers": {"authorization": "Bearer rp_none"}}
    assert site.ask("GET", "/v1/dead-letters", **given).status_code in (401, 503)
