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


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Baggage handlers demand eight months of back pay, their union said.", "labour-strike"),
        ("Baggage handlers demand eight months of back pay.", "airstrike"),
        ("Two soldiers were killed. Their union spoke of back pay.", "airstrike"),
    ],
)
def test_a_bare_strike_is_a_stoppage_in_a_text_on_pay_and_work(tag, text, event):
    article = tag("", f"A strike hit the airport of Corrin on Monday. {text}")
    assert article.reports[0].event == event


def test_who_strikes_is_who_makes_demands_right_behind(tag):
    strike, demand = "A strike hit the airport of Corrin.", "Handlers demanded back pay."
    union, rain = "Their union spoke of wages.", "It rained."
    for between, agents in ((1, ["Handlers"]), (2, [])):
        article = tag("", " ".join([strike, *[rain] * between, demand, union]))
        names = {m.id: m.surface for m in article.mentions}
        assert [names[i] for i in article.reports[0].agent] == agents
