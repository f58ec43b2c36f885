"""Membership: to whom a sentence says that a victim belongs."""

import pytest
from builders import answer, mention, tagged

from services.tracker.membership import REACH, Membership

BODIES = {"Council": "organisation", "Marsh Army": "group", "Norland": "state"}
OTHERS = {"Orvan": "nationality", "Tilda Roe": "person"}


def belongs(text, victim="Ada Brenn"):
    """Return the keys of those to whom a text of one sentence says that the victim belongs."""
    kinds = BODIES | OTHERS | {victim: "person"}
    found = [mention(name, kind, text.find(name)) for name, kind in kinds.items() if name in text]
    start = text.index(victim)
    known = answer(victim, span=(start, start + len(victim)))
    member = Membership(tagged(text=text, mentions=tuple(found))).of(known, (0, len(text)))
    return list(member.affiliation)


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("The Marsh Army said its second-in-command, Ada Brenn, was killed.", ["marsh army"]),
        ("The Council said that Ada Brenn, a driver of its head, was shot.", ["council"]),
        ("The Council said that Ada Brenn, one of its nurses, was shot.", ["council"]),
        ("Tilda Roe said her driver Ada Brenn was killed.", ["tilda roe"]),
        ("Ada Brenn, a fighter of the Marsh Army, was killed.", ["marsh army"]),
        ("The Marsh Army's deputy leader, Ada Brenn, was killed.", ["marsh army"]),
        ("The Orvan engineer Ada Brenn was killed in Norland.", ["orvan"]),
        ("The Council said its driver in the Marsh Army, Ada Brenn, was shot.", []),
        ("The Marsh Army said its soldiers killed Ada Brenn.", []),
        ("The Marsh Army said its prisoner Ada Brenn was killed.", []),
        ("The Council withdrew its statement that Ada Brenn was killed.", []),
        ("An Orvan jet killed Ada Brenn.", []),
        ("Tilda Roe said its driver Ada Brenn was killed.", []),
        ("The Marsh Army killed Ada Brenn, the Council said.", []),
    ],
)
def test_a_victim_is_theirs_who_a_possessive_or_an_apposition_says(text, owners):
    assert belongs(text) == owners


@pytest.mark.parametrize(("letters", "is_found"), [(REACH - 13, True), (REACH - 12, False)])
def test_the_possessor_is_looked_for_within_its_reach(letters, is_found):
    """ "its ", the word, a blank, "driver", and ", " stand before the name."""
    text = f"The Council said its {'x' * letters} driver, Ada Brenn, was killed."
    assert (belongs(text) == ["council"]) == is_found
