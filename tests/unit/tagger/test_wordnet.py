"""What wordnet.txt adds to the classes of cue words."""

import pytest
import yaml

from services.tagger.lexicon.words import cues, is_for_people, read_lexicon


def test_the_file_bears_the_licence_of_its_source():
    assert "Copyright 2011 by Princeton University" in read_lexicon("wordnet.txt")


@pytest.mark.parametrize("noun", ["ladder", "basement", "catheter", "monument"])
def test_a_noun_that_only_ends_like_one_for_people_is_for_none(noun):
    assert not is_for_people(noun)


@pytest.mark.parametrize("noun", ["blackmailer", "harvester", "pamphleteer"])
def test_a_noun_with_a_sense_for_people_may_be_for_them(noun):
    assert is_for_people(noun)


def test_the_words_by_hand_stand_beside_those_of_the_file():
    assert {"carrier", "ladder"} <= cues().not_personal


def test_no_word_is_listed_by_hand_that_stands_in_the_file():
    by_hand = yaml.safe_load(read_lexicon("cues.yaml"))["not_personal"]
    assert set(by_hand).isdisjoint(read_lexicon("wordnet.txt").split())
