"""How often somebody may ask."""

from hypothesis import example, given
from hypothesis import strategies as st

from services.api.access.limits import Limit


class Clock:
    seconds = 0.0

    def __call__(self):
        return self.seconds


@given(
    st.integers(1, 50),
    st.lists(st.floats(0, 30, allow_nan=False), min_size=1, max_size=200),
)
@example(1, [0.0, 0.0, 0.0, 0.0, 1.856693186941956, 0.0])  # 60 seconds are .9999999 of a request
def test_in_any_minute_no_more_than_twice_the_limit_and_who_waits_as_told_gets_through(
    a_minute, gaps
):
    clock = Clock()
    limit, passed = Limit(a_minute, clock), []
    for gap in gaps:
        clock.seconds += gap
        wait = limit.wait_seconds("k")
        if wait:
            clock.seconds += wait
            assert limit.wait_seconds("k") == 0
        passed.append(clock.seconds)
    for at in passed:
        assert sum(at <= other < at + 60 for other in passed) <= 2 * a_minute + 1


def test_the_key_that_was_used_longest_ago_is_forgotten():
    limit = Limit(1, Clock(), most_keys=2)
    assert [limit.wait_seconds(key) for key in ("a", "b", "a", "c", "b")] == [0, 0, 60, 0, 0]
    assert limit.wait_seconds("b") == 60
