"""The wait that a Retry-After header asks for."""

from datetime import timedelta

import pytest
from builders import START

from services.text.retry_after import retry_after_seconds

IN_A_MINUTE = "Fri, 02 May 2031 06:01:00 GMT"


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
        (IN_A_MINUTE, 60),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    assert retry_after_seconds(header, START) == seconds


def test_a_date_in_the_past_is_now():
    assert retry_after_seconds(IN_A_MINUTE, START + timedelta(days=1)) == 0
