"""Lists of people: all of them are told of, by the parse or by commas."""

import pytest


def _patients(article, event):
    surfaces = {m.id: m.surface for m in article.mentions}
    return [
        surfaces[i]
        for r in article.reports
        if r.event == event and r.stance != "denied" and not r.in_passing
        for i in r.patient
    ]


@pytest.mark.parametrize(
    ("sentence", "patients"),
    [
        (
            "Gunmen killed six teachers, a cook, and her daughter on Monday.",
            ["six teachers", "a cook", "her daughter"],
        ),
        (
            "Raiders killed two clerks: Luis Abarca, "
            "a union delegate, and Karl Bosman, a volunteer.",
            ["Luis Abarca", "Karl Bosman"],
        ),
        (
            "The following policemen died in combat: Carlos Correa, Luis Lopez, and Eric Quispe.",
            ["Carlos Correa", "Luis Lopez", "Eric Quispe"],
        ),
        ("Ten clerks were killed in the raid, including two women.", ["Ten clerks", "two women"]),
        (
            "An army lieutenant, four soldiers, and three porters were killed.",
            ["An army lieutenant", "four soldiers", "three porters"],
        ),
        ("Gunmen killed Hector Salas, a lawyer, and fled.", ["Hector Salas"]),
        (
            "A blast killed the wife, two sons of Hector Salas.",
            ["two sons of Hector Salas", "the wife"],
        ),
        ("Gunmen killed a cook, not Hector Salas.", ["a cook"]),
    ],
)
def test_everybody_in_a_list_was_killed(tag, sentence, patients):
    assert sorted(_patients(tag("", sentence), "killed")) == sorted(patients)


def test_a_couple_is_told_by_its_names(tag):
    article = tag(
        "",
        "Gunmen kidnapped a young couple, Silvia Castro and Victor Peralta, "
        "as they were leaving their home.",
    )
    assert _patients(article, "abducted") == ["Silvia Castro", "Victor Peralta"]


def test_names_after_a_colon_are_not_who_did_it(tag):
    article = tag("", "Patrols killed three teachers: Luis Abarca, Karl Bosman, and Rosa Vidal.")
    surfaces = {m.id: m.surface for m in article.mentions}
    assert "Luis Abarca" not in [surfaces[i] for r in article.reports for i in r.agent]


def test_what_is_put_in_between_does_not_hide_who_was_killed(tag):
    article = tag(
        "",
        "As a result of the rebel attack, an agronomist, "
        "identified as 57-year-old Jose Martinez, was killed.",
    )
    assert _patients(article, "killed")


def test_a_number_left_dead_and_one_left_wounded_are_both_told(tag):
    article = tag("", "A bomb destroyed the depot, leaving 67 dead and approximately 120 wounded.")
    assert [(r.event, c.min) for r in article.reports for c in r.counts] == [
        ("killed", 67),
        ("wounded", 120),
    ]


def test_a_firm_that_is_attacked_is_a_target_and_no_victim(tag):
    article = tag("", "Rebels attacked Ferrum Bank in Cali.")
    (attack,) = [r for r in article.reports if r.event == "attack"]
    assert (attack.patient, len(attack.target)) == ((), 1)
