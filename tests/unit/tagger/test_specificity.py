"""Specificity: one event that happened is news, violence in general is background."""

import pytest
from builders import sentence_report
from hypothesis import given
from hypothesis import strategies as st

from services.messages import Count
from services.tagger.models.specificity import features, probability, weights


def stances(article):
    return {r.event: r.stance for r in article.reports}


def test_an_event_with_its_dead_and_its_day_is_specific(tag):
    article = tag("", "Gunmen killed Senator Marta Olvin and her driver in Lima on Friday.")
    assert stances(article)["killed"] == "asserted"


def test_violence_in_general_is_background_and_a_cue_says_why(tag):
    text = (
        "We say to you that our struggle goes on. " * 6
        + '"Every year our enemy attacks our people," he said.'
    )
    report = next(r for r in tag("", text).reports if r.event == "attack")
    assert report.stance == "background"
    assert "general" in [cue.kind for cue in report.cues]


def test_victims_in_a_speech_long_after_its_start_make_no_news(tag):
    text = (
        "We say to you that our struggle goes on. " * 9
        + '"Every year our enemy kills 200 of our brothers," he said.'
    )
    assert stances(tag("", text))["killed"] == "background"


def test_the_event_of_a_title_is_news(tag):
    article = tag(
        "Gang attacks our villages every year", "We say to you that our struggle goes on."
    )
    assert stances(article)["attack"] != "background"


def test_an_unknown_feature_counts_nothing():
    assert probability({"no such feature": 1.0}) == probability({})


@given(
    st.dictionaries(
        st.sampled_from(sorted(weights().keys() - {"bias", "least", "least_of_news"})),
        st.floats(0, 10),
    )
)
def test_a_probability_lies_between_0_and_1(features):
    assert 0 <= probability(features) <= 1


@pytest.mark.parametrize(("people", "one", "war"), [(40, 1.0, 0.0), (41, 0.0, 1.0)])
def test_a_toll_of_more_than_40_is_the_sum_of_many_events(people, one, war):
    text = "They killed people in the war."
    report = sentence_report(counts=(Count(of="killed", min=people, max=people, span=(0, 4)),))
    found = features([report], {}, text)
    assert (found["counted"], found["many"]) == (one, war)


@pytest.mark.parametrize(
    ("speech", "share"), [("we " * 3 + "go " * 97, 0.75), ("we " * 4 + "go " * 96, 1.0)]
)
def test_four_words_in_a_hundred_in_the_first_person_make_a_speech(speech, share):
    assert features([sentence_report()], {}, speech)["speech"] == pytest.approx(share)
