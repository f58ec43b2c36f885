"""Scope of the negations of a title."""

import pytest

from services.tagger.stance.title_negation import negations


@pytest.mark.parametrize(
    ("title", "scope"),
    [
        ("Marta Olvin is not dead", "event"),
        ("Chief NOT dead", "event"),
        ("Not only the mayor was killed", "idle"),
        ("Mayor gets a ticket, not arrest", "idle"),
        ("Hands up, don't shoot", "idle"),
        ("Mayor flees so he won't be seen", "idle"),
        ("Mayor killed by a friend who never came home", "aside"),
    ],
)
def test_a_negation_has_its_scope(parse, title, scope):
    assert [found for _, found in negations(parse(title))] == [scope]
