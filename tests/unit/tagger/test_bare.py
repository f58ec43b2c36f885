"""Titles and nouns before a name are no part of it."""

import pytest

from services.tagger.names.bare import bare


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Warlord Adar Tuomi", "Adar Tuomi"),
        ("Cleric Tuomi", "Tuomi"),
        ("Tarvani Foreign Minister Marta Olvin", "Tarvani Foreign Minister Marta Olvin"),
        ("Foreign Minister Marta Olvin", "Marta Olvin"),
        ("Lt. Gen. Oleg Sorin", "Oleg Sorin"),
        ("Ayatollah Hadi Olvin", "Hadi Olvin"),
        ("Adar Tuomi", "Adar Tuomi"),
        ("Foreign Adar", "Foreign Adar"),
        ("King", "King"),
    ],
)
def test_a_title_before_a_name_is_no_part_of_it(written, name):
    assert bare(written) == name


@pytest.mark.parametrize("name", ["Hunter Olvin", "Mason Olvin", "Marine Olvin"])
def test_a_noun_that_is_also_a_given_name_is_one(name):
    assert bare(name) == name


def test_a_word_for_many_is_no_title():
    assert bare("Rebels Olvin") == "Rebels Olvin"
