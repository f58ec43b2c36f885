"""Events of one sentence: asserted, in passing, announced, or figures of speech."""


def of(events, name):
    return next(e for e in events if e.type.event == name)


def test_a_noun_of_which_nothing_is_said_is_a_passing_mention(find):
    events = find("They fled in the wake of the killing.")
    assert of(events, "killed").in_passing


def test_an_offer_of_an_event_is_an_agreement(find):
    events = find("Ministers offered to withdraw troops from the port.")
    assert "agreement" in {e.type.event for e in events}


def test_a_figure_of_speech_of_its_text_names_no_event(find):
    sentence = "The striker killed the game."
    assert not [e for e in find(sentence, frozenset({"kill"})) if not e.in_passing]
