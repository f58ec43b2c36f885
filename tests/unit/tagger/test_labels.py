"""An actor is shown by the best name that the article gives it, never by a key."""

import pytest

from services.tagger.names.labels import ACRONYM_LETTERS, place_name


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


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("LYON", "Lyon"),
        ("RIO DE JANEIRO", "Rio de Janeiro"),
        ("IZMIR", "Izmir"),
        ("Lyon", "Lyon"),
        ("OSTRELVALE", "OSTRELVALE"),
        ("ULM", "ULM"),
    ],
)
def test_a_place_in_capitals_alone_is_shown_as_the_gazetteer_writes_it(written, shown):
    assert place_name(written) == shown


def test_a_short_name_in_capitals_may_be_an_acronym():
    assert len("ULM") == ACRONYM_LETTERS
    assert place_name("Ulm".upper()) == "ULM"
    assert place_name("Bonn".upper()) == "Bonn"


def test_a_dateline_and_the_text_name_one_place(tag):
    found = labels(tag, "Fire kills two", "LYON - A fire killed two people on Friday, police said.")
    assert found["LYON"] == "Lyon"


def test_the_name_of_the_dictionary_is_kept_where_the_article_has_another(tag):
    found = {m.surface: m for m in tag("", "The OLF killed a judge in Tarvan.").mentions}
    assert (found["OLF"].label, found["OLF"].dictionary_name) == ("OLF", "Orran Liberation Front")
    assert found["Tarvan"].dictionary_name == ""
