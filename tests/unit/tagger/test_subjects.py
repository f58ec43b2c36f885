"""Subjects of verbs that another verb governs."""

import pytest

from services.tagger.events.subjects import (
    absolute_subject,
    actors,
    is_beside_speech,
    shared_objects,
    subjects,
    whole,
)


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
    ("sentence", "verb", "found"),
    [
        ("Militants abducted and killed a teacher in Meris.", "abducted", ["teacher"]),
        ("The rebels captured, beat and shot Olvin in Meris.", "captured", ["Olvin"]),
        ("Rebels seized the mayor and shot two guards.", "seized", ["mayor"]),
        ("Two men arrested and charged in Meris", "arrested", []),
        ("Four rebels arrested and police seized weapons in Meris.", "arrested", []),
        ("The teacher was abducted and killed in Meris.", "abducted", []),
        ("The man arrested in Meris faces a trial.", "arrested", []),
    ],
)
def test_joined_verbs_share_the_object_of_the_last(token_of, sentence, verb, found):
    assert [t.text for t in shared_objects(token_of(sentence, verb))] == found


@pytest.mark.parametrize(
    ("sentence", "event", "agent", "patient"),
    [
        ("Militants abducted and killed a teacher in Meris.", "abducted", "Militants", "a teacher"),
        ("Rebels captured and executed Marta Olvin.", "arrested", "Rebels", "Marta Olvin"),
        ("Two teachers abducted and killed in Meris", "abducted", None, "Two teachers"),
        ("Protesters detained in Meris and lost their phones.", "arrested", None, "Protesters"),
        ("Soldiers ambushed near Meris", "attack", None, "Soldiers"),
        ("Soldiers assaulted a driver near Meris.", "attack", "Soldiers", "a driver"),
    ],
)
def test_who_did_it_is_not_whom_it_befell(tag, sentence, event, agent, patient):
    tagged = tag("", sentence)
    surfaces = {mention.id: mention.surface for mention in tagged.mentions}
    (report,) = (r for r in tagged.reports if r.event == event)
    assert [surfaces[m] for m in report.agent] == ([agent] if agent else [])
    assert [surfaces[m] for m in report.patient] == [patient]


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


@pytest.mark.parametrize(
    ("sentence", "is_beside", "found"),
    [
        ("A sniper killing ten officers, Olvin said that he was sad.", True, ["sniper"]),
        (
            "While speaking of a raid and a sniper targeting and killing ten officers, Governor"
            " Olvin said that he was sad.",
            True,
            ["sniper"],
        ),
        ("Rebels bombed the house, killing ten.", False, []),
        ("Olvin said that rebels bombed the house, killing ten.", False, []),
    ],
)
def test_who_speaks_does_no_violence_by_that(token_of, sentence, is_beside, found):
    verb = token_of(sentence, "killing")
    assert is_beside_speech(verb) is is_beside
    assert [noun.text for noun in absolute_subject(verb)] == found
