"""Confidence: what makes an incident likely to be news that is read rightly."""

import math

import pytest
from builders import full_report, mention, view

from services.tagger.incidents.build import incidents_of
from services.tagger.incidents.confidence import features, is_told, kind_of, weights

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
        ("denied", {"stance": "denied"}, 1.0),
        ("denied", {"stance": "claimed"}, 0.0),
        ("in passing", {"in_passing": True}, 1.0),
        ("in passing", {}, 0.0),
        ("nouns", {"frame": "noun"}, 1.0),
        ("nouns", {}, 0.0),
    ],
)
def test_a_feature_of_one_report(name, kw, value):
    assert feature(name, full_report("r", **kw)) == value


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("He was shot on Tuesday. ", "day", 1.0),
        ("He was shot yesterday. ", "day", 1.0),
        ("He was shot in May. ", "day", 0.0),
        ("He had been shot by them. ", "had", 1.0),
        ("He has been shot by them. ", "had", 0.0),
    ],
)
def test_a_feature_of_the_sentence(words, name, value):
    span = (0, len(words) - 1)
    assert feature(name, full_report("r", sentence=span), text=words * 9) == value


@pytest.mark.parametrize(
    ("trigger", "value"),
    [((4, 8), 0.0), ((16, 20), 1.0), ((29, 33), 0.0)],
    ids=["before", "inside", "behind"],
)
def test_an_incident_is_quoted_if_its_words_stand_in_a_quotation(trigger, value):
    text = "He shot. “They shot us,” she shot back. "
    assert feature("quoted", full_report("r", trigger=trigger), text=text) == value


def test_an_incident_is_not_quoted_if_one_of_its_reports_is_not():
    text = "He shot. “They shot us,” she shot back. "
    reports = [full_report("a", trigger=(4, 8)), full_report("b", trigger=(16, 20))]
    article = view(reports, [], text)
    assert features(incidents_of(article)[0], reports, article)["quoted"] == 0.0


@pytest.mark.parametrize(("chars", "value"), [(1100, 0.0), (2200, math.log(2))])
def test_length_is_measured_against_a_short_article(chars, value):
    text = ("x" * 9 + " ") * (chars // 10)
    assert feature("length", full_report("r"), text=text) == pytest.approx(value)


def test_only_reports_that_are_news_are_read():
    reports = [full_report("a"), full_report("b", time="old", frame="noun")]
    article = view(reports, [], TEXT)
    given = features(incidents_of(article)[0], reports, article)
    assert (given["nouns"], given["clauses"]) == (0.0, math.log1p(1))


@pytest.mark.parametrize(("frame", "n"), [("verb", 2), ("noun", 1)])
def test_a_noun_that_takes_an_event_up_does_not_make_it_surer(frame, n):
    reports = [full_report("a"), full_report("b", frame=frame)]
    article = view(reports, [], TEXT)
    assert features(incidents_of(article)[0], reports, article)["clauses"] == math.log1p(n)


def test_every_feature_has_a_weight():
    article = view([full_report("r")], [], TEXT)
    (incident,) = incidents_of(article)
    named = features(incident, [full_report("r")], article).keys()
    assert named | {"bias", "least", "least_of_main"} == weights().keys()


def test_types_are_judged_by_their_group():
    assert kind_of("killed") == "death"
    assert kind_of("arrested") == kind_of("trial") == "custody"
