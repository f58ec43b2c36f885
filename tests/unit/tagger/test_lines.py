"""Attributions that the layout alone makes."""

import pytest

from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions
from services.tagger.sources.lines import find_speaker_lines


def lines(text):
    """Return (source, cue, content) of each line, in words of the text."""
    found = find_speaker_lines(text, Mentions(text, Actors(())))
    return [
        tuple(text[slice(*span)] for span in (a.source, a.cue, a.content) if span) for a in found
    ]


@pytest.mark.parametrize(("words", "n"), [("it will open", 0), ("it will open soon", 1)])
def test_a_name_and_a_colon_speak_four_words_or_more(words, n):
    assert lines(f"Olvin: {words}") == [("Olvin", ":", words)][:n]


def test_a_dash_and_a_name_sign_a_quotation():
    assert lines("“Open it.” — Marta Olvin") == [("Marta Olvin", "—", "“Open it.”")]


def test_a_colon_within_a_line_speaks_for_nobody():
    assert lines("They heard that Olvin: the mayor of Meris, left.") == []
