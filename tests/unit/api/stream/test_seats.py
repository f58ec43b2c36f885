"""The places of listeners."""

import pytest

from services.api.stream.seats import MOST_LISTENERS, MOST_PER_PERSON, Seats


@pytest.mark.parametrize("most", [1, MOST_LISTENERS])
def test_places_are_counted(most):
    seats = Seats(most)
    assert not any(seats.enter("") for _ in range(most))
    assert f"{most} listeners" in seats.enter("ann")
    seats.leave("")
    assert seats.enter("ann") == ""
    assert seats.n_taken == most


def test_one_person_takes_only_some_of_them():
    seats = Seats()
    assert not any(seats.enter("ann") for _ in range(MOST_PER_PERSON))
    assert "close some of them" in seats.enter("ann")
    assert seats.enter("bob") == ""
    seats.leave("ann")
    assert seats.enter("ann") == ""
