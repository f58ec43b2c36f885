"""What the headers of an answer ask for."""

import pytest
from builders import START
from hypothesis import given
from hypothesis import strategies as st

from services.poller.waits import (
    EPOCH_FROM,
    LIMITED_SECONDS,
    MAX_FRESH_SECONDS,
    MAX_LIMIT_CHARS,
    MAX_RETRY_AFTER_SECONDS,
    Waits,
    waits,
)

IN_A_MINUTE = "Fri, 02 May 2031 06:01:00 GMT"


def test_429_is_for_the_host_and_any_other_wait_for_the_one_address():
    assert waits(429, {"retry-after": "90"}, START) == Waits(host=90)
    assert waits(503, {"retry-after": "90"}, START) == Waits(feed=90)
    assert waits(429, {}, START) == Waits(host=LIMITED_SECONDS)


@pytest.mark.parametrize(("asked", "seconds"), [(86_400, 86_400), (86_401, 86_400)])
def test_a_host_sends_its_feeds_away_for_a_day_at_most(asked, seconds):
    assert waits(429, {"retry-after": str(asked)}, START).host == seconds
    assert seconds <= MAX_RETRY_AFTER_SECONDS


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, 30),
        ({"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "30"}, 30),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": "30"}, 0),
        ({"x-ratelimit-remaining": "0"}, 0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "7"}, 7),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "7"}, 7),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(START.timestamp()) + 5)}, 5),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(EPOCH_FROM))}, 0),
        ({"ratelimit": '"default";r=0;t=12'}, 12),
        ({"ratelimit": '"default";r=3;t=12'}, 0),
        ({"ratelimit": '"default"; t=12; r=0'}, 12),
        ({"ratelimit": '"hour";r=7;t=900, "second";r=0;t=2'}, 2),
        ({"ratelimit": '"second";r=0;t=2, "hour";r=0;t=900'}, 900),
        ({"ratelimit": '"second";r=0, "hour";r=7;t=900'}, 0),
    ],
)
def test_a_limit_that_is_used_up_holds_the_host_until_its_reset(headers, seconds):
    assert waits(200, headers, START).host == seconds


@pytest.mark.parametrize(("n_chars", "seconds"), [(MAX_LIMIT_CHARS, 12), (MAX_LIMIT_CHARS + 1, 0)])
def test_a_rate_limit_that_is_too_long_is_not_read(n_chars, seconds):
    header = '"a";r=0;t=12'
    assert waits(200, {"ratelimit": header.ljust(n_chars)}, START).host == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "public, max-age=300"}, 300),
        ({"cache-control": "MAX-AGE=300", "age": "100"}, 200),
        ({"cache-control": "max-age=300", "age": "400"}, 0),
        ({"cache-control": "s-maxage=300"}, 0),
        ({"cache-control": "no-cache, max-age=300"}, 0),
        ({"cache-control": "max-age=300", "expires": IN_A_MINUTE}, 300),
        ({"expires": IN_A_MINUTE}, 60),
        ({"expires": IN_A_MINUTE, "date": "Fri, 02 May 2031 06:00:30 GMT"}, 30),
        ({"expires": "0"}, 0),
        ({"expires": "-1"}, 0),
        ({"cache-control": f"max-age={MAX_FRESH_SECONDS:.0f}"}, MAX_FRESH_SECONDS),
        ({"cache-control": f"max-age={MAX_FRESH_SECONDS + 1:.0f}"}, MAX_FRESH_SECONDS),
    ],
)
def test_an_answer_is_fresh_for_as_long_as_its_server_says(headers, seconds):
    assert waits(200, headers, START).fresh == seconds
    assert waits(304, headers, START).fresh == seconds
    assert waits(404, headers, START).fresh == 0


NAMES = ["retry-after", "cache-control", "expires", "date", "age", "ratelimit",
         "x-ratelimit-remaining", "x-ratelimit-reset"]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=20),
    st.integers(-9, 10**12).map(str),
    st.sampled_from([IN_A_MINUTE, "max-age=5", "9" * 400, '"a";r=0;t=9']),
)


@given(st.sampled_from([200, 304, 404, 429, 503]), st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_any_headers_ask_for_a_bounded_wait(status, headers):
    found = waits(status, headers, START)
    assert 0 <= found.feed <= MAX_RETRY_AFTER_SECONDS
    assert 0 <= found.host <= MAX_RETRY_AFTER_SECONDS
    assert 0 <= found.fresh <= MAX_FRESH_SECONDS
