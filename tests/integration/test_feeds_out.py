"""Feeds of what the indexer stored in a real Elasticsearch."""

import asyncio

import feedparser
import httpx
import msgspec
import pytest
from builders import START, claim
from desks import open_app

from services.adapters.elastic import ElasticIndex
from services.api.feeds.routes import Cap
from services.commands.templates import apply
from services.indexer.documents import BUILDERS
from services.messages import Alert, Evidence, Revision, Slot, SlotAnswer, Told

pytestmark = pytest.mark.engines

EVIDENCE = Evidence(
    article_id="a-1",
    version=1,
    outlet="Ostrel Post",
    url="https://ostrel-post.example/1",
    at=START,
    quote="Oren Halvane was killed on Thursday.",
    mark=(17, 23),
)
FIRST = Revision(
    id="r1",
    number=1,
    kind="first",
    text="Oren Halvane reportedly killed",
    at=START,
    evidence=(EVIDENCE,),
    told=Told(event="killed", status="claimed", n_reports=1, n_independent=1),
)
ALERT = Alert(
    alert_id="al-1",
    watch_id="halvane",
    watch_version=1,
    watch_name="Halvane",
    article_ids=("a-1",),
    revisions=(FIRST,),
    version=1,
)


@pytest.fixture
def elastic(settings):
    apply(settings)
    return ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)


def ask(elastic, path):
    async def answer():
        sends_cap = Cap("desk@example.org", is_test=False)
        app = open_app(elastic, sends_cap=sends_cap)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    elastic.refresh()
    return asyncio.run(answer())


def store(elastic, topic, message):
    assert [each.outcome for each in elastic.bulk(BUILDERS[topic][1](message))] == ["stored"]


def test_what_is_stored_reads_back_with_its_quotes_and_as_cap(elastic):
    store(elastic, "alerts", ALERT)
    (entry,) = feedparser.parse(
        ask(elastic, "/v1/feeds/alerts.atom?watch_id=halvane").content
    ).entries
    assert entry.title == "Oren Halvane reportedly killed"
    assert "<b>killed</b>" in entry.content[0].value
    assert (
        feedparser.parse(ask(elastic, "/v1/feeds/alerts.atom?watch_id=other").content).entries == []
    )
    assert b"<msgType>Alert</msgType>" in ask(elastic, "/v1/feeds/cap/al-1").content


def test_an_alert_that_is_taken_back_takes_the_place_of_what_was_stored(elastic):
    back = msgspec.structs.replace(FIRST, id="r2", number=2, kind="retracted", text="Taken back")
    store(elastic, "alerts", ALERT)
    store(elastic, "alerts", msgspec.structs.replace(ALERT, revisions=(FIRST, back), version=2))
    (item,) = ask(elastic, "/v1/feeds/alerts.json").json()["items"]
    assert item["_reportedly"]["deleted"]


def test_claims_are_found_by_the_filters_of_a_feed(elastic):
    killed = Slot(answers=(SlotAnswer(key="9", label="9", min=9, max=9, evidence=(EVIDENCE,)),))
    place = Slot(answers=(SlotAnswer(key="talden", label="Talden"),))
    told = claim(
        claim_id="c-1",
        evidence=(EVIDENCE,),
        slots={"count.killed": killed, "place": place},
        updated_at=START,
        n_independent=3,
    )
    store(elastic, "claims", told)

    def titles(query):
        return [
            item["title"] for item in ask(elastic, f"/v1/feeds/claims.json?{query}").json()["items"]
        ]

    assert titles("event=killed&place=talden&killed=9&independent=3") == [
        "killed: Talden (reported, 1 report)"
    ]
    for other in ("event=arrested", "place=meris", "killed=10", "independent=4", "status=denied"):
        assert titles(other) == []
