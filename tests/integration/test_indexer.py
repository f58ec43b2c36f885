"""The adapter and the indexer on real engines:
versions, refusals, templates, dead letters, a rerun.
"""

import json
from datetime import timedelta

import httpx
import pytest
from builders import START, claim, tagged
from streams import broker_of, eventually, on, send, service

from services.adapters.elastic import ElasticIndex
from services.commands.templates import apply
from services.errors import TransientError
from services.indexer.documents import BUILDERS, INDICES
from services.indexer.templates import templates
from services.messages import Boilerplate, encode
from services.ports import IndexAction

pytestmark = pytest.mark.engines


@pytest.fixture
def elastic(settings):
    apply(settings)
    return ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)


def action(id="c1", version=1, index="claims", **fields):
    return IndexAction(index, id, version, json.dumps(fields).encode())


def outcomes(elastic, *actions):
    return [o.outcome for o in elastic.bulk(actions)]


def found(elastic, index, body=None):
    elastic.refresh()
    return [
        hit["_source"]
        for hit in elastic.search(index, body or {"query": {"match_all": {}}})["hits"]["hits"]
    ]


def test_the_highest_version_wins_in_whatever_order_they_come(elastic):
    assert outcomes(elastic, action(version=2, event="new"), action(version=1, event="old")) == [
        "stored",
        "stale",
    ]
    assert outcomes(elastic, action(version=2, event="again")) == ["stored"]
    assert found(elastic, "claims") == [{"event": "again"}]


def test_a_value_that_its_field_cannot_hold_is_rejected_and_its_neighbours_are_stored(elastic):
    done = elastic.bulk(
        [action("a", event="x"), action("b", opened_at="yesterday"), action("c", event="y")]
    )
    assert [o.outcome for o in done] == ["stored", "rejected", "stored"]
    assert "failed to parse" in done[1].reason


@pytest.mark.parametrize("bad", [action("x" * 600, event="x"), action("", event="x")])
def test_a_document_that_spoils_the_whole_request_is_singled_out(elastic, bad):
    good = [action(f"g{n}", event="x") for n in range(4)]
    assert outcomes(elastic, *good[:3], bad, good[3]) == [
        "stored",
        "stored",
        "stored",
        "rejected",
        "stored",
    ]
    assert len(found(elastic, "claims")) == 4


def test_more_than_one_request_holds_is_split_in_order(elastic):
    long = [action(f"l{n}", quotes=["word " * 600_000]) for n in range(4)]
    assert outcomes(elastic, *long) == ["stored"] * 4


def test_a_closed_door_is_transient():
    nobody = ElasticIndex("http://127.0.0.1:9")
    with pytest.raises(TransientError):
        nobody.bulk([action()])
    assert not nobody.is_up()


def test_templates_and_indices_can_be_applied_twice(elastic, settings):
    apply(settings)
    assert found(elastic, "claims") == []
    assert set(templates()) == {f"reportedly-{alias}" for alias in INDICES}


def behind(settings):
    """Return index to its aliases, without the prefix."""
    own = settings.index_prefix
    found = httpx.get(f"{settings.elastic_url}/{own}*/_alias").raise_for_status().json()
    return {
        index.removeprefix(own): sorted(alias.removeprefix(own) for alias in row["aliases"])
        for index, row in found.items()
    }


def test_the_first_document_of_a_month_makes_its_index_behind_both_aliases(elastic, settings):
    may = action("a1", index="articles-2031.05", outlet="x")
    assert outcomes(elastic, may, action("c1", event="x")) == ["stored", "stored"]
    made = behind(settings)
    assert made["articles-2031.05-v1"] == ["articles", "articles-2031.05"]
    assert made["claims-v1"] == ["claims"]
    assert len(found(elastic, "articles")) == 1


def test_an_edit_in_a_later_month_lands_in_the_articles_own_index(elastic):
    for version, at in ((1, START), (2, START + timedelta(days=40))):
        edit = tagged("a1", version=version, first_seen_at=START, tagged_at=at)
        done = elastic.bulk(BUILDERS["tagged-articles"][1](edit))
        assert {o.outcome for o in done} == {"stored"}
    assert [row["version"] for row in found(elastic, "articles")] == [2]


def test_an_index_that_somebody_drops_is_made_again_for_the_next_document(elastic, settings):
    address = f"{settings.elastic_url}/{settings.index_prefix}claims-v1"
    httpx.delete(address).raise_for_status()
    assert outcomes(elastic, action("c1", event="x"), action("c2", event="y")) == ["stored"] * 2
    assert len(found(elastic, "claims")) == 2
    assert behind(settings)["claims-v1"] == ["claims"]


def test_a_month_whose_index_has_the_name_that_is_now_its_alias_is_written_as_before(
    elastic, settings
):
    own = settings.index_prefix
    old = f"{settings.elastic_url}/{own}articles-2031.05"
    httpx.put(old, json={"aliases": {f"{own}articles": {}}}).raise_for_status()
    assert outcomes(elastic, action("a1", index="articles-2031.05", outlet="x")) == ["stored"]
    assert behind(settings)["articles-2031.05"] == ["articles"]
    assert len(found(elastic, "articles")) == 1


def test_a_phrase_over_the_match_field_does_not_reach_across_boilerplate(elastic):
    text = "Title\n\nOren Halvane fell. Read more here. Ostrel waits."
    start = text.index("Read")
    cut = Boilerplate(start=start, end=start + len("Read more here."), kind="related", rule="t")
    elastic.bulk(
        BUILDERS["tagged-articles"][1](tagged("a1", text, first_seen_at=START, boilerplate=(cut,)))
    )

    def phrase(words):
        query = {"match_phrase": {"match": {"query": words, "slop": 50}}}
        return [row["article_id"] for row in found(elastic, "articles", {"query": query})]

    assert phrase("oren fell") == ["a1"]
    assert phrase("fell ostrel") == []
    assert phrase("read more") == []


def test_what_is_on_the_topics_is_found_and_what_is_unreadable_is_a_dead_letter(elastic, settings):
    broker = broker_of(settings)
    send(
        broker,
        ("claims", "c1", encode(claim(version=2))),
        ("claims", "bad", b"{"),
        ("tagged-articles", "a1", encode(tagged())),
    )
    with service(settings, "index"):
        eventually(lambda: found(elastic, "claims") and found(elastic, "articles"))
        [letter] = eventually(lambda: on(broker, "claims-dlq"))
    assert letter.value == b"{"
    assert [row["version"] for row in found(elastic, "claims")] == [2]


def test_a_restart_goes_on_where_the_last_run_stopped(elastic, settings):
    broker = broker_of(settings)
    send(broker, ("claims", "c1", encode(claim())))
    with service(settings, "index"):
        eventually(lambda: found(elastic, "claims"))
    send(
        broker,
        ("claims", "c1", encode(claim(version=2, status="denied"))),
        ("claims", "c2", encode(claim(claim_id="c2"))),
    )
    with service(settings, "index"):
        rows = eventually(lambda: (rows := found(elastic, "claims")) and len(rows) == 2 and rows)
    assert {row["claim_id"]: row["status"] for row in rows} == {"c1": "denied", "c2": "reported"}
