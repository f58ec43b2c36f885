"""The attacks that caused deaths, and the parties that made them."""

import pytest

from services.tagger.events.means import deeds, forces


@pytest.mark.parametrize(
    ("sentence", "means"),
    [
        ("Two men were killed in an ambush.", ["ambush"]),
        ("Two men were killed when troops fired on a crowd.", ["fired"]),
        ("The raid in which two men were killed lasted an hour.", ["raid"]),
        ("Two men were killed in Meris.", []),
        ("Two men were killed before the ambush.", []),
    ],
)
def test_a_death_has_its_means(token_of, sentence, means):
    assert [t.text for t in deeds(token_of(sentence, "killed"))] == means


def test_the_party_before_a_noun_of_attack_makes_it(token_of):
    shooting = token_of("Two men were killed in a police shooting.", "shooting")
    assert [t.text for t in forces(shooting)] == ["police"]
