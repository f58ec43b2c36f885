"""Which full names may be of one person in one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tagger.names.full_names import full_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Oleg Petrovich Sorin", "Oleg Sorin"),
        ("O. P. Sorin", "Oleg Petrovich Sorin"),
        ("O.P. Sorin", "Oleg Sorin"),
        ("Jana R. Wirth", "Jana Wirth"),
        ("General Oleg Sorin", "Oleg Sorin"),
        ("Сергей Олвин", "Sergei Olvin"),
        ("Khalid Abu Olvin", "Abu Olvin"),
        ("Luis Carlos Tamayo", "Luis Carlos Tamayo Rios"),
    ],
)
def test_one_person_may_have_both(one, other):
    assert full_name(one).may_be(full_name(other))
    assert full_name(other).may_be(full_name(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Oleg Petrovich Sorin", "Oleg Ivanovich Sorin"),
        ("George W. Olvin", "George H. W. Olvin"),
        ("Marta Olvin", "Petr Olvin"),
        ("M. Olvin", "Petr Olvin"),
        ("Olvin", "Marta Olvin"),
        ("Ali Hassan Olvin", "Ali Omar Olvin"),
        ("Marta Olvin", "Marta Tuomi"),
        ("Adar Tuomi", "Adar Tuomi Jr."),
    ],
)
def test_no_person_has_both(one, other):
    assert not full_name(one).may_be(full_name(other))
    assert not full_name(other).may_be(full_name(one))


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_order_of_two_names_does_not_matter(one, other):
    ours, theirs = full_name(one), full_name(other)
    assert ours.may_be(theirs) == theirs.may_be(ours)
