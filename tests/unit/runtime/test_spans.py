"""All stages of one version of an article are one trace, though no message says so."""

from pathlib import Path

import pytest
from builders import article, claim
from hypothesis import given, settings
from hypothesis import strategies as st

from services.messages import ClaimCause, Hit, encode
from services.ports import Record
from services.runtime.spans import first_span, is_sampled, spans, trace_of
from services.runtime.trail import WAY

EXAMPLES = Path(__file__).parents[3] / "schemas/examples"
READERS = [
    ("articles", "tagger"),
    ("tagged-articles", "tracker-route"),
    ("tagged-articles", "alerter-match"),
    ("tagged-articles", "indexer"),
    ("reports", "tracker-fold"),
    ("claims", "alerter-match"),
    ("claims", "indexer"),
    ("hits", "alerter-fold"),
    ("alerts", "notifier"),
    ("alerts", "indexer"),
]


def example(topic):
    (path,) = (EXAMPLES / topic / "v1").glob("*.json")
    return path.read_bytes()


def of(topic, group, value=None, *, offset=7):
    record = Record(topic, 2, offset, "k", value or example(topic))
    return list(spans(record, group.partition("-")[0], group, 10, 20))


def test_all_stages_of_an_article_are_one_trace_and_each_hangs_on_one_before_it():
    (first,) = first_span(Record("articles", 0, 0, None, example("articles")), 5, 6)
    found = [first, *(span for topic, group in READERS for span in of(topic, group))]
    assert {span.trace for span in found} == {trace_of("a-3f9c", 1)}
    assert len({span.id for span in found}) == len(found) == len(READERS) + 1
    assert first.parent == 0
    ids = {span.id: n for n, span in enumerate(found)}
    assert all(ids[span.parent] < n for n, span in enumerate(found[1:], 1))


def test_a_span_says_what_it_is_about_and_where_it_was_read():
    (span,) = of("hits", "alerter-fold")
    assert span.fields == {
        "article_id": "a-3f9c", "version": 1, "watch_id": "halvane",
        "topic": "hits", "partition": 2, "offset": 7,
    }  # fmt: skip
    assert (span.name, span.service, span.began_ns, span.ended_ns) == (
        "alerter-fold hits", "alerter", 10, 20,
    )  # fmt: skip


def test_no_span_holds_words_of_the_article():
    told = str([dict(span.fields) for topic, group in READERS for span in of(topic, group)])
    assert "Ostrel" not in told
    assert "Halvane" not in told


def test_an_update_of_a_claim_is_in_the_trace_of_each_version_that_led_to_it():
    causes = tuple(ClaimCause(article_id=id, version=v) for id, v in [("a", 1), ("b", 1), ("a", 2)])
    update = claim(cause=causes)
    copy = Hit(hit_id="h", claim=update)
    for topic, value in (("claims", update), ("hits", copy)):
        found = of(topic, "alerter-x", encode(value))
        assert [span.trace for span in found] == [
            trace_of("a", 1),
            trace_of("b", 1),
            trace_of("a", 2),
        ]
        assert {span.fields["claim_id"] for span in found} == {"c1"}


def test_a_stage_that_handles_a_version_once_has_one_span_however_often_it_is_read():
    assert of("tagged-articles", "tracker-route") != of(
        "tagged-articles", "tracker-route", offset=8
    )
    again = [span.id for offset in (7, 8) for span in of("articles", "tagger", offset=offset)]
    assert len(set(again)) == 1
    folds = [span.id for offset in (7, 8) for span in of("reports", "tracker-fold", offset=offset)]
    assert len(set(folds)) == 2


@pytest.mark.parametrize("topic", sorted(WAY))
@pytest.mark.parametrize("value", [None, b"", b"[]", b"\xff", b'{"article_id": 3}', b"{}"])
def test_what_can_not_be_read_leaves_no_span(topic, value):
    assert list(spans(Record(topic, 0, 0, None, value), "tagger", "tagger", 1, 2)) == []


def test_a_clock_that_was_set_back_makes_no_span_end_before_it_began():
    (span,) = spans(Record("articles", 0, 0, None, encode(article())), "tagger", "tagger", 9, 3)
    assert (span.began_ns, span.ended_ns) == (9, 9)


@settings(max_examples=30)
@given(st.text(), st.integers(min_value=1))
def test_every_process_takes_the_same_traces_and_a_larger_share_holds_a_smaller_one(id, version):
    trace = trace_of(id, version)
    assert 0 < trace < 1 << 128
    assert is_sampled(trace, 1.0)
    assert is_sampled(trace, 0.5) >= is_sampled(trace, 0.1)


def test_a_share_of_the_traces_is_taken():
    taken = sum(is_sampled(trace_of(f"a{n}", 1), 0.1) for n in range(2000))
    assert 150 < taken < 250
