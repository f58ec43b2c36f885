"""Figures of speech, works of fiction, and exercises are no events; what stands beside them is."""

import pytest

COUNTED = {"asserted", "reported", "claimed", "confirmed", "denied"}


@pytest.mark.parametrize(
    "sentence",
    [
        "In the play, a general is poisoned and two envoys are abducted.",
        "In a drill near Graz, soldiers freed hostages and repelled an attack.",
        "The goal set off an outbreak of joy in the stands.",
        "The vote was a political earthquake.",
        "The brewer launched a charm offensive in Asia.",
        "The new wing is a coup for the museum.",
        "The nurse is fighting an infection.",
        "He exploded in anger.",
        "The musical bombed.",
    ],
)
def test_a_figure_or_an_invention_does_not_count(tag, sentence):
    assert not [r.event for r in tag("News of the day", sentence).reports if r.stance in COUNTED]


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("An earthquake hit Honshu on Monday.", "disaster"),
        ("Soldiers staged a coup in Bissau.", "coup"),
        ("An outbreak of cholera has reached Beira.", "outbreak"),
        ("A car bomb exploded in Mogadishu.", "bombing"),
        ("The author of the novel was killed in a raid.", "killed"),
    ],
)
def test_what_is_meant_as_said_counts(tag, sentence, event):
    assert event in {
        r.event for r in tag("News of the day", sentence).reports if r.stance in COUNTED
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Nobody fired a shot.",
        "No group has claimed responsibility.",
        "The paper withdrew its report.",
    ],
)
def test_what_nobody_did_and_what_is_only_taken_back_is_no_event(tag, sentence):
    assert tag("News of the day", sentence).reports == ()
