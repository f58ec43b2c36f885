"""Evidence for a place: a name needs less of it, the larger the place is."""

import pytest

from services.tagger.lexicon.gazetteer import Place, gazetteer
from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions
from services.tagger.names.place_candidates import Candidate
from services.tagger.names.place_evidence import Evidence

NAME = "Xanvor"


def is_place(text, population, label=None, whole=True):
    """Ask about a made-up town of some size in a text that holds its name."""
    start = text.index(NAME)
    end = start + len(NAME)
    entity = (start, end if whole else end + 10) if label else None
    town = Place(NAME, "CA", population=population)
    candidate = Candidate(start, end, NAME, (town,), label, entity)
    return Evidence(Mentions(text, Actors(())), gazetteer(), []).is_place(candidate)


@pytest.mark.parametrize(("population", "expected"), [(15_000, True), (14_999, False)])
def test_a_bare_name_is_a_town_of_15_000(population, expected):
    assert is_place(f"We saw {NAME} burn.", population) == expected


@pytest.mark.parametrize(("population", "expected"), [(5_000, True), (4_999, False)])
def test_a_name_behind_to_is_a_town_of_5_000(population, expected):
    assert is_place(f"We went to {NAME} then.", population) == expected


@pytest.mark.parametrize(("population", "expected"), [(100_000, True), (99_999, False)])
def test_the_first_word_of_a_sentence_is_a_city_of_100_000(population, expected):
    assert is_place(f"It ended. {NAME} burned.", population) == expected


@pytest.mark.parametrize(("population", "expected"), [(100_000, True), (99_999, False)])
def test_what_the_recogniser_takes_for_a_person_is_a_city_of_100_000(population, expected):
    assert is_place(f"We saw {NAME} burn.", population, "PERSON") == expected


def test_a_preposition_or_the_recogniser_makes_a_place_of_any_size():
    assert is_place(f"We live in {NAME} now.", 500)
    assert is_place(f"We saw {NAME} burn.", 500, "GPE")


def test_a_title_makes_a_person_of_it():
    assert not is_place(f"We saw Mr {NAME} burn it.", 500_000)
