"""The words around an event give it a special type."""

import pytest


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("Rebels attacked soldiers near the port.", "clash"),
        ("Rebels attacked farmers near the port.", "attack"),
        ("A man detonated his explosives in a market.", "suicide-bombing"),
        ("The protest descended into violence.", "riot"),
    ],
)
def test_a_sentence_gives_an_event_its_special_type(find, sentence, event):
    assert event in {e.type.event for e in find(sentence)}


@pytest.mark.parametrize(("words", "event"), [(3, "clash"), (4, "attack")])
def test_the_owners_of_positions_are_named_within_five_words(find, words, event):
    sentence = f"Rebels attacked positions of {'very ' * words}soldiers near the port."
    assert event in {e.type.event for e in find(sentence)}
