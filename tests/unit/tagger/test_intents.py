"""Offers, vows, and ultimatums: what is meant is an event of its own."""

import pytest


def events(tag, sentence):
    return {r.event for r in tag("", sentence).reports}


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("Kenya has offered to hand over the two islands.", "agreement"),
        ("Norway said it will support the resolution.", "agreement"),
        ("Kenya would meet the envoy if the shelling stopped.", "agreement"),
        ("Norway will withdraw its troops from Meris unless the vote is held.", "threat"),
    ],
)
def test_what_is_offered_or_threatened_is_told(tag, sentence, event):
    assert event in events(tag, sentence)


def test_a_shop_that_promises_something_agrees_to_nothing(tag):
    assert "agreement" not in events(tag, "The shop promised to open earlier.")


def test_an_offer_is_told_once(tag):
    told = [
        r for r in tag("", "Kenya offered to meet the envoy.").reports if r.event == "agreement"
    ]
    assert len(told) == 1
