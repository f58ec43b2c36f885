"""What searches rely on in an index, asked of Elasticsearch and of the one in memory alike."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from builders import START, hours, tagged

from services.adapters.elastic import ElasticIndex
from services.adapters.memory_index import MemoryIndex
from services.errors import PointInTimeEnded
from services.indexer.documents import BUILDERS
from services.indexer.templates import templates
from services.ports import IndexAction

NEWEST = [
    {"first_seen_at": {"order": "desc", "missing": "_last", "unmapped_type": "date"}},
    {"article_id": {"order": "asc", "unmapped_type": "keyword"}},
]
EVERYTHING: dict[str, Any] = {"match_all": {}}
KEEP_SECONDS = 60


ENGINES = ["memory", pytest.param("elasticsearch", marks=pytest.mark.engines)]


def made(request):
    """Return an index with the templates that these tests need, which is quicker than with all."""
    needed = {name: templates()[name] for name in ("reportedly-articles", "reportedly-claims")}
    if request.param == "memory":
        memory = MemoryIndex()
        memory.apply_templates(needed)
        return memory
    url = request.getfixturevalue("engines").elastic_url
    elastic = ElasticIndex(url, prefix=f"t{uuid.uuid4().hex[:8]}-")
    elastic.admin.apply_templates(needed)
    elastic.admin.ensure("claims")
    return elastic


@pytest.fixture(params=ENGINES)
def index(request):
    """An index of this test alone."""
    return made(request)


@pytest.fixture(params=ENGINES, scope="module")
def two(request):
    """An index with two articles, for tests that write nothing."""
    index = made(request)
    write(
        index,
        seen("a", outlet="The Post"),
        seen("b", "Rain on Halvane\n\nAll day.", n_hours=1, language="en"),
    )
    return index


def write(index, *articles):
    actions = [a for each in articles for a in BUILDERS["tagged-articles"][1](each)]
    assert {outcome.outcome for outcome in index.bulk(actions)} == {"stored"}
    index.refresh()


def seen(id, text="Halvane killed\n\nThe front leader is dead.", n_hours=0, **kw):
    at = None if n_hours is None else hours(n_hours)
    return tagged(id, text, first_seen_at=at, **kw)


def ids(index, query=EVERYTHING, **body):
    body = {"query": query, "sort": NEWEST, "size": 100} | body
    return [hit["_id"] for hit in index.search("articles", body)["hits"]["hits"]]


def bool_of(**clauses):
    return {"bool": clauses}


def test_the_newest_comes_first_and_what_has_no_date_last(index):
    write(index, seen("b"), seen("a"), seen("c", n_hours=1), seen("d", n_hours=None))
    assert ids(index) == ["c", "a", "b", "d"]


def test_pages_behind_one_another_hold_everything_once(index):
    write(index, *(seen(f"a{n}", n_hours=n % 3 if n < 5 else None) for n in range(7)))
    found, after = [], None
    while True:
        body = {"query": EVERYTHING, "sort": NEWEST, "size": 2}
        hits = index.search("articles", body | ({"search_after": after} if after else {}))
        if not hits["hits"]["hits"]:
            break
        found += [hit["_id"] for hit in hits["hits"]["hits"]]
        after = hits["hits"]["hits"][-1]["sort"][:2]
    assert found == ids(index)
    assert len(found) == 7


def test_a_point_in_time_shows_nothing_that_came_later(index):
    write(index, seen("a"))
    pit = {"id": index.open_point_in_time("articles", KEEP_SECONDS), "keep_alive": "60s"}
    write(index, seen("b", n_hours=1), seen("a", "Rain\n\nAll day.", version=2))
    assert ids(index) == ["b", "a"]
    assert ids(index, pit=pit) == ["a"]
    assert ids(index, {"term": {"match": {"value": "halvane"}}}, pit=pit) == ["a"]
    index.close_point_in_time(pit["id"])


def test_pages_that_began_without_a_point_in_time_go_on_in_one(index):
    write(index, *(seen(f"a{n}", n_hours=n) for n in range(5)))
    first = index.search("articles", {"query": EVERYTHING, "sort": NEWEST, "size": 2})["hits"]
    assert [hit["_id"] for hit in first["hits"]] == ["a4", "a3"]
    pit = {"id": index.open_point_in_time("articles", KEEP_SECONDS), "keep_alive": "60s"}
    write(index, seen("late", n_hours=9))
    assert ids(index, pit=pit, search_after=first["hits"][-1]["sort"]) == ["a2", "a1", "a0"]
    index.close_point_in_time(pit["id"])


def test_a_point_in_time_that_was_closed_is_gone_and_closing_it_again_is_no_error(index):
    write(index, seen("a"))
    pit = index.open_point_in_time("articles", KEEP_SECONDS)
    index.close_point_in_time(pit)
    index.close_point_in_time(pit)
    with pytest.raises(PointInTimeEnded):
        ids(index, pit={"id": pit, "keep_alive": "60s"})


@pytest.mark.parametrize("id", ["bm90IG9uZQ==", "not base 64", ""])
def test_what_is_no_point_in_time_is_gone_too(two, id):
    with pytest.raises(PointInTimeEnded):
        ids(two, pit={"id": id, "keep_alive": "60s"})


def test_an_index_without_documents_can_be_frozen_too(index):
    pit = index.open_point_in_time("claims", KEEP_SECONDS)
    body = {"query": EVERYTHING, "pit": {"id": pit, "keep_alive": "60s"}}
    assert index.search("claims", body)["hits"]["hits"] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"term": {"match": {"value": "halvane"}}}, {"a", "b"}),
        ({"term": {"outlet": "The Post"}}, {"a"}),
        ({"terms": {"facets": ["lang:en", "lang:fr"]}}, {"b"}),
        ({"prefix": {"match_title": {"value": "kil"}}}, {"a"}),
        ({"prefix": {"article_id": "b"}}, {"b"}),
        ({"exists": {"field": "outlet"}}, {"a"}),
        ({"ids": {"values": ["a", "x"]}}, {"a"}),
        ({"range": {"first_seen_at": {"gte": START.isoformat()}}}, {"a", "b"}),
        ({"range": {"first_seen_at": {"gt": START.isoformat()}}}, {"b"}),
        ({"range": {"first_seen_at": {"lt": hours(1).isoformat()}}}, {"a"}),
        ({"range": {"version": {"lte": 0}}}, set()),
        (bool_of(should=[{"term": {"outlet": "x"}}, {"ids": {"values": ["b"]}}]), {"b"}),
        (bool_of(filter=[EVERYTHING], should=[{"term": {"outlet": "x"}}]), {"a", "b"}),
        (bool_of(must_not=[{"exists": {"field": "outlet"}}]), {"b"}),
        (
            {
                "multi_match": {
                    "query": "Rain halvane",
                    "fields": ["title", "text"],
                    "operator": "and",
                }
            },
            {"b"},
        ),
    ],
)
def test_each_kind_of_clause_means_the_same(two, query, found):
    assert set(ids(two, query)) == found


def near(*words, slop=0, in_order=True):
    terms = [{"span_term": {"match": {"value": word}}} for word in words]
    return {"span_near": {"clauses": terms, "slop": slop, "in_order": in_order}}


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        (near("front", "leader"), True),
        (near("leader", "front"), False),
        (near("front", "dead"), False),
        (near("front", "dead", slop=2), True),
        (near("front", "dead", slop=1), False),
        (near("dead", "leader", "front", slop=1, in_order=False), True),
        (near("dead", "leader", "front", in_order=False), False),
        (near("killed", "the", slop=99), False),
    ],
)
def test_words_near_one_another_are_found_within_one_value(two, query, is_found):
    assert ids(two, query) == (["a"] if is_found else [])


def test_a_total_is_exact_or_says_that_it_is_a_lower_bound(index):
    write(index, *(seen(f"a{n}") for n in range(3)))

    def total(**body):
        return index.search("articles", {"query": EVERYTHING, "size": 1} | body)["hits"]["total"]

    assert total(track_total_hits=True) == {"value": 3, "relation": "eq"}
    assert total(track_total_hits=2) == {"value": 2, "relation": "gte"}
    assert total(track_total_hits=3) == {"value": 3, "relation": "eq"}


def test_facets_are_counted_over_all_that_is_found_the_most_frequent_first(index):
    write(index, seen("a", outlet="B"), seen("b", outlet="A"), seen("c", n_hours=30, outlet="B"))
    aggs = {
        "outlets": {"terms": {"field": "outlet", "size": 5}},
        "days": {"date_histogram": {"field": "first_seen_at", "calendar_interval": "day"}},
    }
    aggs |= {"newest": {"max": {"field": "first_seen_at"}}, "none": {"max": {"field": "tagged_at"}}}
    found = index.search("articles", {"query": EVERYTHING, "size": 0, "aggs": aggs})["aggregations"]
    assert found["newest"]["value"] == (START + timedelta(hours=30)).timestamp() * 1000
    assert found["none"]["value"] is None
    assert [(b["key"], b["doc_count"]) for b in found["outlets"]["buckets"]] == [("B", 2), ("A", 1)]
    assert [b["doc_count"] for b in found["days"]["buckets"]] == [2, 1]


def test_only_the_fields_that_are_asked_for_are_sent(index):
    write(index, seen("a"))
    body = {"query": EVERYTHING, "_source": ["article_id", "facets"]}
    (hit,) = index.search("articles", body)["hits"]["hits"]
    assert set(hit["_source"]) == {"article_id", "facets"}
    body = {"query": EVERYTHING, "_source": {"excludes": ["match*"]}}
    (hit,) = index.search("articles", body)["hits"]["hits"]
    assert "match" not in hit["_source"]
    assert "text" in hit["_source"]


def test_the_highest_version_stays_and_an_unknown_field_waits(index):
    def outcome(version, **fields):
        action = IndexAction("claims", "c1", version, json.dumps(fields).encode())
        return index.bulk([action])[0].outcome

    assert [outcome(2, event="new"), outcome(1, event="old")] == ["stored", "stale"]
    assert outcome(3, colour="red") == "retry"
    index.refresh()
    assert index.get("claims", "c1") == {"event": "new"}
    assert index.get("claims", "c2") is None


def test_what_matches_is_removed_and_nothing_else(index):
    write(index, seen("a", outlet="B"), seen("b", outlet="A"))
    assert index.remove("articles", {"term": {"outlet": "B"}}) == 1
    index.refresh()
    assert ids(index) == ["b"]


def test_an_index_that_is_not_there_has_no_documents(two):
    assert two.search("nothing", {"query": EVERYTHING})["hits"]["hits"] == []
