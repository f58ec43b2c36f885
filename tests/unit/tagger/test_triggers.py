"""Words name events in frames; figures of speech name none."""

import pytest

from services.tagger.events.triggers import triggers, triggers_in


def named(doc):
    return {(kind.event, frame) for token in triggers_in(doc) for kind, frame in triggers(token)}


@pytest.mark.parametrize(
    ("sentence", "event", "frame"),
    [
        ("Two men were killed in Meris.", "killed", "verb"),
        ("Two men died in Meris.", "killed", "subject"),
        ("The mayor was found dead.", "killed", "adjective"),
        ("The killing of the mayor shocked Meris.", "killed", "noun"),
        ("The body of Marta Olvin was found.", "killed", "identified"),
        ("Jets struck the port.", "airstrike", "verb"),
    ],
)
def test_a_word_names_an_event_in_a_frame(parse, sentence, event, frame):
    assert (event, frame) in named(parse(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "The minister fired a shot at goal with a charm offensive.",
        "An outbreak of joy followed.",
        "The report withdrew nothing.",
    ],
)
def test_a_figure_of_speech_names_no_violence(parse, sentence):
    assert not {frame for event, frame in named(parse(sentence)) if event in ("clash", "killed")}


def test_most_words_are_no_triggers(parse):
    found = triggers_in(parse("The mayor opened a library in Meris on Friday."))
    assert "library" not in [t.text for t in found]
