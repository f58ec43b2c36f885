"""How fresh a panel is, on both sides of every number that decides."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import START

from services.desk.freshness import (
    LATE_SECONDS,
    QUIET_AFTER,
    SILENT_SECONDS,
    Facts,
    freshness,
    length,
)

NOW = START
SECOND = timedelta(seconds=1)


WELL = Facts(newest_at=NOW, told_seconds=0.0, behind_seconds=0.0)


@pytest.mark.parametrize(
    ("changed", "state", "text"),
    [
        ({}, "live", "live"),
        ({"newest_at": NOW + SECOND}, "live", "live"),
        ({"newest_at": NOW - QUIET_AFTER}, "live", "live"),
        ({"newest_at": None}, "quiet", "quiet: nothing yet"),
        ({"behind_seconds": LATE_SECONDS - 0.1}, "live", "live"),
        ({"behind_seconds": LATE_SECONDS}, "late", "late by 15 s"),
        ({"behind_seconds": 700.0, "newest_at": None}, "late", "late by 12 min"),
        ({"told_seconds": SILENT_SECONDS}, "live", "live"),
        ({"told_seconds": SILENT_SECONDS + 1}, "late", "late by 61 s"),
        ({"told_seconds": None}, "unknown", "unknown"),
        ({"behind_seconds": None}, "unknown", "unknown"),
        ({"is_known": False, "behind_seconds": 99.0}, "unknown", "unknown"),
    ],
)
def test_what_is_known_decides_what_a_panel_says(changed, state, text):
    found = freshness(replace(WELL, **changed), NOW)
    assert (found.state, found.text) == (state, text)
    assert bool(found.why) == (state != "live")


def test_quiet_says_since_when():
    newest = NOW - QUIET_AFTER - SECOND
    found = freshness(replace(WELL, newest_at=newest), NOW)
    assert found.since == newest
    assert found.text == f"quiet since {newest:%Y-%m-%d %H:%M} UTC"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0 s"),
        (89, "89 s"),
        (90, "2 min"),
        (5399, "90 min"),
        (5400, "2 h"),
        (172_799, "48 h"),
        (172_800, "2 days"),
    ],
)
def test_lengths_have_one_unit(seconds, text):
    assert length(seconds) == text
