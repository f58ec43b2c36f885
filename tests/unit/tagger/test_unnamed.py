"""Whom pronouns outside of reports refer to."""

import pytest

from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions
from services.tagger.names.unnamed import add_unnamed

NAME = "Marta Olvin"


@pytest.mark.parametrize(("characters", "found"), [(2000, ["marta-olvin"]), (2001, [])])
def test_a_pronoun_refers_to_a_person_up_to_2000_characters_before(characters, found):
    mentions = Mentions(NAME.ljust(characters, ".") + "she spoke", Actors(()))
    mentions.add(0, len(NAME), "person", "phrase/name")
    add_unnamed(mentions)
    assert [m.key for m in mentions.in_order() if m.form == "pronoun"] == found
