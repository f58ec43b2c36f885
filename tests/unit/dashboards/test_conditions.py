"""A condition means the same in Kibana's query language and in Elasticsearch."""

import pytest

from services.dashboards.conditions import (
    ANY,
    AtLeast,
    Every,
    Given,
    Holds,
    Is,
    Not,
    elastic,
    fields,
    kuery,
)

CONDITIONS = [
    pytest.param(Is("status", ("denied",)), 'status: "denied"', id="one-value"),
    pytest.param(Is("status", ("a", "b")), 'status: ("a" or "b")', id="values"),
    pytest.param(Given("wire"), "wire: *", id="given"),
    pytest.param(AtLeast("n", 2), "n >= 2", id="at-least"),
    pytest.param(Not(Given("wire")), "not wire: *", id="not"),
    pytest.param(Holds("is_alive"), "is_alive: true", id="holds"),
    pytest.param(Holds("is_alive", is_so=False), "is_alive: false", id="holds-not"),
    pytest.param(Not(Every((Given("a"), Given("b")))), "not (a: * and b: *)", id="not-every"),
    pytest.param(Every((Given("a"), Not(Given("b")))), "a: * and not b: *", id="every"),
    pytest.param(ANY, "", id="any"),
]


@pytest.mark.parametrize(("condition", "text"), CONDITIONS)
def test_a_condition_in_the_language_of_kibana(condition, text):
    assert kuery(condition) == text


def test_a_condition_as_a_query_of_elasticsearch():
    both = Every(
        (Is("status", ("a", "b")), Not(AtLeast("n", 2)), Given("w"), Holds("x", is_so=False))
    )
    assert elastic(both) == {
        "bool": {
            "filter": [
                {"terms": {"status": ["a", "b"]}},
                {"bool": {"must_not": [{"range": {"n": {"gte": 2}}}]}},
                {"exists": {"field": "w"}},
                {"term": {"x": False}},
            ]
        }
    }


def test_the_fields_of_a_condition_are_those_of_its_parts():
    assert fields(Every((Is("a", ("x",)), Not(Every((Given("b"), AtLeast("c", 1))))))) == (
        "a",
        "b",
        "c",
    )
