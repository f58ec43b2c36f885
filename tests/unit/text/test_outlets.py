"""The families of publishers: no entry is dead, none joins what is not one voice."""

from collections import Counter

import pytest

from services.tagger.lexicon.actors import packaged_actors
from services.text.names import fold
from services.text.outlets import families, family

FAMILIES = families()
NAMES = [(id, name) for id, known in FAMILIES.items() for name in known.names]
DOMAINS = [(id, domain) for id, known in FAMILIES.items() for domain in known.domains]
ANYBODYS = """
times post herald sun star mail express mirror news nation standard tribune observer telegraph
chronicle gazette journal citizen metro independent guardian press record world today abc radio
television agency monitor
"""
"""Words that papers of many owners are called by."""

SECOND_LEVEL = ("co", "com", "net", "org", "gov")
PLATFORMS = "blogspot wordpress substack medium facebook twitter x youtube google yahoo msn".split()


def test_every_name_finds_its_family():
    assert [(id, name) for id, name in NAMES if family(name) != id] == []
    shouted = [(id, name.upper()) for id, name in NAMES]
    assert [row for row in shouted if family(row[1], "https://nowhere.example/a") != row[0]] == []


def test_every_domain_finds_its_family_also_from_a_part_of_it():
    pages = [(id, f"https://{domain}/a/b") for id, domain in DOMAINS]
    assert [(id, page) for id, page in pages if family(None, page) != id] == []
    parts = [(id, f"http://www.{domain}:80/") for id, domain in DOMAINS]
    assert [(id, page) for id, page in parts if family("A name nobody knows", page) != id] == []


def test_no_entry_is_dead():
    """Twice the same, or a family that joins nothing."""
    assert [
        n for n, times in Counter((id, fold(name)) for id, name in NAMES).items() if times > 1
    ] == []
    assert [d for d, times in Counter(domain for _, domain in DOMAINS).items() if times > 1] == []
    assert [id for id, known in FAMILIES.items() if len(known.names) + len(known.domains) < 2] == []
    covered = [
        (d, e)
        for id, d in DOMAINS
        for other, e in DOMAINS
        if id == other and d != e and d.endswith(f".{e}")
    ]
    assert covered == [], "the shorter domain holds for its parts already"


def test_no_name_or_domain_belongs_to_two_families():
    owners: dict[str, str] = {}
    for id, name in NAMES:
        assert owners.setdefault(fold(name), id) == id, name
    inside = [
        (a, d, b, e) for a, d in DOMAINS for b, e in DOMAINS if a != b and d.endswith(f".{e}")
    ]
    assert inside == []


def test_no_name_is_one_that_papers_of_many_owners_have():
    assert [name for _, name in NAMES if fold(name) in ANYBODYS.split()] == []
    assert [name for _, name in NAMES if len(fold(name)) < 2] == []


def owner_of(domain):
    """Return the part of a domain that somebody has registered, empty where nobody has."""
    *owned, _ = domain.split(".")
    if len(owned) > 1 and owned[-1] in SECOND_LEVEL:
        owned.pop()
    return owned[-1] if owned else ""


@pytest.mark.parametrize(
    ("domain", "owner"), [("bbc.co.uk", "bbc"), ("a.herald.com", "herald"), ("co.uk", "co")]
)
def test_the_owner_of_a_domain_stands_before_its_public_part(domain, owner):
    assert owner_of(domain) == owner


def test_no_domain_is_one_that_anybody_can_publish_on():
    anybodys = ("", *PLATFORMS, *SECOND_LEVEL)
    assert [domain for _, domain in DOMAINS if owner_of(domain) in anybodys] == []


def test_an_outlet_of_the_dictionary_is_in_one_family_with_all_its_names():
    """Else one outlet would be two voices, or two outlets of the dictionary one name."""
    for actor in packaged_actors():
        if actor.kind == "media" and family(actor.name):
            found = {family(actor.name), family(actor.id), *(family(a) for a in actor.aliases)} - {
                None
            }
            assert len(found) == 1, actor
        elif actor.kind != "media":
            assert not any(
                family(n)
                for n in (actor.name, *actor.aliases)
                if actor.type in ("group", "state", "person")
            ), actor


def test_what_is_not_known_is_in_no_family():
    assert family(None) is None
    assert family("Harbour Courier", "https://harbour.example/1") is None
    assert family("", "not an address [") is None
    assert family(None, "https://notreuters.com/") is None
