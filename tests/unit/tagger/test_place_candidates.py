"""The names of the gazetteer in a text, wherever they stand."""

from services.tagger.lexicon.gazetteer import gazetteer
from services.tagger.names.entities import Entity
from services.tagger.names.place_candidates import Candidates


def names(text, entities=()):
    return [candidate.name for candidate in Candidates(text, gazetteer(), entities)]


def test_the_longest_name_at_a_place_counts():
    assert names("They left New York City.") == ["New York City"]


def test_a_name_ends_in_no_joining_word():
    assert names("They left Santa Cruz de Montreal.")[-1] == "Montreal"


def test_words_that_more_than_a_space_parts_are_no_name():
    assert "New York" not in names("It was New. York was old.")


def test_an_abbreviated_state_needs_a_comma_or_a_full_stop():
    assert names("Powderly, TX was calm.") == ["Powderly", "TX"]
    assert "TX" not in names("The TX team was calm.")


def test_a_name_before_a_hyphen_and_a_small_letter_is_one():
    assert names("A Montreal-based firm") == ["Montreal"]
    assert names("the Montreal-Aleppo line") != ["Montreal"]


def test_the_entity_that_covers_a_name_gives_its_label():
    (found,) = Candidates("He left Montreal.", gazetteer(), [Entity(8, 16, "GPE")])
    assert (found.label, found.entity, found.is_whole_entity) == ("GPE", (8, 16), True)


def test_a_longer_entity_than_a_name_with_its_article_is_not_whole():
    text = "He met Jane Montreal there."
    (found,) = (
        c for c in Candidates(text, gazetteer(), [Entity(7, 20, "PERSON")]) if c.start == 12
    )
    assert found.label is None or not found.is_whole_entity
