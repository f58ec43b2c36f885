"""How many lived: the dead are taken off those who were shot,
unless the words at them say that they are others.
"""

import pytest
from builders import mention, sentence_report

from services.tagger.discourse.outlived import without_outlived
from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions


def wounded(article):
    """Return the lowest numbers of the wounded that the reports of an article tell;
    one where a report tells none.
    """
    names = {m.id: m.surface for m in article.mentions}
    told = [
        r
        for r in article.reports
        if r.event == "wounded" and not r.in_passing and r.stance == "asserted"
    ]
    return [
        max((c.min for c in r.counts), default=len([names[i] for i in r.patient]) or 1)
        for r in told
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Five people were shot in a bar. Two of them died.", [3]),
        ("A cook died in a bar and four others were shot.", [4]),
        ("A man was shot in a bar. He died on Monday.", []),
        ("The injured man drove off. He died on Monday.", []),
        ("A woman was killed in a bar. Her husband was shot and taken to a hospital.", [1, 1]),
        ("A 40-year-old man was killed in a bar. A 22-year-old man was shot.", [1]),
        ("A guard was killed in a bar. A cook was shot and is expected to survive.", [1]),
        ("A guard was killed in a bar. A cook was shot in the leg.", [1]),
        ("Marta Olvin was shot in the head. The woman died on Monday.", []),
        ("Marta Olvin, 30, was shot in the head. A 41-year-old woman died.", [1]),
    ],
)
def test_the_dead_are_taken_off_the_shot_unless_they_are_others(tag, text, numbers):
    assert wounded(tag("", text)) == numbers


def test_victims_of_a_shooting_that_nobody_died_in_live(tag):
    article = tag(
        "", "Four people were shot in Meris. Among the victims were a girl and three adults."
    )
    assert "killed" not in {r.event for r in article.reports}


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("A driver was charged in the shooting of five people outside a club.", 5),
        ("One resident had minor injuries after the fire.", 1),
        ("The clerk was found with two gunshot wounds to her leg.", 1),
        ("A bullet struck him in the hip.", 1),
        ("At 4 a.m. Tuesday guards found a man and a woman with stab wounds.", 2),
        ("The robbers ran into the street.The guards say a cook was shot.", 1),
        ("Both men were shot in the back.", 2),
        ("A couple was injured in the blast.", 2),
        ("Both are being treated for stab wounds.", 2),
        ("She sustained a gunshot wound to the arm.", 1),
        ("A cook was taken to the Lakeside Medical Center after the shooting.", 1),
    ],
)
def test_the_number_of_the_wounded_is_read(tag, sentence, number):
    article = tag("", sentence)
    told = [r for r in article.reports if r.event == "wounded" and not r.in_passing]
    assert [max((c.min for c in r.counts), default=len(r.patient) or 1) for r in told[:1]] == [
        number
    ]


def test_a_place_in_the_name_of_a_body_is_no_scene(tag):
    article = tag(
        "",
        "A guard was killed near Idlib, the Levant Conflict Monitor said. Three cooks also died.",
    )
    names = {m.id: m.surface for m in article.mentions}
    places = {names[i] for r in article.reports if r.event == "killed" for i in r.place}
    assert "Levant" not in places


@pytest.mark.parametrize(
    ("dead", "left"),
    [("one of her bodyguards", 0), ("her brother", 0), ("her sister", 1), ("she", 1)],
)
def test_a_pronoun_says_the_sex_of_the_dead_only_where_it_stands_alone(dead, left):
    text = "A man was shot."
    mentions = Mentions(text, Actors(()))
    shot = mention("a man", form="description")
    died = mention(dead, start=100, form="description")
    mentions.by_id |= {shot.id: shot, died.id: died}
    wound = sentence_report("wounded", patient=(shot.id,), trigger=(10, 14), sentence=(0, 15))
    death = sentence_report("killed", patient=(died.id,), stance="asserted", trigger=(0, 0))
    told = without_outlived([wound, death], mentions)
    assert len([r for r in told if r.event == "wounded"]) == left
