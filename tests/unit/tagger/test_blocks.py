"""The principal and the block of a report."""

import pytest
from builders import mention

from services.tagger.discourse.blocks import claim_block, principal

ARMY = mention("Army", "group")
FRONT = mention("Front", "group")
OLVIN = mention("Marta Olvin")
MERIS = mention("Meris", "place")
MEN = mention("four men", form="description")


def test_the_agent_of_violence_is_not_its_principal():
    assert principal("violence", {"agent": [FRONT], "place": [MERIS]}) == "meris"
    assert principal("violence", {"agent": [FRONT]}) == ""


@pytest.mark.parametrize("family", ["custody", "conflict", "politics"])
def test_the_agent_is_the_principal_of_any_other_family(family):
    assert principal(family, {"agent": [FRONT], "place": [MERIS]}) == "front"


def test_a_person_who_undergoes_it_comes_before_a_group_and_both_before_an_agent():
    assert principal("custody", {"patient": [ARMY, OLVIN], "agent": [FRONT]}) == "marta olvin"
    assert principal("custody", {"patient": [ARMY], "agent": [FRONT]}) == "army"


def test_nameless_people_are_no_principal():
    assert claim_block("violence", {"patient": [MEN], "place": [MERIS]}) == "violence:meris"
    assert claim_block("violence", {"patient": [MEN]}) == "violence:?"
