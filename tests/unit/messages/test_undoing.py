"""What undoes what decides which decisions hold, whatever their times and their order."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from services.messages.undoing import not_undone


@dataclass(frozen=True)
class Decision:
    id: str
    undoes: str | None = None


def standing(*decisions):
    return [one.id for one in not_undone(decisions, lambda one: one.id)]


A, UNDO = Decision("a"), Decision("u", "a")
REDO, AGAIN = Decision("v", "u"), Decision("w", "v")


def test_an_undo_can_be_undone_and_that_undone_again():
    assert standing(A) == ["a"]
    assert standing(A, UNDO) == ["u"]
    assert standing(A, UNDO, REDO) == ["a", "v"]
    assert standing(A, UNDO, REDO, AGAIN) == ["u", "w"]


def test_two_undos_of_one_decision_are_both_to_be_undone():
    other = Decision("u2", "a")
    assert standing(A, UNDO, other, REDO) == ["u2", "v"]
    assert standing(A, UNDO, other, REDO, Decision("x", "u2")) == ["a", "v", "x"]


def test_an_undo_of_what_is_unknown_waits_for_it():
    assert standing(UNDO) == ["u"]


def test_a_ring_of_undos_takes_nothing_back():
    assert standing(Decision("x", "y"), Decision("y", "x"), A) == ["x", "y", "a"]
    assert standing(Decision("x", "x"), A) == ["x", "a"]


_IDS = "abcdefgh"


@given(
    st.lists(st.sampled_from([None, *_IDS]), max_size=len(_IDS)),
    st.randoms(use_true_random=False),
)
def test_any_order_and_repetition_gives_the_same(undone, rnd):
    decisions = [Decision(id, undoes) for id, undoes in zip(_IDS, undone, strict=False)]
    shuffled = decisions + decisions[::2]
    rnd.shuffle(shuffled)
    assert set(standing(*shuffled)) == set(standing(*decisions))
