"""Sums and differences of word classes are made once."""

from services.tagger.lexicon.words import any_of, but_not, cues


def test_a_word_of_any_class_is_in_the_sum():
    both = any_of(cues().person_nouns, cues().roles)
    assert both == cues().person_nouns | cues().roles
    assert any_of(cues().person_nouns, cues().roles) is both


def test_a_word_of_the_other_class_is_not_in_the_difference():
    some = but_not(cues().talk, cues().images)
    assert some == cues().talk - cues().images
    assert but_not(cues().talk, cues().images) is some
