"""The ontology refuses what no code could read."""

import msgspec
import pytest

from services.tagger.lexicon.ontology import EventType, death, meant_by, ontology, type_named

KIND = {"event": "picnic", "about": "People eat.", "plover": "AID", "family": "aid"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("family", "robbery"),
        ("plover", "PICNIC"),
        ("noun_poss", "guest"),
        ("patient_is", ["people"]),
        ("target_is", ["town"]),
        ("harm", "scratch"),
        ("becomes", {"rain": "aid"}),
        ("trait", True),
    ],
)
def test_a_value_that_means_nothing_is_refused(key, value):
    msgspec.convert(KIND, EventType)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(KIND | {key: value}, EventType)


def test_every_type_that_code_asks_for_by_its_trait_is_there_once():
    for trait, value in (("harm", "death"), ("meant_by", "offer"), ("meant_by", "vow")):
        assert len([kind for kind in ontology() if getattr(kind, trait) == value]) == 1
    assert death().patient_is == {"person", "group"}
    assert meant_by("vow").plover == "THREATEN"


def test_a_type_becomes_another_only_under_its_circumstance():
    attack = type_named("attack")
    assert attack.under("aircraft") is type_named("airstrike")
    assert attack.under("suicide") is attack


def test_violence_befalls_people_and_not_bodies():
    assert type_named("attack").may_befall("person")
    assert not type_named("attack").may_befall("organisation")
    assert type_named("accusation").may_befall("organisation")
    assert not type_named("arson").may_befall("person")
