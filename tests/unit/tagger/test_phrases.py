"""Which mention a word of a parsed sentence stands for."""

import pytest

from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions
from services.tagger.names.phrases import Phrases

NAME = "Marta Olvin"


@pytest.mark.parametrize(("characters", "found"), [(2000, "marta-olvin"), (2001, "")])
def test_a_pronoun_in_a_report_refers_to_a_person_up_to_2000_characters_before(
    parse, characters, found
):
    sentence = "She died."
    mentions = Mentions(NAME.ljust(characters, ".") + sentence, Actors(()))
    mentions.add(0, len(NAME), "person", "phrase/name")
    assert Phrases(mentions, characters).of(parse(sentence)[0]).key == found


@pytest.mark.parametrize(
    ("sentence", "noun", "phrase", "key"),
    [
        (
            "An aide to Marta Olvin, leader of a party, died.",
            "aide",
            "An aide to Marta Olvin",
            None,
        ),
        ("The mayor of Lima died.", "mayor", "The mayor of Lima", "maior-lima"),
        ("The mayor in Lima died.", "mayor", "The mayor", "maior"),
        ("The house of Marta Olvin burned.", "house", "The house", None),
        ("A driver, not Marta Olvin, died.", "driver", "A driver", None),
        ("The army accused rebels of killing the mayor.", "rebels", "rebels", None),
        ("A Monroe man died.", "man", "A Monroe man", None),
        ("Monroe police died.", "police", "Monroe police", None),
    ],
)
def test_a_noun_for_people_takes_along_whom_they_belong_to(parse, sentence, noun, phrase, key):
    mentions = Mentions(sentence, Actors(()))
    token = next(t for t in parse(sentence) if t.text == noun)
    mention = Phrases(mentions, 0).of(token)
    assert mention.surface == phrase
    assert key in (None, mention.key)


@pytest.mark.parametrize(
    ("title", "sentence", "label"),
    [
        ("", "The mayor of Lima, Marta Olvin, was killed on Monday.", "Marta Olvin"),
        ("", "Rebels killed the mayor of Vellmar, Osric Tane, in a raid.", "Osric Tane"),
        ("", "The mayor of Lima, Peru, was killed on Monday.", "the mayor of Lima"),
    ],
)
def test_a_name_behind_a_place_is_of_who_holds_the_office_there(tag, title, sentence, label):
    tagged = tag(title, sentence)
    labels = {mention.id: mention.label for mention in tagged.mentions}
    (report,) = (r for r in tagged.reports if r.event == "killed")
    assert [labels[id] for id in report.patient] == [label]
