"""Dictionaries of other projects, read as they write them; every error names its file and line."""

import pytest

from services.errors import ConfigError
from services.tagger.lexicon.actors import ActorCode
from services.tagger.lexicon.importers import read_cameo, read_ftm

CAMEO = """# A made-up dictionary in the manner of TABARI's
TARVAN_ [TRV]  ; the state
+TARVANI
IDRIS_HALVANE_  ; founder
+HALVANE
+ABU_IDRIS_
\t[TRVREB 190301-20310502]
\t[TRVELI >20310503]
ORRAN_LIBERATION_FRONT [TRVREB]
+OLF
TSNA [TRVGOVMED]
OLD_KING [TRVGOV <700101]
WORLD_RELIEF_BODY [NGO]
"""


def cameo(text):
    return list(read_cameo(text.splitlines(), "made-up.txt"))


def test_cameo_names_aliases_codes_and_dates_are_read():
    actors = {actor.id: actor for actor in cameo(CAMEO)}
    assert {id_: actor.type for id_, actor in actors.items()} == {
        "tarvan": "state",
        "idris-halvane": "person",
        "orran-liberation-front": "group",
        "tsna": "organisation",
        "old-king": "person",
        "world-relief-body": "organisation",
    }
    halvane = actors["idris-halvane"]
    assert (halvane.name, halvane.aliases) == ("Idris Halvane", ("Halvane", "Abu Idris"))
    assert halvane.codes == (
        ActorCode("TRVREB", "2019-03-01", "2031-05-02"),
        ActorCode("TRVELI", "2031-05-03"),
    )
    assert actors["old-king"].codes == (ActorCode("TRVGOV", None, "1970-01-01"),)
    assert actors["orran-liberation-front"].armed
    assert (actors["orran-liberation-front"].aliases, actors["tsna"].name) == (("Olf",), "Tsna")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("+ALIAS_FIRST\n", 1),
        ("# remark\nNAME_ [TRV\n", 2),
        ("NAME_ [trv]\n", 1),
        ("NAME_ [TRV 8709-99]\n", 1),
        ("GOOD [TRV]\n\nNAME_WITHOUT_CODE\nOTHER [TRV]\n", 3),
    ],
)
def test_a_bad_cameo_line_is_named(text, line):
    with pytest.raises(ConfigError, match=rf"made-up\.txt:{line}: "):
        cameo(text)


def test_entities_become_people_bodies_and_groups():
    lines = [
        '{"id": "Q1", "schema": "Person", "caption": "Marta Olvin", '
        '"properties": {"name": ["Marta Olvin", "Марта"], '.encode()
        + b'"alias": ["The Tanner", "Ma"], "weakAlias": ["Tanner"], '
        b'"position": ["chief"], "nationality": ["tr"]}}',
        b"",
        b'{"id": "v", "schema": "Vessel", "properties": {"name": ["Meris Star"]}}',
        b'{"id": "g", "schema": "Organization", "properties": {"name": '
        b'["Sella Brigade"], "topics": ["crime.terror"]}}',
        b'{"id": "n", "schema": "Company", "properties": {}}',
        b'{"id": "c", "schema": "Company", "properties": {"name": ["Meris Shipping"]}}',
    ]
    olvin, group, company = read_ftm(lines, "made-up.json")
    assert (olvin.id, olvin.type, olvin.country, olvin.roles[0].role) == (
        "Q1",
        "person",
        "TR",
        "chief",
    )
    assert olvin.aliases == ("Марта", "The Tanner")
    assert (group.type, group.armed, company.type) == ("group", True, "organisation")


@pytest.mark.parametrize(
    "line", [b"{", b'{"schema": "Person"}', b'{"id": 1, "schema": "Person"}', b"\xff"]
)
def test_a_bad_entity_is_named(line):
    with pytest.raises(ConfigError, match=r"made-up\.json:2: "):
        list(read_ftm([b'{"id": "a", "schema": "Person"}', line], "made-up.json"))
