"""When a feed is asked again."""

from datetime import timedelta

import pytest
from builders import START

from services.poller.schedule import (
    MAX_BACKOFF_SECONDS,
    MAX_RETRY_AFTER_SECONDS,
    next_poll,
    retry_after_seconds,
)


def test_jitter_moves_the_interval_by_a_tenth_at_most():
    assert next_poll(60, 0, 0.0) == pytest.approx(54)
    assert next_poll(60, 0, 1.0) == pytest.approx(66)


def test_failures_double_the_wait_up_to_a_limit():
    assert next_poll(60, 1, 0.5) == pytest.approx(120)
    assert next_poll(60, 3, 0.5) == pytest.approx(480)
    assert next_poll(60, 500, 0.5) == pytest.approx(MAX_BACKOFF_SECONDS)


def test_a_named_time_is_never_undercut():
    for jitter in (0.0, 0.5, 1.0):
        seconds = next_poll(60, 1, jitter, 429, 1000)
        assert seconds is not None
        assert seconds >= 1000
    assert next_poll(60, 1, 0.0, 429, 10**9) == MAX_RETRY_AFTER_SECONDS


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 1000), (0.5, 1003), (1.0, 1006)])
def test_feeds_that_a_host_sends_away_together_come_back_apart(jitter, seconds):
    """By a tenth of their interval of 60 s, none before the named time."""
    assert next_poll(60, 0, jitter, 429, 1000) == pytest.approx(seconds)


@pytest.mark.parametrize(("asked", "seconds"), [(86_400, 86_400), (86_401, 86_400)])
def test_a_host_sends_a_feed_away_for_a_day_at_most(asked, seconds):
    assert next_poll(60, 1, 0.0, 503, asked) == seconds


def test_a_gone_feed_is_not_asked_again():
    assert next_poll(60, 1, 0.5, 410) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (None, None),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("9" * 400, float("inf")),
        ("Fri, 02 May 2031 06:01:00 GMT", 60),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    assert retry_after_seconds(header, START) == seconds


def test_a_date_in_the_past_is_now():
    assert retry_after_seconds("Fri, 02 May 2031 06:01:00 GMT", START + timedelta(days=1)) == 0
