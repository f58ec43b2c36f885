"""The judge sees what is lost, doubled, or otherwise than the oracle says."""

import pytest
from builders import claim
from faults.judge import Seen, judged, naive_verdict
from faults.material import NOW, made_up
from faults.naive import INDEX
from faults.oracle import Oracle
from loops import send

from services.adapters.memory import MemoryBroker
from services.adapters.memory_index import MemoryIndex
from services.messages import encode
from services.ports import IndexAction, Outgoing

STUFF = made_up(7)
DUE = Oracle(STUFF.tagged, (), NOW, orders=1)


def document(index, id, version, key):
    body = f'{{"{key}": "{id}", "version": {version}}}'.encode()
    return IndexAction(index, f"{index}-{id}", version, body)


@pytest.fixture
def seen():
    """Articles as they must be, and no claim."""
    search = MemoryIndex()
    rows = [document("articles", *row, "article_id") for row in DUE.articles.items()]
    search.bulk(rows)
    return Seen(MemoryBroker(), search, ())


def test_what_stands_as_it_must_is_not_named(seen):
    verdict = judged(seen, DUE, letters=0)
    assert (verdict.lost, verdict.doubled, verdict.alerts, verdict.letters) == ([], [], [], [])


def test_claims_that_are_missing_or_not_due_are_named(seen):
    send(seen.broker, Outgoing("claims", "odd", encode(claim(claim_id="odd")), partition=0))
    verdict = judged(seen, DUE, letters=0)
    missing = [row for row in verdict.claims if row.startswith("claim ")]
    assert len(missing) == len(DUE.claims) + 1
    assert [row for row in verdict.claims if row.startswith("document")] == [
        "document of claim odd: None in place of 1"
    ]


def test_an_article_of_another_version_is_lost_and_a_second_document_is_doubled(seen):
    one, other, *_ = DUE.articles
    seen.search.bulk([document("articles", one, DUE.articles[one] + 1, "article_id")])
    again = document("articles", other, DUE.articles[other], "article_id")
    seen.search.bulk([IndexAction("articles", "again", again.version, again.document)])
    verdict = judged(seen, DUE, letters=0)
    assert [row.split(":")[0] for row in verdict.lost] == [f"article {one}"]
    assert verdict.doubled == [f"2 documents of articles {other}"]


def test_dead_letters_are_counted(seen):
    assert judged(seen, DUE, letters=3).letters == ["0 dead letters in place of 3: []"]


def test_what_the_naive_pipeline_lost_and_doubled_is_counted():
    search = MemoryIndex()
    body = b'{"article_id": "a", "version": 1}'
    search.bulk([IndexAction(INDEX, id, 1, body) for id in ("x", "y")])
    told = [{"article_id": "b", "version": 1}]
    assert naive_verdict(search, [("a", 1), ("b", 1)], told) == {
        "due": 2,
        "documents lost": 1,
        "documents doubled": 1,
        "messages lost": 1,
        "messages doubled": 0,
    }
