"""What a watch waits for is told in names, never in ids."""

import pytest

from services.desk.waits import waits_for
from services.messages import ClaimCondition, Watch

ALL = ClaimCondition(
    event=("killed", "bombing"),
    actor=("idris-halvane",),
    agent=("salt-front",),
    place=("meris",),
    status="corroborated",
    independent=2,
    killed=3,
    confidence=0.6,
)


@pytest.mark.parametrize(
    ("query", "claim", "passing", "words"),
    [
        ("halvane", None, False, "Articles with halvane."),
        ("halvane", None, True, "Articles with halvane, also in passing."),
        (None, ClaimCondition(), False, "Any event."),
        (None, ClaimCondition(status="reported"), False, "Any event."),
        ("halvane", ClaimCondition(), False, "Articles with halvane, once they tell of any event."),
        (
            None,
            ALL,
            False,
            "Deaths or bombing, about the old man, by Salt Front, in Meris, with at least 3 killed,"
            " at least corroborated, from at least 2 independent sources, read with 60% confidence"
            " or more.",
        ),
        (None, None, False, "Nothing yet."),
    ],
)
def test_it_reads_as_a_sentence(query, claim, passing, words):
    watch = Watch(id="w", name="W", query=query, claim=claim, passing=passing)
    assert waits_for(watch, lambda id: {"idris-halvane": "the old man"}.get(id, "")) == words
