"""A search as a watch finds the same, and so does a watch as a search."""

import pytest
from builders import claim, hours, mention, tagged
from conditions import claims, conditions, numbered
from hypothesis import given
from hypothesis import settings as searched
from hypothesis import strategies as st
from msgspec.structs import replace
from queries import articles, queries
from searching import found, holding, search_of

from services.alerter.condition import holds
from services.alerter.watch_file import read_watches
from services.errors import ConfigError
from services.messages import Watch
from services.query.document import document
from services.query.evaluate import holds as matches
from services.query.parse import parse
from services.search.asked import Filters
from services.search.watch import as_watch, of_watch, written

EXAMPLES = 30
"""Each has several documents and several searches."""


@searched(max_examples=EXAMPLES)
@given(st.lists(claims, max_size=6), st.lists(conditions, min_size=1, max_size=4))
def test_a_watch_on_claims_finds_those_that_meet_its_condition(some, asked):
    known = numbered(some)
    index = holding(*known)
    for condition in asked:
        wanted = of_watch(Watch(id="w", name="W", claim=condition), Filters())
        meeting = {each.claim_id for each in known if holds(condition, each)}
        assert set(found(index, wanted)) == meeting


@searched(max_examples=EXAMPLES)
@given(st.lists(articles(), max_size=5), st.lists(queries, min_size=1, max_size=4))
def test_a_watch_of_words_finds_the_articles_that_it_matches(some, strings):
    known = [
        replace(each, article_id=f"a{n}", first_seen_at=hours(n)) for n, each in enumerate(some)
    ]
    index = holding(*known)
    for string in strings:
        try:
            node = parse(string)
        except ConfigError:
            continue
        matching = {each.article_id for each in known if matches(node, document(each))}
        wanted = of_watch(Watch(id="w", name="W", query=string), Filters())
        assert set(found(index, wanted)) == matching


INDEX = holding(
    tagged("a1", "Halvane killed\n\nx", stance="denied", language="en", outlet="The Post"),
    tagged("a2", "The front leader\n\nHalvane", language="en"),
    tagged("a3", "Rain\n\nx", outlet="The Post", mentions=(mention("Meris", type="place"),)),
    claim(claim_id="c1", article_ids=("a1",), confidence=0.3, level="claimed"),
    claim(claim_id="c2", article_ids=("a3",), event="wounded", n_independent=2),
)


@pytest.mark.parametrize(
    ("kind", "query", "filters", "n"),
    [
        ("articles", "halvane OR front", {}, 2),
        ("articles", "halvane", {"stance": ("denied", "claimed")}, 1),
        ("articles", "", {"source": ("the post",), "place": ("Meris", 'a "b"')}, 1),
        ("claims", "", {"event": ("killed",), "confidence": 0.3, "level": "claimed"}, 1),
        ("claims", "halvane", {}, 1),
        ("claims", "", {"independent": 2}, 1),
        ("claims", "", {}, 2),
    ],
)
def test_the_watch_of_a_search_finds_the_same(kind, query, filters, n):
    wanted = search_of(kind, query, **filters)
    (watch,) = read_watches(written(as_watch(wanted, "w1")), "watch.yaml")
    again = of_watch(watch, Filters())
    assert again.kind == kind
    assert found(INDEX, again) == found(INDEX, wanted)
    assert len(found(INDEX, wanted)) == n


@pytest.mark.parametrize(
    ("kind", "filters", "said"),
    [
        ("incidents", {"event": ("killed",)}, "not for incidents: search in articles or claims"),
        ("claims", {"status": ("denied",)}, "give level instead of status"),
        ("articles", {"since": hours(0)}, "a watch needs words"),
        ("articles", {"stance": ("asserted",)}, "matches nearly everything"),
    ],
)
def test_what_no_watch_can_ask_is_told(kind, filters, said):
    with pytest.raises(ConfigError, match=said):
        as_watch(search_of(kind, **filters), "w1")
