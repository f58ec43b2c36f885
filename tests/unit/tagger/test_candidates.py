"""The groups of an article that may have done a deed, and how far they stand from it."""

import pytest
from builders import mention

from services.tagger.models.candidates import Sentences, find_groups

TEXT = "One. The Front was blamed. Three. Four. Five. Six. The Front rests."
PLACES = TEXT.index("Front"), TEXT.rindex("Front")


def groups(*mentions, armed=("front",)):
    return find_groups(mentions, armed, Sentences(TEXT))


def front(start, **kw):
    return mention("Front", "group", start, **({"actor_id": "front"} | kw))


def test_the_mentions_of_one_group_are_one_candidate_with_their_sentences():
    (group,) = groups(*(front(start, id=f"m{start}") for start in PLACES))
    assert (group.sentences, group.blamed) == ((1, 6), True)
    assert [group.distance(n) for n in range(8)] == [1, 0, 1, 2, 2, 1, 0, 1]


@pytest.mark.parametrize(("sentence", "n"), [(9, 1), (10, 0)])
def test_a_mention_is_near_up_to_three_sentences_away(sentence, n):
    (group,) = groups(front(PLACES[1]))
    assert len(group.near(sentence)) == n


@pytest.mark.parametrize(
    ("surface", "kw", "force"),
    [
        ("Meris police", {}, "police"),
        ("the rebels", {"form": "description"}, None),
        ("the council", {"form": "description"}, None),
        ("Front", {"actor_id": "unarmed"}, None),
    ],
)
def test_a_candidate_is_armed_or_a_force_of_the_state(surface, kw, force):
    found = groups(mention(surface, "group", **kw))
    assert [group.force for group in found] == ([] if force is None else [force])
