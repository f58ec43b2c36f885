"""A dictionary's name inside that of another person gives way."""

import pytest

from services.tagger.lexicon.matcher import Actors, packaged_lexicon
from services.tagger.names.entities import add_dictionary
from services.tagger.names.mentions import Mentions
from services.tagger.names.namesakes import clear_namesakes, without_body


@pytest.fixture(scope="module")
def named():
    """Return a function that looks the names of the packaged dictionary up in a text."""
    actors = Actors((packaged_lexicon(),))

    def one(text):
        mentions = Mentions(text, actors)
        add_dictionary(mentions, None)
        return mentions

    return one


@pytest.mark.parametrize(
    ("name", "is_sure", "left"),
    [
        ("Michael Jordan", False, []),
        ("Jordan Israel", True, []),
        ("Jordan Israel", False, ["Jordan", "Israel"]),
        ("Ali Hamas", True, []),
        ("Ali Hamas", False, ["Hamas"]),
        ("Adar South Sudan", True, ["South Sudan"]),
        ("Ivana Trump", False, []),
        ("Donald Trump Jr.", False, []),
        ("Joseph R. Biden Jr.", False, ["Biden"]),
        ("Democrat Hillary Clinton", False, ["Hillary Clinton"]),
        ("Obama Says", False, ["Obama"]),
    ],
)
def test_what_is_only_a_part_of_a_name_gives_way(named, name, is_sure, left):
    mentions = named(name)
    clear_namesakes(mentions, 0, len(name), is_sure=is_sure)
    assert [m.surface for m in mentions.in_order()] == left


@pytest.mark.parametrize(
    ("text", "name"),
    [("Hamas Adar Tuomi", "Adar Tuomi"), ("Syrian Adar Tuomi", "Adar Tuomi"), ("Hamas", "Hamas")],
)
def test_a_body_before_a_name_is_no_part_of_it(named, text, name):
    assert text[without_body(named(text), 0, len(text)) :] == name
