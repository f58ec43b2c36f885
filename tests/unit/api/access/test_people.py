"""What people may do, and whose watches they see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.access.people import SCOPES, Person

SCOPE = st.sampled_from(SCOPES)
NAME = st.text(min_size=1, max_size=5)


@given(SCOPE, SCOPE)
def test_a_scope_holds_those_before_it(has, needs):
    assert Person("a", has).may(needs) == (SCOPES.index(has) >= SCOPES.index(needs))


@pytest.mark.parametrize(
    ("owner", "owns"),
    [
        (None, True),
        ("", True),
        ("amira", True),
        ("Amira", False),
        ("idris", False),
        ("group:levant", True),
        ("group:sahel", False),
        ("levant", False),
        ("group:", False),
        ("group:amira", False),
    ],
)
def test_a_person_sees_what_is_theirs_of_their_groups_or_of_nobody(owner, owns):
    for scope in ("reader", "editor"):
        assert Person("amira", scope, frozenset({"levant"})).owns(owner) == owns
    assert Person("somebody", "operator").owns(owner)


@given(NAME, NAME)
def test_nobody_is_taken_for_a_group_or_for_somebody_else(name, other):
    person = Person(name, "editor", frozenset({other}))
    assert person.owns(name)
    assert person.owns(f"group:{name}") == (name == other or name == f"group:{name}")
