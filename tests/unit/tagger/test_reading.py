"""The path of an event, and what is noted on it."""

from services.tagger.stance.reading import Reading, path


def test_a_path_leads_from_a_trigger_to_the_root(token_of):
    steps = list(path(token_of("Police investigated reports of an attack.", "attack")))
    assert [s.word.text for s in steps] == ["attack", "of", "reports", "investigated"]
    assert [s.is_preposition for s in steps] == [False, True, False, False]
    assert [s.inner.text if s.inner else None for s in steps] == [None, None, "attack", None]


def test_a_semicolon_ends_a_path(token_of):
    steps = list(path(token_of("The mayor was killed, the army said; the rebels deny.", "killed")))
    assert [s.word.text for s in steps] == ["killed", "said"]


def test_a_colon_ends_the_path_of_a_title(token_of):
    killed = token_of("The mayor was not killed: the report is false", "killed")
    assert [s.word.text for s in path(killed, is_title=True)] == ["killed"]


def test_a_cue_is_noted_once_and_its_negation_each_time(token_of):
    reading = Reading(10, token_of("No mayor was killed.", "killed"))
    reading.note("negation", "not", (12, 15))
    reading.note("negation", "not", (12, 15))
    assert len(reading.cues) == 1
    assert reading.negations == 2


def test_a_hedge_is_no_negation(token_of):
    reading = Reading(0, token_of("The mayor was killed.", "killed"))
    reading.note("hedge", "reportedly", (0, 10))
    assert (reading.negations, reading.kinds) == (0, {"hedge"})
