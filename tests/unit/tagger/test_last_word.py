"""What an article says of an incident in the end, where its sources contradict one another."""

import pytest
from builders import full_report, mention

from services.messages import Attribution
from services.tagger.incidents.last_word import last_word

MENTIONS = {m.id: m for m in map(mention, ("Olvin", "army", "front", "police"))}


def said(stance, by=None, agent=()):
    """Return what a source says of Olvin's death."""
    source = (Attribution(mention=by, kind="party", cue=(0, 4)),) if by else ()
    return full_report("r", stance=stance, patient=("Olvin",), attribution=source, agent=agent)


@pytest.mark.parametrize(
    ("reports", "word"),
    [
        # Who is said to have done it denies only that part.
        ([said("claimed", "police", ("front",)), said("denied", "front")], "claimed"),
        ([said("asserted"), said("denied", "front", ("front",))], "asserted"),
        ([said("denied", "front", ("front",))], "denied"),
        # Two parties, in either order.
        ([said("claimed", "army", ("army",)), said("denied", "front")], "disputed"),
        ([said("denied", "front"), said("claimed", "army")], "disputed"),
        # A party that takes its word back, and the person himself.
        ([said("claimed", "army", ("army",)), said("denied", "army", ("army",))], "denied"),
        ([said("claimed", "army"), said("denied", "Olvin")], "denied"),
        # Rumours have no side.
        ([said("reported"), said("denied", "front")], "denied"),
        ([said("claimed", "army"), said("denied")], "denied"),
        ([], "asserted"),
    ],
)
def test_a_source_speaks_for_itself(reports, word):
    assert last_word(reports, MENTIONS) == word
