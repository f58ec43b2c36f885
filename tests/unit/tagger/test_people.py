"""The people whom a sentence speaks of, with and without a parse."""

import pytest

from services.tagger.discourse.people import people_by_words, people_of, sex_of
from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions
from services.tagger.parse.sentence import Parsed


def words(people, text):
    return [text[p.start : p.start + len(p.word.split()[0])] for p in people]


@pytest.mark.parametrize(
    ("sentence", "people"),
    [
        ("The driver saw a guard.", ["driver", "guard"]),
        ("The driver, a teacher, was old.", ["driver"]),
        ("The driver was a teacher.", ["driver"]),
        ("Two drivers saw the crew and no guard.", []),
        ("She worked as a teacher.", ["She"]),
        ("A man saw another man.", ["man", "man"]),
    ],
)
def test_a_noun_for_one_person_counts_but_no_predicate_of_another(parse, sentence, people):
    found = people_of(
        Parsed(parse(sentence), (0, len(sentence)), 0), Mentions(sentence, Actors(())), set()
    )
    assert words(found, sentence) == people


def test_another_man_is_another_person(parse):
    sentence = "A man saw another man."
    found = people_of(
        Parsed(parse(sentence), (0, len(sentence)), 0), Mentions(sentence, Actors(())), set()
    )
    assert len({person.word for person in found}) == 2


def test_who_is_quoted_speaks_under_the_name_beside_the_noun_too(parse):
    sentence = "His mother, Marta Olvin, wept."
    mentions = Mentions(sentence, Actors(()))
    mentions.add(12, 23, "person", "phrase/name")
    speakers = {sentence.index("mother")}
    found = people_of(Parsed(parse(sentence), (0, len(sentence)), 0), mentions, speakers)
    assert [(p.sex, p.speaks) for p in found if p.mention] == [("f", True)]


def test_without_a_parse_an_unknown_name_still_counts():
    text = "He met Olaf Brandt and the driver."
    found = people_by_words((0, len(text)), Mentions(text, Actors(())))
    assert [text[p.start :].split()[0].strip(".") for p in found] == ["He", "Olaf", "driver"]


@pytest.mark.parametrize(
    ("word", "sex"),
    [("her", "f"), ("policewoman", "f"), ("mr", "m"), ("gunman", "m"), ("driver", None)],
)
def test_a_word_tells_the_sex_or_leaves_it_open(word, sex):
    assert sex_of(word) == sex
