"""Tokens around a trigger become mentions in its roles, with counts, means, and places."""

import pytest


def surfaces(mentions):
    return [m.surface for m in mentions]


def of(events, name):
    return next(e for e in events if e.type.event == name)


def test_an_event_has_patients_agents_and_counts(find):
    killed = of(find("Gunmen killed six teachers, a cook, and her daughter."), "killed")
    assert surfaces(killed.patient) == ["six teachers", "a cook", "her daughter"]
    assert surfaces(killed.agent) == ["Gunmen"]
    assert [c.min for c in killed.counts] == [8]


@pytest.mark.parametrize(
    ("sentence", "patients"),
    [
        ("Police arrested the editor along with nine nurses.", ["the editor", "nine nurses"]),
        ("Police arrested the editor with nine cameras.", ["the editor"]),
        ("No soldiers were killed.", None),
    ],
)
def test_companions_share_the_lot_of_a_patient(find, sentence, patients):
    asserted = [e for e in find(sentence) if e.type.plover in ("COERCE", "ASSAULT")]
    found = [surfaces(e.patient) for e in asserted if not e.in_passing]
    assert found == ([patients] if patients else [])


def test_what_police_did_in_a_raid_is_theirs(find):
    killed = of(find("Two men were killed in a police shooting."), "killed")
    assert surfaces(killed.instrument) == ["a police shooting"]
    assert "police" in surfaces(killed.agent)


def test_a_raid_is_no_instrument_of_an_arrest(find):
    arrested = of(find("Two men were arrested in a police raid."), "arrested")
    assert surfaces(arrested.instrument) == []
    assert "police" in surfaces(arrested.agent)


def test_a_place_may_be_described(find):
    killed = of(find("Two men were killed near a bridge."), "killed")
    assert surfaces(killed.place) == ["a bridge"]


@pytest.mark.parametrize(
    ("sentence", "agents"),
    [
        ("A bomb planted by rebels killed three clerks.", ["rebels"]),
        ("A bomb found by police killed three clerks.", []),
        ("Three clerks were killed by rebel fire.", ["rebel"]),
        ("Fire from rebels killed three clerks.", ["rebels"]),
        ("The killing of a teacher by gunmen shook Lima.", ["gunmen"]),
        ("“They killed him in the street,” said Olaf Brandt.", []),
        ("The army said it killed ten men.", ["The army"]),
        ("Ten men were killed in the army's operations in Lima.", ["the army"]),
        ("An attack masterminded by rebels killed three clerks.", ["rebels"]),
    ],
)
def test_who_used_the_means_is_the_agent(find, sentence, agents):
    assert surfaces(of(find(sentence), "killed").agent) == agents


@pytest.mark.parametrize(
    ("sentence", "counts"),
    [
        ("Eleven people, including three children and two women, were killed.", [11]),
        ("The blast killed eleven people, among them three children.", [11]),
        ("Several people were killed, including three children.", []),
        ("Olaf Brandt was one of five people killed in Lima.", [5]),
        ("Among 14 dead in the blast was Olaf Brandt.", [14]),
        ("At least two clerks were among those killed.", []),
        ("Olaf Brandt is among 14 people who died when a jet crashed.", [14]),
        ("The blast killed three clerks and two cooks.", [3, 2]),
    ],
)
def test_a_part_of_the_dead_is_no_toll(find, sentence, counts):
    assert [c.min for c in of(find(sentence), "killed").counts] == counts


@pytest.mark.parametrize("pronoun", ["each other", "one another"])
def test_a_reciprocal_pronoun_is_nobody_else(find, pronoun):
    attack = of(find(f"The two gangs attacked {pronoun} in Lima."), "attack")
    assert (surfaces(attack.patient), surfaces(attack.agent)) == ([], ["The two gangs"])


def test_its_soldiers_are_the_army_that_speaks(find):
    killed = of(find("The army said that its soldiers killed a cook."), "killed")
    assert surfaces(killed.agent) == ["The army"]
    killed = of(find("The mayor said that soldiers killed a cook."), "killed")
    assert surfaces(killed.agent) == ["soldiers"]


@pytest.mark.parametrize(("deed", "agents"), [("arrested", []), ("killed", ["a boy"])])
def test_what_came_before_an_arrest_made_no_arrest(find, deed, agents):
    events = find(f"A woman was {deed} on Monday when a boy fired at a bus.")
    event = next(e for e in events if e.trigger.text == deed)
    assert [m.surface for m in event.agent] == agents


@pytest.mark.parametrize(
    ("accused", "patients"),
    [
        ("the murder of Marta Olvin and two guards", []),
        ("the minister and two guards", ["the minister", "two guards"]),
    ],
)
def test_who_suffered_the_deed_that_is_condemned_is_not_accused(find, accused, patients):
    assert surfaces(of(find(f"Rebels condemned {accused} on Monday."), "accusation").patient) == (
        patients
    )


def test_money_is_stolen_as_a_thing(find):
    stolen = of(find("Two men stole $1,500 from a bank."), "robbery")
    assert (surfaces(stolen.patient), surfaces(stolen.target)) == ([], ["$1,500"])
