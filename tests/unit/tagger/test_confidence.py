"""Confidence: what makes an incident likely to be news that is read rightly."""

import pytest
from builders import full_report, mention, view

from services.messages import Count
from services.tagger.incidents.build import incidents_of
from services.tagger.incidents.confidence import features, is_told, kind_of

TEXT = "Gunmen shot Olvin dead in Meris on Monday. " * 20


def feature(name, report, text=TEXT):
    article = view([report], [mention("Olvin")], text)
    (incident,) = incidents_of(article)
    return features(incident, [report], article)[name]


@pytest.mark.parametrize(
    ("probability", "is_main", "told"),
    [(0.4, False, True), (0.399, False, False), (0.2, True, True), (0.199, True, False)],
)
def test_what_headline_and_lead_tell_is_told_sooner_than_the_rest(probability, is_main, told):
    assert is_told(probability, is_main=is_main) == told


@pytest.mark.parametrize(
    ("name", "kw", "value"),
    [
        ("type death", {}, 1.0),
        ("type custody", {}, 0.0),
        ("lead", {"sentence_index": 1}, 1.0),
        ("lead", {"sentence_index": 2}, 0.0),
        ("named patient", {"patient": ("Olvin",)}, 1.0),
        ("named patient", {}, 0.0),
        ("passed on", {"stance": "claimed"}, 1.0),
        ("passed on", {"stance": "asserted"}, 0.0),
        ("denied", {"stance": "denied"}, 1.0),
        ("in passing", {"in_passing": True}, 1.0),
        ("only nouns", {"frame": "noun"}, 1.0),
    ],
)
def test_a_feature_of_one_report(name, kw, value):
    assert feature(name, full_report("r", **kw)) == value


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("He was shot in 1998. ", "long ago", 1.0),
        ("He was shot in town. ", "long ago", 0.0),
        ("They would shoot him. ", "modal", 1.0),
        ("We shot him at once. ", "first person", 1.0),
    ],
)
def test_a_feature_of_the_wording(words, name, value):
    span = (0, len(words) - 1)
    assert feature(name, full_report("r", sentence=span), text=words * 9) == value


@pytest.mark.parametrize(("n", "value"), [(100, 0.0), (101, 1.0)])
def test_more_than_a_hundred_dead_are_many(n, value):
    counts = (Count(of="killed", min=n, max=n, span=(0, 1)),)
    assert feature("many", full_report("r", counts=counts)) == value


def test_types_are_judged_by_their_group():
    assert kind_of("killed") == "death"
    assert kind_of("arrested") == kind_of("trial") == "custody"
