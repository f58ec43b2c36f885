"""Why a sentence that was read has no report."""

import pytest
from builders import article

from services.tagger.explain import explain


@pytest.fixture
def silent(tagger):
    """Return a function that gives the reasons for silence of a text, sentence by sentence."""

    def one(text):
        [(tagged, notes)] = tagger.tag_with_notes([article("", text)])
        return [passage.silent for passage in explain(tagged, notes)]

    return one


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Many shops were shut.", "not parsed: no word here names an event or a source"),
        ("The mayor said that rain was likely.", "no word here names an event"),
        ("The army killed the mosquitoes.", "“killed”: what it befalls is no person"),
        ("The army killed the mood.", "“killed” is a figure of speech here"),
        ("The storm destroyed the currency.", "“destroyed” is a figure of speech here"),
        ("The charm offensive went on.", "“offensive” does not mean"),
        ("Nobody fired a shot.", "“fired”: the sentence says that nobody does it"),
    ],
)
def test_a_sentence_without_a_report_says_why(silent, sentence, reason):
    [reasons] = silent(sentence)
    assert any(told.startswith(reason) for told in reasons), reasons


def test_a_sentence_with_a_report_has_no_reason(silent):
    assert silent("Gunmen killed the mayor.") == [()]


def test_notes_change_nothing(tagger, tag):
    """The article is the same, whether or not notes are taken."""
    text = "Gunmen killed the mayor. The army killed the mood. A baker was shot and died."
    [(noted, notes)] = tagger.tag_with_notes([article("Mayor killed", text)])
    assert noted == tag("Mayor killed", text)
    assert notes.refused
