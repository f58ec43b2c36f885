"""An event that is only spoken of: found, as background, and nothing rests on it."""

import pytest


@pytest.mark.parametrize(
    ("sentence", "event", "stance"),
    [
        ("Shops stayed closed in the wake of the attacks.", "attack", "background"),
        ("Shops stayed closed over the arrests.", "arrested", "background"),
        ("They have no right to kill.", "killed", "hypothetical"),
        ("No homicide was committed.", "killed", "denied"),
    ],
)
def test_a_word_for_an_event_of_which_nothing_is_told_is_background_or_unreal(
    tag, sentence, event, stance
):
    (report,) = tag("", sentence).reports
    assert (report.event, report.stance, report.in_passing) == (event, stance, True)


def test_where_something_is_told_of_it_nothing_is_in_passing(tag):
    assert [r.in_passing for r in tag("", "Gunmen attacked the Kadrin barracks.").reports] == [
        False
    ]


def test_what_is_told_is_told_apart_from_what_is_spoken_of(tag):
    article = tag("", "Shops stayed closed in the wake of the attacks.")
    assert list(article.told) == []


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("The deceased founder had owned three mills.", "killed"),
        ("The homicide rate is low in Tervana.", "killed"),
        ("She keeps bees since her illness.", "wounded"),
        ("The retired colonel keeps bees.", "resignation"),
    ],
)
def test_a_word_that_never_tells_an_event_speaks_of_it(tag, sentence, event):
    assert [(r.event, r.in_passing) for r in tag("", sentence).reports] == [(event, True)]


def test_a_word_may_tell_one_event_and_speak_of_another(tag):
    reports = tag("", "Gunmen massacred ten villagers in Rubaya.").reports
    assert {(r.event, r.in_passing) for r in reports} == {("killed", False), ("attack", True)}


@pytest.mark.parametrize("sentence", ["The delay killed the project.", "Hunters shot three deer."])
def test_a_verb_of_an_object_that_can_not_undergo_it_speaks_of_nothing(tag, sentence):
    assert tag("", sentence).reports == ()


def test_a_headline_speaks_of_nothing_in_passing(tag):
    assert not any(r.in_passing for r in tag("City in mourning after attack", "").reports)
