"""A last name stands for somebody whom the article names in full."""

import pytest


def keys(tag, text, surface, title=""):
    return [m.key for m in tag(title, text).mentions if m.surface == surface]


def test_a_title_that_somebody_cannot_have_makes_another_person(tag):
    text = (
        "Senator Maria Olvin was killed in Meris. Judge Olvin said it was a crime. "
        "Senator Olvin was 44."
    )
    assert keys(tag, text, "Judge Olvin") == ["olvin"]
    assert keys(tag, text, "Senator Olvin") == ["maria-olvin"]


def test_husband_and_wife_are_told_apart_by_their_titles(tag):
    text = "Pablo Olvin was shot dead. His wife, Ana Olvin, was wounded. Mr Olvin was a baker."
    assert keys(tag, text, "Mr Olvin") == ["pablo-olvin"]


@pytest.mark.parametrize(
    ("text", "name", "is_person"),
    [
        ("Police arrested Ali Hamas, a baker. Hamas was charged with theft.", "Hamas", True),
        ("Hamas fled. Police arrested Ali Hamas, a baker. Hamas was wounded.", "Hamas", False),
        ("Jordan Israel was shot dead in Leeds. Israel was wounded before.", "Israel", True),
        ("Jordan Israel was shot dead in Israel on Monday.", "Israel", False),
    ],
)
def test_a_name_of_a_body_is_a_persons_who_is_named_before_it(tag, text, name, is_person):
    found = [m for m in tag("", text).mentions if m.surface == name]
    assert (found[-1].type == "person") == is_person


def test_a_full_name_is_found_in_a_title_that_the_recogniser_misread(tag):
    text = "Sunday Okavo was shot dead in Lagos on Friday. Okavo led a union."
    article = tag("Sunday Okavo shot dead", text)
    assert next(m.surface for m in article.mentions if m.type == "person") == "Sunday Okavo"


def test_a_full_name_in_a_title_is_its_own_bearers(tag):
    text = "Petr Olvin spoke. Marta Olvin was attacked in Meris, and Petr Olvin fled. Olvin wept."
    article = tag("Hold Marta Olvin to account", text)
    assert keys(tag, text, "Marta Olvin", "Hold Marta Olvin to account") == ["marta-olvin"] * 2
    assert article.mentions[0].label == "Marta Olvin"


def test_the_last_name_of_a_son_is_the_word_before_his_generation(tag):
    text = "Police arrested Adar Tuomi Jr., 34, in Meris. Tuomi was charged with theft."
    assert keys(tag, text, "Tuomi") == ["adar-tomi-jr"]


def test_a_last_name_of_three_letters_is_known_where_it_is_a_name(tag):
    text = "Casper Ohm was wounded, a spokeswoman said. One ohm is a unit."
    title = "Minister Ohm wounded, ministry says"
    assert keys(tag, text, "Minister Ohm", title) == keys(tag, text, "Casper Ohm", title)


def test_a_word_of_three_letters_alone_is_no_last_name(tag):
    assert keys(tag, "Olga May was wounded. It was cold. May was the month.", "May") == []
