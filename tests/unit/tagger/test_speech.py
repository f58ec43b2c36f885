"""Sources on the path of an event."""

import pytest

from services.tagger.stance.walk import read


@pytest.mark.parametrize(
    ("sentence", "sources"),
    [
        ("Police said the mayor was killed.", ["Police"]),
        ("The mayor was killed, according to Karl Bosman.", ["Bosman"]),
        ("The mayor was killed, Radio Meris said, citing officials.", ["Meris", "officials"]),
        ("Word that the mayor was killed came from Karl Bosman.", ["Bosman"]),
        ("Karl Bosman was the first to report that the mayor was killed.", ["Bosman"]),
        ("The mayor was killed.", []),
    ],
)
def test_a_source_is_found_inner_to_outer(token_of, sentence, sources):
    trigger = token_of(sentence, "killed")
    assert [source.text for source, _ in read(trigger, 0).speakers] == sources


def test_a_participle_names_the_source_of_an_event_noun(token_of):
    trigger = token_of(
        "The abduction, first reported by Radio Meris, shocked the town.", "abduction"
    )
    assert [source.text for source, _ in read(trigger, 0).speakers] == ["Meris"]
