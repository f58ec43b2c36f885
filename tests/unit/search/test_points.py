"""Points in time are counted; the oldest is let go, and who comes back to it goes on."""

import pytest
from builders import hours, tagged
from searching import holding, search_of

from services.errors import PointInTimeEnded
from services.search.pages import KEEP_SECONDS, first_page, next_page
from services.search.points import BoundedPoints

HALVANE = search_of(query="halvane")


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def memory():
    return holding(
        *(tagged(f"a{n}", "Halvane killed\n\nx", first_seen_at=hours(n)) for n in range(9))
    )


@pytest.fixture
def index(memory, clock):
    return BoundedPoints(memory, clock, most=2)


def second(index):
    return next_page(index, HALVANE, 2, first_page(index, HALVANE, 2).next)


def test_one_page_opens_none(index):
    first_page(index, HALVANE, 2)
    assert index.n_open == 0


def test_beyond_the_bound_the_oldest_is_let_go(index, memory):
    pages = [second(index) for _ in range(3)]
    assert (index.n_open, len(memory._frozen)) == (2, 2)
    again = next_page(index, HALVANE, 2, pages[0].next)
    assert again.is_renewed
    assert [row.id for row in again.rows] == ["a4", "a3"]
    assert not next_page(index, HALVANE, 2, pages[2].next).is_renewed


def test_the_one_used_last_is_kept(index):
    first, other = second(index), second(index)
    next_page(index, HALVANE, 2, first.next)
    second(index)
    assert next_page(index, HALVANE, 2, other.next).is_renewed


def test_the_last_page_lets_go(index, memory):
    page = second(index)
    while page.next:
        page = next_page(index, HALVANE, 2, page.next)
    assert (index.n_open, memory._frozen) == (0, {})


@pytest.mark.parametrize(("seconds", "n"), [(KEEP_SECONDS - 1, 1), (KEEP_SECONDS, 0)])
def test_one_that_has_ended_by_itself_is_counted_no_more(index, clock, seconds, n):
    second(index)
    clock.now += seconds
    assert index.n_open == n


def test_one_that_has_ended_is_told(index, memory):
    id = index.open_point_in_time("articles", KEEP_SECONDS)
    memory._frozen.clear()
    with pytest.raises(PointInTimeEnded):
        index.search("articles", {"pit": {"id": id, "keep_alive": "120s"}})
    assert index.n_open == 0


def test_an_index_that_refuses_leaves_room(index, memory):
    memory.is_down = True
    for _ in range(5):
        with pytest.raises(Exception, match="down"):
            index.open_point_in_time("articles", KEEP_SECONDS)
    memory.is_down = False
    second(index)
    assert index.n_open == 1
