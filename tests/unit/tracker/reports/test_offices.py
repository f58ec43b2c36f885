"""Offices: the words beside a name that say what its bearer is."""

import pytest

from services.tracker.reports.offices import kind_of, with_office

NOUNS = frozenset({"rebel", "leader", "commander", "rebels"})


def span_of(text, name="Ada Brenn"):
    start = text.index(name)
    return start, start + len(name)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Rebel leader Ada Brenn was killed.", {"rebel", "leader"}),
        ("Ada Brenn, a rebel commander, was killed.", {"rebel", "commander"}),
        ("Rebels killed Ada Brenn.", set()),
        ("The leader of the rebels and Ada Brenn met.", set()),
    ],
)
def test_a_kind_stands_right_before_a_name_or_in_an_apposition(text, kinds):
    assert kind_of(text, span_of(text), NOUNS) == kinds


@pytest.mark.parametrize(
    ("text", "is_person", "words"),
    [
        ("He died, the group's leader, Ada Brenn, said.", True, "the group's leader Ada Brenn"),
        ("He died in the hills, the army said.", False, "the army"),
        ("He died, police chief Ada Brenn said.", True, "police chief Ada Brenn"),
    ],
)
def test_an_office_to_which_a_person_is_set_is_kept(text, is_person, words):
    name = "Ada Brenn" if is_person else "the army"
    assert with_office(text, span_of(text, name), is_person=is_person) == words
