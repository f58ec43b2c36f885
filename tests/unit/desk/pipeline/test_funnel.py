"""Where articles went, from answers of Elasticsearch."""

from services.desk.pipeline.funnel import MOST_ARTICLES, Held, held_of, ids_of, steps


def test_each_step_has_its_number_and_says_when_there_may_be_more():
    seen = {"hits": {"total": {"value": 9}}, "aggregations": {"with_incidents": {"doc_count": 7}}}
    voices = {"aggregations": {"articles": {"value": 5}}}
    found = steps(seen, voices, 4, 3, MOST_ARTICLES - 1)
    assert [step.n for step in found] == [9, 7, 5, 4, 3]
    assert not any(step.is_least for step in found)
    assert [step.is_least for step in steps(seen, voices, 4, 3, MOST_ARTICLES)][-2:] == [True] * 2
    assert [step.n for step in steps({}, {}, 0, 0, 0)] == [0] * 5


def test_reasons_are_told_in_words_also_those_that_are_new():
    buckets = [{"key": "copy", "doc_count": 4}, {"key": "some-new-one", "doc_count": 1}]
    found = held_of({"aggregations": {"reasons": {"buckets": buckets}}})
    assert found == [
        Held("copy", "it is a copy of what was told", 4),
        Held("some-new-one", "some new one", 1),
    ]
    assert ids_of({"aggregations": {"ids": {"buckets": buckets}}}) == {"copy", "some-new-one"}
    assert (held_of({}), ids_of({})) == ([], set())
