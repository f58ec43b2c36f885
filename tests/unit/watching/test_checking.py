"""A watch of a form or a request is checked as one of a file."""

import pytest

from services.addresses import Allowed
from services.alerter.expected import MANY_A_DAY
from services.alerter.vocabulary import ANY, Vocabulary
from services.messages import Watch
from services.watching.checking import check, expected_of

NAMES = Vocabulary(ids_of=lambda name: ("idris-halvane",) if name == "Halvane" else ())
ROW = {"id": "w", "name": "Leaders", "claim": {"patient": ["Halvane"]}}


def test_actors_that_are_named_become_their_ids():
    found = check(ROW, NAMES, Allowed())
    assert found.watch.claim.patient == ("idris-halvane",)
    assert found.errors == ()
    assert found.expected
    assert found.expected < MANY_A_DAY


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"name": ""}, ".name"),
        ({"query": "halvane AND ("}, ".query"),
        ({"deliver": [{"to": "sms:1"}]}, ".deliver[0].to"),
        ({"claim": {"killed": "many"}}, ".claim.killed"),
        ({"claim": {"killed": -1}}, ".claim.killed"),
        ({"colour": "red"}, ".colour"),
        ({"version": 7}, ".version"),
        ({"name": None}, ".name"),
        ({"claim": None}, ""),
    ],
)
def test_a_mistake_is_told_at_its_place(more, path):
    found = check(ROW | more, NAMES, Allowed())
    assert found.watch is None
    assert path in [each.path for each in found.errors]


def test_a_watch_of_too_many_alerts_is_warned_of_and_can_be_used():
    found = check({"id": "w", "name": "All", "claim": {}}, ANY, Allowed())
    assert found.watch is not None
    assert found.expected
    assert found.expected > MANY_A_DAY
    assert [each.is_warning for each in found.findings] == [True]


def test_a_saved_watch_that_can_not_be_read_any_more_has_no_rate():
    assert expected_of(Watch(id="w", name="W", query="("), ANY) is None
    assert expected_of(Watch(id="w", name="W", query="halvane"), ANY)
