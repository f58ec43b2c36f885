"""Which mention a word of a parsed sentence stands for."""

import pytest

from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions
from services.tagger.names.phrases import Phrases

NAME = "Marta Olvin"


@pytest.mark.parametrize(("characters", "found"), [(2000, "marta-olvin"), (2001, None)])
def test_a_pronoun_in_a_report_refers_to_a_person_up_to_2000_characters_before(
    parse, characters, found
):
    sentence = "She died."
    mentions = Mentions(NAME.ljust(characters, ".") + sentence, Actors(()))
    mentions.add(0, len(NAME), "person", "phrase/name")
    mention = Phrases(mentions, characters).of(parse(sentence)[0])
    assert (mention.key if mention else None) == found
