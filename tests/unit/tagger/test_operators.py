"""Operators on the path of an event."""

import pytest

from services.tagger.stance.operators import fake_word, is_unconfirmed, leaves_out


@pytest.mark.parametrize(
    ("sentence", "verb", "unconfirmed"),
    [
        ("Police could not confirm the raid.", "confirm", True),
        ("Police would confirm the raid.", "confirm", True),
        ("Police declined to confirm the raid.", "confirm", True),
        ("Police can confirm the raid.", "confirm", False),
        ("Police confirmed the raid.", "confirmed", False),
        ("Police could not stop the raid.", "stop", False),
    ],
)
def test_a_verb_of_confirming_is_negated_modal_or_refused(token_of, sentence, verb, unconfirmed):
    assert is_unconfirmed(token_of(sentence, verb)) is unconfirmed


@pytest.mark.parametrize(
    ("sentence", "preposition", "lacks"),
    [
        ("They fled without an attack.", "without", True),
        ("They fled rather than attack.", "than", True),
        ("They fled after an attack.", "after", False),
    ],
)
def test_some_prepositions_leave_their_event_out(token_of, sentence, preposition, lacks):
    assert leaves_out(token_of(sentence, preposition)) is lacks


def test_talk_may_be_called_false(token_of):
    assert fake_word(token_of("They spread false reports.", "reports")).text == "false"
    assert fake_word(token_of("They spread new reports.", "reports")) is None
    assert fake_word(token_of("They wore false teeth.", "teeth")) is None


@pytest.mark.parametrize(
    ("title", "is_denied"),
    [
        ("Meris hospital: twelve dead, not fifty", False),
        ("Meris hospital: twelve are not dead", True),
    ],
)
def test_not_behind_the_event_is_of_what_follows(tag, title, is_denied):
    (report,) = (r for r in tag(title, "").reports if r.event == "killed")
    assert (report.stance == "denied") is is_denied


def stances(tag, text, event):
    return [r.stance for r in tag("", text).reports if r.event == event and not r.in_passing]


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("Marta Olvin was neither arrested nor was she killed.", "arrested"),
        ("Marta Olvin was neither arrested nor was she killed.", "killed"),
        ("Marta Olvin was not arrested, nor was she killed, her brother said.", "killed"),
        ("Police did not arrest Marta Olvin, nor did the army shell the town.", "attack"),
        ("The army did not enter Meris. Nor did it shell the port.", "attack"),
        ("Nor had Marta Olvin been arrested, the army said.", "arrested"),
        ("Nor has there been an attack on Meris.", "attack"),
        ("Neither did the army shell the town, nor was the mayor killed.", "attack"),
        ("Neither did the army shell the town, nor was the mayor killed.", "killed"),
        ("The two judges were in Meris. Neither was killed.", "killed"),
    ],
)
def test_nor_before_an_auxiliary_denies_its_clause(tag, sentence, event):
    assert stances(tag, sentence, event) == ["denied"]


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("Not only was the mayor killed, but his sons were kidnapped.", "killed"),
        ("Not only was the mayor killed, but his sons were kidnapped.", "abducted"),
        ("Gunmen not only killed the mayor but also kidnapped his sons.", "abducted"),
        ("Gunmen killed not only the mayor but also his clerk.", "killed"),
        ("No sooner was Marta Olvin freed than she was killed.", "released"),
        ("No sooner was Marta Olvin freed than she was killed.", "killed"),
        ("No sooner had the army shelled the port than gunmen killed the mayor.", "attack"),
        ("Not until Monday did gunmen kill the mayor.", "killed"),
        ("Hardly had the mayor been freed when gunmen killed him.", "killed"),
        ("The clerk was neither tall nor young. Gunmen killed him on Monday.", "killed"),
        ("The army did not stop shelling the port.", "attack"),
        ("Nor did the army stop shelling the port.", "attack"),
    ],
)
def test_a_negative_before_a_clause_may_affirm_it(tag, sentence, event):
    assert stances(tag, sentence, event) == ["asserted"]


def test_what_did_not_begin_did_not_happen(tag):
    assert stances(tag, "The army did not begin shelling the port.", "attack") == ["denied"]
