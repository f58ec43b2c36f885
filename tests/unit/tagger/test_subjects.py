"""Subjects of verbs that another verb governs."""

import pytest

from services.tagger.events.subjects import actors, subjects, whole


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


@pytest.mark.parametrize(
    ("title", "part", "found"),
    [
        ("Nine boys including two twins hurt by shelling", "twins", "boys"),
        ("Nine including two twins hurt by shelling", "twins", "Nine"),
        ("Nine boys, including a twin, hurt in Meris", "twin", "boys"),
        ("Nine boys including a twin and a cook hurt in Meris", "cook", "boys"),
        ("Meris buries nine boys including two twins killed by shelling", "twins", "twins"),
        ("Nine boys with two dogs hurt by shelling", "dogs", "dogs"),
    ],
)
def test_a_headline_without_a_verb_is_about_the_whole(token_of, title, part, found):
    assert whole(token_of(title, part)).text == found


@pytest.mark.parametrize(
    ("title", "event", "patient", "toll"),
    [
        ("36 people including 7 boys killed by shelling in Meris", "killed", "36 people", 36),
        ("Nine guards including a captain killed in ambush", "killed", "Nine guards", 9),
        ("Five miners including two clerks abducted by gunmen", "abducted", "Five miners", 5),
        ("At least 20 men including a priest arrested in Meris", "arrested", "At least 20 men", 20),
    ],
)
def test_who_is_included_is_no_toll_of_its_own(tag, title, event, patient, toll):
    tagged = tag(title, "")
    surfaces = {mention.id: mention.surface for mention in tagged.mentions}
    (incident,) = (i for i in tagged.incidents if event in i.events)
    assert [surfaces[m] for m in incident.patient] == [patient]
    assert [count.min for count in incident.counts if count.of == event] == [toll]


def test_a_clause_of_the_part_is_not_of_the_whole(token_of):
    title = "Nine boys including two twins who were hurt by shelling"
    assert [t.text for t in subjects(token_of(title, "hurt"))] == ["twins"]
