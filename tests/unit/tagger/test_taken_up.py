"""Denials of what a clause or a sentence before told."""

import pytest

from services.tagger.stance.taken_up import taken_up, untrue_pattern


def killed(tag, text):
    return [r for r in tag("", text).reports if r.event == "killed"]


@pytest.mark.parametrize(
    ("second", "source"),
    [
        ("The rumours proved unfounded.", None),
        ("It was not so.", None),
        ("These were false.", None),
        ("The army denied the report.", "The army"),
        ("The army denied it.", "The army"),
        ("The report was not true, the army said.", "the army"),
    ],
)
def test_a_sentence_may_deny_the_talk_before_it(tag, second, source):
    text = f"There were rumours that Marta Olvin had been killed. {second}"
    told, denial = killed(tag, text)
    assert (told.stance, denial.stance, denial.patient) == ("reported", "denied", told.patient)
    sources = [text[slice(*a.source)] for a in denial.attribution]
    assert sources == ([source] if source else [])


@pytest.mark.parametrize(
    "second",
    [
        "The army confirmed the report.",
        "The report was true.",
        "It is not true that the port was closed.",
        "The army denied the accusation.",
        "The report on the harvest was wrong.",
        "It was not raining.",
        "The army did not deny the report.",
        "Last week the army denied it.",
        "The army had previously denied it.",
    ],
)
def test_other_sentences_deny_nothing(tag, second):
    text = f"There were rumours that Marta Olvin had been killed. {second}"
    assert "denied" not in {r.stance for r in killed(tag, text)}


def test_what_the_paper_asserts_itself_is_no_talk(tag):
    text = "Marta Olvin was killed on Monday. This is wrong, the bishop said."
    assert [r.stance for r in killed(tag, text)] == ["asserted"]


def test_only_the_sentence_before_is_taken_up(tag):
    text = "Reports said that Marta Olvin was killed. It rained in Meris. The army denied it."
    assert [r.stance for r in killed(tag, text)] == ["reported"]


def test_the_word_that_takes_talk_up_is_the_trigger(parse):
    assert [r.trigger.text for r in taken_up(parse("The army denied the report."), 0)] == ["report"]


@pytest.mark.parametrize(
    ("sentence", "may"),
    [("it was not so.", True), ("this is a hoax.", True), ("it was not cold.", False)],
)
def test_a_sentence_is_read_only_if_it_may_call_talk_untrue(sentence, may):
    assert bool(untrue_pattern().search(sentence)) is may
