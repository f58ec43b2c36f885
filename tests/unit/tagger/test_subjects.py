"""Subjects of verbs that another verb governs."""

import pytest

from services.tagger.events.subjects import subjects


@pytest.mark.parametrize(
    ("sentence", "verb", "found"),
    [
        ("Rebels attacked and burned the village.", "burned", ["Rebels"]),
        ("The rebels who attacked the village fled.", "attacked", ["rebels"]),
        ("The mayor forced the police to open fire.", "open", ["police"]),
        ("The union called on the mayor to resign.", "resign", ["mayor"]),
        ("The mayor managed to escape.", "escape", ["mayor"]),
    ],
)
def test_a_verb_finds_its_subject_above_it(token_of, sentence, verb, found):
    token = token_of(sentence, verb)
    assert [t.text for t in subjects(token)] == found
