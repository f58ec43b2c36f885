"""One batch through the indexer, with an index that answers as told."""

import json

import pytest
from builders import claim, tagged

from services.errors import TransientError
from services.indexer.service import index
from services.messages import encode
from services.ports import IndexOutcome, Record


class Answering:
    """A search index that remembers what it was given; `outcomes` by document id, else stored."""

    def __init__(self, outcomes=None):
        self.outcomes = outcomes or {}
        self.actions = []

    def bulk(self, actions):
        self.actions += actions
        return [IndexOutcome(a, self.outcomes.get(a.id, "stored"), "the reason") for a in actions]


def record(offset, topic, value):
    return Record(topic=topic, partition=0, offset=offset, key=None, value=value)


CLAIM = record(0, "claims", encode(claim()))
ARTICLE = record(1, "tagged-articles", encode(tagged("a1")))


def test_records_of_all_topics_are_written_in_one_request():
    search = Answering()
    assert index(search, [CLAIM, ARTICLE]).rejected == []
    assert [a.id for a in search.actions] == ["c1", "a1"]


def test_an_unreadable_record_is_rejected_and_its_neighbours_are_written():
    search = Answering()
    broken = record(2, "claims", b"{")
    done = index(search, [CLAIM, broken, ARTICLE])
    assert [(r.offset, e.reason) for r, e in done.rejected] == [(2, "not-json")]
    assert [a.id for a in search.actions] == ["c1", "a1"]


def test_a_refused_document_rejects_its_own_record_with_the_reason():
    done = index(Answering({"c1": "rejected"}), [CLAIM, ARTICLE])
    assert [(r.topic, e.reason, e.detail) for r, e in done.rejected] == [("claims", "not-indexable", "the reason")]


def test_a_stale_document_is_no_error():
    assert index(Answering({"c1": "stale"}), [CLAIM, ARTICLE]).rejected == []


def test_one_document_to_try_again_holds_the_whole_batch():
    with pytest.raises(TransientError, match=r"1 of 2.*the reason"):
        index(Answering({"a1": "retry", "c1": "rejected"}), [CLAIM, ARTICLE])


def test_a_tombstone_writes_nothing():
    search = Answering()
    assert index(search, [record(0, "claims", None)]).rejected == []
    assert search.actions == []


def test_documents_are_json_objects_with_the_ids_they_are_stored_under():
    search = Answering()
    index(search, [CLAIM])
    assert json.loads(search.actions[0].document)["claim_id"] == search.actions[0].id
