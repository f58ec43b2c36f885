"""Subjects of verbs that another verb governs."""

import pytest

from services.tagger.events.subjects import actors, subjects


@pytest.mark.parametrize(
    ("sentence", "verb", "found"),
    [
        ("Rebels attacked and burned the village.", "burned", ["Rebels"]),
        ("The rebels who attacked the village fled.", "attacked", ["rebels"]),
        ("The mayor forced the police to open fire.", "open", ["police"]),
        ("The union called on the mayor to resign.", "resign", ["mayor"]),
        ("The mayor managed to escape.", "escape", ["mayor"]),
        ("She named six men who it said were killed.", "killed", ["men"]),
        ("Olvin, a leader of the militia, who was killed, was buried.", "killed", ["Olvin"]),
        ("Olvin joined the militia, which was attacked.", "attacked", ["militia"]),
        ("The police who were attacked fled.", "attacked", ["police"]),
    ],
)
def test_a_verb_finds_its_subject_above_it(token_of, sentence, verb, found):
    token = token_of(sentence, verb)
    assert [t.text for t in subjects(token)] == found


@pytest.mark.parametrize(
    ("sentence", "verb", "found"),
    [
        ("The house was bombed, killing ten.", "killing", []),
        ("The house was bombed by the army, killing ten.", "killing", ["army"]),
        ("The house was bombed, killing two and wounding ten.", "wounding", []),
        ("The man was killed fighting the army.", "fighting", ["man"]),
        ("Rebels bombed the house, killing ten.", "killing", ["Rebels"]),
    ],
)
def test_the_outcome_of_a_passive_is_nobodys_but_its_agents(token_of, sentence, verb, found):
    assert [t.text for t in actors(token_of(sentence, verb))] == found
