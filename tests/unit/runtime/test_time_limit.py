"""What takes too much CPU time is broken off; waiting costs nothing."""

import re
import time
from contextlib import suppress

import pytest

from services.runtime.time_limit import OutOfTime, cpu_limit


def spin():
    while True:
        pass


def test_what_never_ends_is_broken_off_and_the_process_goes_on():
    with pytest.raises(OutOfTime), cpu_limit(0.05):
        spin()
    with cpu_limit(5.0):
        assert sum(range(1000)) == 499_500


def test_a_pattern_that_never_ends_is_broken_off():
    with pytest.raises(OutOfTime), cpu_limit(0.05):
        re.match(r"(a+)+$", "a" * 40 + "b")


def test_code_that_catches_every_exception_is_broken_off():
    def stubborn():
        for _ in range(10**9):
            with suppress(Exception):
                sum(range(1000))

    with pytest.raises(OutOfTime), cpu_limit(0.05):
        stubborn()


def test_waiting_is_not_counted():
    with cpu_limit(0.1):
        time.sleep(0.3)


def test_no_limit_is_left_behind():
    with cpu_limit(0.05):
        pass
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
