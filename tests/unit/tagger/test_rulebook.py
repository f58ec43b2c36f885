"""The rulebook knows every rule id by its pattern."""

import pytest

from services.tagger.lexicon.rules import rule_of, rules
from services.tagger.rulebook import handbook


@pytest.mark.parametrize(
    ("rule_id", "pattern"),
    [
        ("event/killed-verb@1", "event/{event}-verb"),
        ("event/suicide-bombing-noun@2", "event/{event}-noun"),
        ("hedge/reportedly@1", "hedge/{hedges}"),
        ("hedge/believe", "hedge/{passive_hedges}"),
        ("headline/attribution-before-colon@2", "headline/attribution-before-colon"),
        ("mention/short-form@1", "mention/short-form"),
    ],
)
def test_a_rule_is_found_by_an_id(rule_id, pattern):
    found = rule_of(rule_id)
    assert found is not None
    assert found.pattern == pattern


@pytest.mark.parametrize(
    "rule_id", ["event/picnic-verb@1", "hedge/certainly@1", "event/killed", "nothing"]
)
def test_an_unknown_id_is_of_no_rule(rule_id):
    assert rule_of(rule_id) is None


def test_every_rule_stands_in_the_handbook_with_what_it_says():
    text = handbook()
    assert all(f"`{rule.pattern.replace('|', ' or ')}` | {rule.says}" in text for rule in rules())
