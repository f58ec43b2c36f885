"""Whose a place is: a speaker's, a local body's, nobody's."""

import pytest

from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions
from services.tagger.names.place_owners import add_owned
from services.tagger.parse.sentence import Parsed


@pytest.fixture
def owner(parse):
    """Return a function that says whose the place Meris is in a sentence."""

    def one(sentence):
        mentions = Mentions(sentence, Actors(()))
        start = sentence.index("Meris")
        end = start + len("Meris")
        mentions.add(start, end, "place", "place/gazetteer")
        add_owned(mentions, Parsed(parse(sentence), (0, len(sentence)), 0, is_title=False))
        return mentions.owned.get((start, end))

    return one


@pytest.mark.parametrize(
    ("sentence", "whose"),
    [
        ("The Meris government said that two guards were killed.", "far"),
        ("A senator from Meris said that two guards were killed.", "far"),
        ("Officials in Meris said that two guards were killed.", "far"),
        ("The general said in Meris that two guards were killed.", "far"),
        ("Meris said that two guards were killed.", "far"),
        ("Two guards died at a hospital in Meris.", "far"),
        ("Meris police said that two guards were killed.", "local"),
        ("The mayor of Meris said that two guards were killed.", "local"),
        ("The path to Meris was open when two guards were killed.", "unclear"),
        ("Two guards were killed in Meris.", None),
        ("A bomb rocked Meris, killing two guards.", None),
        ("Two guards were killed in the Meris attack.", None),
        ("Meris - Two guards were killed on Monday.", None),
    ],
)
def test_a_place_in_a_phrase_for_somebody_is_theirs(owner, sentence, whose):
    assert owner(sentence) == whose
