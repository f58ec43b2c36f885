"""The histogram of a watch: every day has its bar, and nothing is lost or drawn outside."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.desk.preview import HEIGHT, MOST_BARS, WIDTH, histogram

FIRST = date(2031, 5, 1)


def test_days_without_a_hit_have_an_empty_bar():
    found = histogram({FIRST: 3, FIRST + timedelta(days=2): 1}, FIRST, FIRST + timedelta(days=2))
    assert [bar.n for bar in found.bars] == [3, 0, 1]
    assert [bar.height for bar in found.bars] == [HEIGHT, 0, HEIGHT / 3]
    assert found.about == "4 found from 1 May to 3 May 2031; at most 3 on one day."
    assert found.bars[0].label == "1 May: 3"


def test_of_more_days_than_can_be_hit_weeks_are_drawn():
    days = [histogram({}, FIRST, FIRST + timedelta(days=n - 1)) for n in (MOST_BARS, MOST_BARS + 1)]
    assert [each.step for each in days] == [1, 7]
    assert days[1].bars[0].label == "1 May to 7 May: 0"
    assert days[1].bars[-1].last == FIRST + timedelta(days=MOST_BARS)


@given(
    st.dictionaries(
        st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n)), st.integers(0, 9)
    ),
    st.integers(0, 400),
)
def test_bars_lie_in_the_drawing_and_hold_every_hit_of_their_days(per_day, n):
    last = FIRST + timedelta(days=n)
    found = histogram(per_day, FIRST, last)
    assert found.total == sum(k for day, k in per_day.items() if day <= last)
    assert len(found.bars) <= MOST_BARS
    for bar in found.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH + 0.01
        assert 0 <= bar.y <= HEIGHT
        assert abs(bar.y + bar.height - HEIGHT) < 0.02
        assert bool(bar.n) == bool(bar.height)
