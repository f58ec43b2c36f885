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
        ("A bus crashed in Meris.", "disaster", "undergone"),
        ("A fire broke out in Meris.", "disaster", "thing"),
        ("Rebels took the town of Meris.", "capture-place", "verb"),
        ("A man slapped the nurse.", "attack", "verb"),
        ("She was slapped in Meris.", "attack", "verb"),
        ("A jet came down near Meris.", "disaster", "thing"),
        ("The envoy landed in Meris for talks.", "negotiation", "verb"),
        ("A gunman took six people hostage in a bank in Corrin.", "abducted", "verb"),
        ("The board named a new chief.", "appointment", "as"),
        ("Lena Orvik accepted the position of editor.", "appointment", "undergone"),
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


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("The market crashed on Monday.", "disaster"),
        ("A gunman took six people home in a car in Corrin.", "abducted"),
        ("The board named the chief a fool.", "appointment"),
        ("Lena Orvik accepted the terms of the editor.", "appointment"),
        ("The marriage broke down in Meris.", "disaster"),
        ("Tourists took the town of Meris by storm.", "capture-place"),
        ("The minister slapped a fine on the firm.", "attack"),
    ],
)
def test_a_verb_with_another_subject_or_no_person_is_another_event(parse, sentence, event):
    assert event not in {kind for kind, _ in named(parse(sentence))}


def test_most_words_are_no_triggers(parse):
    found = triggers_in(parse("The mayor opened a library in Meris on Friday."))
    assert "library" not in [t.text for t in found]


@pytest.mark.parametrize(
    ("rejects", "another"),
    [
        ("Rebels refused a truce in Meris.", "The calf refused its milk in Meris."),
        ("The union refused the offer.", "Forty inmates refused food."),
        ("The offer was rejected.", "The kidney was rejected."),
        ("The union refused to sign.", "The union refused to comment."),
        ("The envoy declined the invitation.", "Prices declined in Meris."),
        ("Parliament vetoed the bill.", "The captain vetoed the song."),
    ],
)
def test_a_proposal_is_rejected_and_neither_food_nor_a_question(find, rejects, another):
    assert "reject" in {event.type.event for event in find(rejects)}
    assert "reject" not in {event.type.event for event in find(another)}


def test_what_can_not_act_refuses_nothing(find):
    assert not find("The engine refused to start.")


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("The ferry ran aground near Oslo.", "disaster"),
        ("Cholera swept through Norway.", "outbreak"),
    ],
)
def test_a_sentence_is_read_for_an_irregular_form_alone(tag, text, event):
    assert event in {report.event for report in tag("", text).reports}
