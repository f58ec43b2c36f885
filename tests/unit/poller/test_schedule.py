"""When a feed is asked again."""

from datetime import timedelta

import pytest
from builders import START
from hypothesis import example, given
from hypothesis import strategies as st

from services.messages import FeedState
from services.poller.answer import _kept, _trouble, failure
from services.poller.decide import unchanged
from services.poller.schedule import (
    DEAD_FAILURES,
    DEAD_SECONDS,
    GONE_ANSWERS,
    GONE_TIME,
    MAX_BACKOFF_SECONDS,
    is_gone,
    next_poll,
)
from services.poller.waits import Waits


def state(failures=0, **kw):
    return FeedState(feed_id="f", failures=failures, **kw)


def wait(failures=0, jitter=0.5, waits=Waits(), interval=60.0, **kw):  # noqa: B008 - it is frozen
    return next_poll(interval, state(failures, **kw), START, jitter, waits)


def test_jitter_moves_the_interval_by_a_tenth_at_most():
    assert wait(jitter=0.0) == pytest.approx(54)
    assert wait(jitter=1.0) == pytest.approx(66)


def test_failures_double_the_wait_up_to_a_limit():
    assert wait(1) == pytest.approx(120)
    assert wait(3) == pytest.approx(480)
    assert wait(DEAD_FAILURES - 1) == pytest.approx(MAX_BACKOFF_SECONDS)


def test_a_dead_feed_is_asked_once_a_day_and_one_behind_a_wall_is_not_dead():
    assert wait(DEAD_FAILURES, trouble="refused") == pytest.approx(DEAD_SECONDS)
    for trouble in ("wall", "limited"):
        assert wait(DEAD_FAILURES, trouble=trouble) == pytest.approx(MAX_BACKOFF_SECONDS)


def test_after_one_success_a_dead_feed_is_asked_as_before():
    assert wait(0) == pytest.approx(60)


@pytest.mark.parametrize("asked", [Waits(feed=1000), Waits(host=1000), Waits(fresh=1000)])
@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 1000), (0.5, 1003), (1.0, 1006)])
def test_a_named_time_is_never_undercut_and_those_sent_away_together_come_back_apart(
    asked, jitter, seconds
):
    """By a tenth of their interval of 60 s."""
    assert wait(0, jitter, asked) == pytest.approx(seconds)


def test_a_time_before_the_interval_changes_nothing():
    assert wait(0, 0.5, Waits(fresh=10)) == pytest.approx(60)


def test_a_feed_that_says_it_is_gone_is_asked_rarely_and_given_up_after_days():
    long_ago, lately = START - GONE_TIME, START - GONE_TIME + timedelta(seconds=1)
    enough = {"trouble": "gone", "gone_answers": GONE_ANSWERS}
    assert wait(1, trouble="gone", gone_since=START) == pytest.approx(DEAD_SECONDS)
    assert wait(9, **enough, gone_since=lately) == pytest.approx(DEAD_SECONDS)
    assert wait(9, **{**enough, "gone_answers": GONE_ANSWERS - 1}, gone_since=long_ago) is not None
    assert wait(9, **enough, gone_since=long_ago) is None
    assert is_gone(state(9, **enough, gone_since=long_ago), START)


@given(
    st.lists(st.sampled_from([0, 0, 200, 304, 404, 410, 503]), max_size=40),
    st.integers(1, 48),
)
@example([410, 0, 0, 0], 24)
@example([404, 404, 410, 410], 48)
@example([410, 0, 410, 0, 410], 48)
def test_only_answers_gone_end_the_polls_of_a_feed(statuses, hours):
    """Whatever else fails before, between, and after them, and however often."""
    one, n_gone, first = state(), 0, START
    for n, status in enumerate(statuses):
        now = START + n * timedelta(hours=hours)
        if status in (200, 304):
            one, n_gone = _kept(unchanged(one, now)), 0
        elif status:
            one = failure(one, now, "no", status, trouble=_trouble(status)).done
            first = first if n_gone else now
            n_gone = n_gone + 1 if status == 410 else 0
        else:
            one = failure(one, now, "no answer").done
        is_over = status == 410 and n_gone >= GONE_ANSWERS and now - first >= GONE_TIME
        assert is_gone(one, now) == is_over


def test_the_longest_intervals_are_kept():
    assert wait(2, interval=10 * DEAD_SECONDS) == pytest.approx(10 * DEAD_SECONDS)
    assert wait(0, interval=10 * DEAD_SECONDS) == pytest.approx(10 * DEAD_SECONDS)
