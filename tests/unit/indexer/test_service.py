"""One batch through the indexer, with an index that answers as told."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from builders import claim, tagged
from scrapes import Rise

from services.errors import TransientError
from services.indexer.batch import UNCLEAR_TRIES, Verdicts
from services.indexer.sending import IN_FLIGHT
from services.indexer.service import index as index_batch
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


def index(search, records, verdicts=None):
    with ThreadPoolExecutor(IN_FLIGHT) as threads:
        return index_batch(search, records, verdicts or Verdicts(), threads)


def record(offset, topic, value):
    return Record(topic=topic, partition=0, offset=offset, key=None, value=value)


CLAIM = record(0, "claims", encode(claim()))
ARTICLE = record(1, "tagged-articles", encode(tagged("a1")))


def test_records_of_all_topics_are_written_in_one_request():
    search = Answering()
    assert index(search, [CLAIM, ARTICLE]).rejected == []
    assert [a.id for a in search.actions] == ["c1", "a1"]


def test_documents_are_counted_by_what_became_of_them():
    rise = Rise()
    index(Answering({"c1": "stale", "a1": "rejected"}), [CLAIM, ARTICLE])
    assert rise("reportedly_documents_total", outcome="stale") == 1
    assert rise("reportedly_documents_total", outcome="rejected") == 1
    assert rise("reportedly_documents_total", outcome="stored") == 0
    assert rise("reportedly_bulk_seconds_count") == 1


def test_an_unreadable_record_is_rejected_and_its_neighbours_are_written():
    search = Answering()
    broken = record(2, "claims", b"{")
    done = index(search, [CLAIM, broken, ARTICLE])
    assert [(r.offset, e.reason) for r, e in done.rejected] == [(2, "not-json")]
    assert [a.id for a in search.actions] == ["c1", "a1"]


def test_a_refused_document_rejects_its_own_record_with_the_reason():
    done = index(Answering({"c1": "rejected"}), [CLAIM, ARTICLE])
    assert [(r.topic, e.reason, e.detail) for r, e in done.rejected] == [
        ("claims", "not-indexable", "the reason")
    ]


def test_a_refused_document_of_a_dead_letter_makes_no_letter_about_a_letter():
    letter = record(0, "claims-dlq", b"{")
    assert index(Answering({"claims/0/0": "rejected"}), [letter]).rejected == []


def test_a_stale_document_is_no_error():
    assert index(Answering({"c1": "stale"}), [CLAIM, ARTICLE]).rejected == []


def test_one_document_to_try_again_holds_the_whole_batch():
    with pytest.raises(
        TransientError, match=r"1 of 2.*the reason; the first is tagged-articles 0 at 1"
    ):
        index(Answering({"a1": "retry", "c1": "rejected"}), [CLAIM, ARTICLE])


def test_a_tombstone_writes_nothing():
    search = Answering()
    assert index(search, [record(0, "claims", None)]).rejected == []
    assert search.actions == []


def test_documents_are_json_objects_with_the_ids_they_are_stored_under():
    search = Answering()
    index(search, [CLAIM])
    assert json.loads(search.actions[0].document)["claim_id"] == search.actions[0].id


def tried(search, records, n):
    """Index a batch n times, as the loop does while it has to wait;
    return what was done at last, or None.
    """
    verdicts = Verdicts()
    for _ in range(n - 1):
        with pytest.raises(TransientError):
            index(search, records, verdicts)
    try:
        return index(search, records, verdicts)
    except TransientError:
        return None


SECOND = record(3, "claims", encode(claim(claim_id="c2")))


def test_a_document_refused_for_an_unknown_reason_is_given_up_once_enough_others_were_stored():
    search = Answering({"c2": "unclear"})
    assert tried(search, [CLAIM, SECOND], UNCLEAR_TRIES - 1) is None
    done = tried(search, [CLAIM, SECOND], UNCLEAR_TRIES)
    assert [(r.offset, e.reason, e.detail) for r, e in done.rejected] == [
        (3, "not-indexable", "the reason")
    ]


@pytest.mark.parametrize(
    ("outcomes", "records"),
    [
        ({"c2": "unclear"}, [SECOND]),
        ({"c1": "unclear", "c2": "unclear"}, [CLAIM, SECOND]),
        ({"c1": "retry", "c2": "unclear"}, [CLAIM, SECOND]),
        ({"c2": "unclear"}, [ARTICLE, SECOND]),
        ({"c2": "retry"}, [CLAIM, SECOND]),
    ],
)
def test_nothing_is_given_up_where_its_index_stores_nothing_else_or_the_engine_is_in_trouble(
    outcomes, records
):
    assert tried(Answering(outcomes), records, UNCLEAR_TRIES + 5) is None


def test_tries_are_counted_anew_once_a_batch_has_passed():
    verdicts, search = Verdicts(), Answering({"c2": "unclear"})
    for _ in range(UNCLEAR_TRIES - 1):
        with pytest.raises(TransientError):
            index(search, [CLAIM, SECOND], verdicts)
    index(Answering(), [CLAIM, SECOND], verdicts)
    with pytest.raises(TransientError):
        index(search, [CLAIM, SECOND], verdicts)
