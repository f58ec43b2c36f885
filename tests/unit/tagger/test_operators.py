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
