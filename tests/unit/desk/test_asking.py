"""The form of a search asks for what it shows, and tells where a mistake is."""

from datetime import timedelta

import pytest

from services.desk.asking import (
    AROUND,
    LISTS,
    api_fields,
    filters_of,
    form_of,
    mistake_of,
    search_of,
    watch_fields,
    watch_of,
)
from services.errors import ConfigError
from services.search.asked import Filters


def form(kind="articles", **given):
    return form_of(kind, given)


def mistake(query):
    with pytest.raises(ConfigError) as caught:
        search_of(form(q=query))
    return mistake_of(caught.value, query)


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ("halvane and dead", "and"),
        ("halvane AND", "AND"),
        ("(halvane", "("),
        ("halvane NEAR/3 dead", "NEAR"),
        ("actor:", ":"),
        ("event:kiled", None),
    ],
)
def test_a_mistake_has_its_place_in_the_query(query, at):
    found = mistake(query)
    if at is None:
        assert found.reason
    else:
        assert found.at.startswith(at)
        assert found.before + found.at + found.after == query
        assert "(at character" not in found.reason


def test_of_a_long_query_the_surroundings_of_a_mistake_are_shown():
    found = mistake(" ".join(["word"] * 30) + " and " + " ".join(["word"] * 30))
    assert (len(found.before), len(found.after)) == (AROUND + 1, AROUND + 1)


def test_a_filter_takes_several_values_and_gives_them_back():
    asked = form("claims", event="killed, wounded")
    assert filters_of(asked).event == ("killed", "wounded")
    assert asked.toggled("event", "killed") == "wounded"
    assert asked.toggled("event", "arrested") == "killed,wounded,arrested"


def test_fields_that_a_kind_does_not_have_are_left_out():
    assert form("articles", q="x", killed="3", patient="y").given == {"q": "x"}
    assert form("spies", q="x").kind == "articles"


def test_the_last_day_counts_too():
    asked = form(q="x", since="2031-05-02", until="2031-05-02")
    filters = filters_of(asked)
    assert filters.since is not None
    assert filters.until == filters.since + timedelta(days=1)
    assert api_fields(asked, search_of(asked))["until"] == "2031-05-03T00:00:00+00:00"


@pytest.mark.parametrize(
    ("field", "value", "is_right"),
    [
        ("since", "1970-01-01", True),
        ("since", "1969-12-31", False),
        ("until", "2100-12-31", True),
        ("until", "2101-01-01", False),
        ("since", "yesterday", False),
        ("killed", "999999999", True),
        ("killed", "1000000000", False),
        ("killed", "-1", False),
        ("killed", "٣", True),
        ("confidence", "0.5", True),
        ("confidence", "nan", False),
        ("confidence", "much", False),
        ("level", "sure", False),
    ],
)
def test_what_a_field_can_not_hold_is_told(field, value, is_right):
    asked = form("claims", **{field: value})
    if is_right:
        search_of(asked)
    else:
        with pytest.raises(ConfigError, match=field):
            search_of(asked)


def test_a_search_for_articles_becomes_the_words_of_a_watch():
    asked = form(q="halvane OR kadrin", event="killed", since="2031-05-02")
    assert watch_fields(asked, {}) == {"q": '(halvane OR kadrin) AND event:"killed"'}


def test_a_watch_is_begun_with_names_in_place_of_keys():
    asked = form("claims", patient="aadras,x", level="confirmed", killed="3", until="2031-05-02")
    found = watch_fields(asked, {"aadras": "Idris Halvane", "x": "Ltd, The"})
    assert found == {
        "in": "claims",
        "patient": "Idris Halvane,x",
        "level": "confirmed",
        "killed": "3",
    }
    begun = watch_of(form_of(found.pop("in"), found))
    assert begun.claim is not None
    assert (begun.claim.patient, begun.claim.killed) == (("Idris Halvane", "x"), 3)
    assert watch_of(form(q="halvane AND (")).query == "halvane AND ("


def test_a_search_that_no_watch_can_ask_becomes_none():
    for asked in (form(), form("incidents", q="x"), form("claims", status="disputed")):
        assert watch_fields(asked, {}) == {}


def test_every_filter_of_a_search_has_a_field():
    plain = {"level", "independent", "killed", "confidence", "since", "until"}
    assert {*LISTS} | plain == {*Filters.__struct_fields__}
