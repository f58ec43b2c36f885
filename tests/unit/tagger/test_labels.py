"""An actor is shown by the best name that the article gives it, never by a key."""

import pytest


def labels(tag, title, text):
    return {m.surface: m.label for m in tag(title, text).mentions}


def test_all_mentions_of_a_person_have_the_fullest_name_without_titles(tag):
    text = (
        "General Oleg Petrovich Sorin was killed near Meris on Monday. Sorin was 51. "
        "He led a corps. Oleg Sorin was wounded in 2030."
    )
    found = labels(tag, "Sorin killed", text)
    names = ("Sorin", "General Oleg Petrovich Sorin", "Oleg Sorin", "He")
    assert {found[name] for name in names} == {"Oleg Petrovich Sorin"}


@pytest.mark.parametrize(
    ("text", "surface", "label"),
    [
        ("King Hassan was wounded in Meris on Monday.", "King Hassan", "King Hassan"),
        ("The head of the board was found dead.", "The head of the board", "the head of the board"),
        ("A close aide was killed in Meris.", "A close aide", "a close aide"),
        ("Four men were killed in Meris.", "Four men", "Four men"),
        ("The Foreign Secretary was wounded.", "The Foreign Secretary", "the Foreign Secretary"),
    ],
)
def test_a_label_has_the_words_of_the_text(tag, text, surface, label):
    assert labels(tag, "", text)[surface] == label


def test_a_namesake_is_shown_with_what_tells_him_apart(tag):
    text = (
        "John Mbeza, who played the trumpet, died on Sunday. He is not to be confused with "
        "John Mbeza, the interior minister, who is well."
    )
    found = [m.label for m in tag("", text).mentions if m.surface == "John Mbeza"]
    assert found == ["John Mbeza", "John Mbeza, the interior minister"]


def test_an_acronym_is_shown_in_full(tag):
    text = "The Halvane Relief Fund (HRF) opened a clinic. The HRF said two nurses were killed."
    assert labels(tag, "", text)["HRF"] == "Halvane Relief Fund"


def test_every_mention_has_a_label(tag):
    text = "Gunmen killed Marta Olvin in Meris, her brother said. We mourn her, Tarvan said."
    assert all(m.label for m in tag("Judge killed", text).mentions)
