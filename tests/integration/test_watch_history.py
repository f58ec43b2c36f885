"""A watch asked of history: Elasticsearch finds the articles and claims
that the stream would have found, for any query and article, and any condition and claim.
"""

from itertools import count

import msgspec
import pytest
from builders import START, tagged
from click.testing import CliRunner
from conditions import claims, conditions, numbered
from hypothesis import HealthCheck, event, given
from hypothesis import settings as searched
from hypothesis import strategies as st
from queries import articles, means, queries

from services.adapters.elastic import ElasticIndex
from services.alerter.condition import holds as meets
from services.cli import root
from services.commands.templates import apply
from services.errors import ConfigError
from services.indexer.documents import BUILDERS
from services.query.compile import compile_query
from services.query.conditions import compile_condition
from services.query.document import document
from services.query.evaluate import holds
from services.query.parse import parse

pytestmark = pytest.mark.engines


@pytest.fixture
def elastic(settings):
    apply(settings)
    return ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)


def test_the_index_finds_what_the_stream_finds(elastic):
    runs = count()

    @searched(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(articles(), min_size=5, max_size=20), st.lists(queries, min_size=10, max_size=25)
    )
    def compare(some, strings):
        run = f"run-{next(runs)}"
        stored = {
            f"{run}-{i}": msgspec.structs.replace(
                article, article_id=f"{run}-{i}", feed_id=run, first_seen_at=START
            )
            for i, article in enumerate(some)
        }
        outcomes = elastic.bulk(
            [
                action
                for article in stored.values()
                for action in BUILDERS["tagged-articles"][1](article)
            ]
        )
        assert {outcome.outcome for outcome in outcomes} == {"stored"}
        elastic.refresh()
        for node in readable(strings):
            hits = search(elastic, run, node)
            assert hits == {id for id, article in stored.items() if holds(node, document(article))}
            assert hits == {id for id, article in stored.items() if means(node, article)}
            event("some match" if hits else "none matches")

    compare()


def test_the_index_finds_the_claims_that_meet_a_condition(elastic):
    runs = count()

    @searched(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(claims, min_size=5, max_size=20), st.lists(conditions, min_size=5, max_size=9))
    def compare(some, asked):
        run = f"run-{next(runs)}-"
        known = numbered(some, run)
        actions = [action for claim in known for action in BUILDERS["claims"][1](claim)]
        assert {outcome.outcome for outcome in elastic.bulk(actions)} == {"stored"}
        elastic.refresh()
        for condition in asked:
            mine = {"prefix": {"claim_id": run}}
            filters = [mine, compile_condition(condition)]
            body = {"query": {"bool": {"filter": filters}}, "size": 100, "_source": False}
            found = {hit["_id"] for hit in elastic.search("claims", body)["hits"]["hits"]}
            assert found == {claim.claim_id for claim in known if meets(condition, claim)}
            event("some meet it" if found else "none meets it")

    compare()


def readable(strings):
    for string in strings:
        try:
            yield parse(string)
        except ConfigError:
            continue


def search(elastic, run, node):
    body = {
        "query": {"bool": {"filter": [{"term": {"feed_id": run}}, compile_query(node)]}},
        "size": 100,
        "_source": False,
    }
    return {hit["_id"] for hit in elastic.search("articles", body)["hits"]["hits"]}


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(" OR ".join(f'"azzz{i} b{i} c{i}"~9' for i in range(150)), id="distances"),
        pytest.param('"al orran al halvane front"~9', id="a-repeated-word-in-all-orders"),
        pytest.param(" OR ".join(f"kadrino{i}*" for i in range(60)), id="beginnings"),
        pytest.param(" OR ".join(f'"{i} x{i} y{i} z{i}"' for i in range(150)), id="phrases"),
        pytest.param("(" * 20 + "halvane" + ")" * 20, id="nested"),
    ],
)
def test_a_query_as_wide_as_the_language_allows_is_no_more_than_the_index_takes(elastic, query):
    assert search(elastic, "nowhere", parse(query)) == set()


def test_a_query_is_tried_on_history(elastic, settings):
    articles = (
        tagged("a1", "Halvane killed\n\nx", outlet="The Post", first_seen_at=START),
        tagged("a2", "Rain\n\nHalvane", first_seen_at=START),
    )
    elastic.bulk(
        [action for article in articles for action in BUILDERS["tagged-articles"][1](article)]
    )
    elastic.refresh()
    said = (
        CliRunner()
        .invoke(root, ["watches", "test", "halvane -rain", "--history"], env=settings.environment())
        .stdout
    )
    assert said.splitlines() == [
        "1 article of the index match; the newest:",
        "  2031-05-02T06:00  The Post  Halvane killed",
    ]
