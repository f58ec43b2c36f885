"""The order of the tagger's steps, by what each needs and makes."""

import pytest

from services.tagger import completion
from services.tagger.names import read
from services.tagger.steps import Step, misplaced

PASSES = [(read.STEPS, read.GIVEN), (completion.STEPS, completion.GIVEN)]


@pytest.mark.parametrize(("steps", "given"), PASSES, ids=["names", "completion"])
def test_every_step_has_what_it_needs(steps, given):
    assert misplaced(steps, given) == []


@pytest.mark.parametrize(("steps", "given"), PASSES, ids=["names", "completion"])
def test_the_order_is_held_by_the_needs_of_every_step_but_the_first(steps, given):
    """Put first, any later step that needs another step's work would miss it."""
    made = {fact for step in steps for fact in step.assigns}
    for step in steps:
        if made & set(step.requires):
            assert misplaced((step, *steps), given)


def test_the_third_pass_is_given_only_what_the_first_two_make():
    made = {fact for step in read.STEPS for fact in step.assigns}
    assert set(completion.GIVEN) - made - set(read.GIVEN) == {"reports:read", "sources:read"}


def test_a_step_that_comes_too_early_is_named_with_what_it_lacks():
    def late(work: list[str]) -> None:
        work.append("late")

    step = Step(late, ("reports:scene",), ("reports:ids",), "")
    assert misplaced([step], ()) == ["late needs reports:scene, which no step before it makes"]
