"""What a batch takes back: parts of edited articles, and feeds with a tombstone."""

import pytest
from builders import START, hours, tagged

from services.indexer.documents import BUILDERS, INDICES
from services.indexer.pages import id_field
from services.indexer.withdrawn import MOST_IDS, PARTS, edits, parts_withdrawn, removed
from services.ports import IndexAction, Record


def action(id, version, index="articles-2031.05", *, is_edit=True):
    return IndexAction(index, id, version, b"{}", is_edit)


def record(topic, key, value):
    return Record(topic=topic, partition=0, offset=0, key=key, value=value)


def test_of_the_edits_of_an_article_the_highest_version_counts():
    batch = [action("a", 3), action("a", 2), action("b", 9, is_edit=False)]
    assert edits(batch) == {"articles-2031.05": {"a": 3}}


def test_an_article_seen_for_the_first_time_withdraws_nothing_whatever_its_version():
    [made, *_], [again, *_] = (
        BUILDERS["tagged-articles"][1](
            tagged(version=1_935_000_000_000 + n, first_seen_at=START, seen_at=hours(n))
        )
        for n in range(2)
    )
    assert edits([made]) == {}
    assert edits([again]) == {made.index: {made.id: again.version}}


@pytest.mark.parametrize("index", ["articles-2031.05", "articles-unknown", "articles-2031.05-v2"])
def test_reports_and_incidents_of_the_articles_own_month_are_asked_for(index):
    names = [name for name, _ in parts_withdrawn(edits([action("a", 2, index)]))]
    assert names == [index.replace("articles", part) for part in PARTS]


def test_a_part_is_withdrawn_below_the_version_of_its_own_article():
    [(_, query), _] = parts_withdrawn({"articles-2031.05": {"a": 3, "b": 2, "c": 3}})
    assert [clause["bool"]["filter"] for clause in query["bool"]["should"]] == [
        [{"terms": {"article_id": ["b"]}}, {"range": {"article_version": {"lt": 2}}}],
        [{"terms": {"article_id": ["a", "c"]}}, {"range": {"article_version": {"lt": 3}}}],
    ]


@pytest.mark.parametrize(("n", "queries"), [(MOST_IDS, 1), (MOST_IDS + 1, 2)])
def test_a_query_holds_so_many_articles_at_most(n, queries):
    asked = parts_withdrawn({"articles-2031.05": {str(i): 2 for i in range(n)}})
    assert len(asked) == queries * len(PARTS)


def test_a_feed_is_removed_if_its_last_message_is_a_tombstone():
    batch = [
        record("feeds", "f", None),
        record("feeds", "g", None),
        record("feeds", "g", b"{}"),
        record("feed-states", "f", None),
        record("claims", "c", None),
    ]
    assert removed(batch) == [
        ("feeds", {"ids": {"values": ["f"]}}),
        ("feed-health", {"ids": {"values": ["f"]}}),
    ]


@pytest.mark.parametrize("alias", INDICES)
def test_the_first_field_of_a_document_is_its_id(alias):
    assert id_field(alias).endswith("_id")
