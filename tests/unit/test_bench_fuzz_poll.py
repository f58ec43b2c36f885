"""A sample of `bench.fuzz_poll`, with the seeds that once broke a law."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bench.fuzz_documents import case
from bench.fuzz_poll import fuzz

SAMPLE = 200
"""Runs beside the named seeds: a second or two."""

ONCE_BROKEN = (
    0, 3, 12, 42, 54, 62, 66, 69, 73, 81, 96, 105, 106, 113, 120, 121, 128, 133, 138, 165, 174,
    191, 199,
)  # fmt: skip
"""Seeds that once edited an article by damage, or lost one."""


def test_no_damage_and_no_header_ends_a_feed_or_edits_an_article(tmp_path):
    with capture_logs():
        assert asyncio.run(fuzz([*ONCE_BROKEN, *range(5000, 5000 + SAMPLE)], tmp_path)) == {}


@pytest.mark.parametrize("seed", ONCE_BROKEN[:3])
def test_a_seed_always_makes_the_same_case(seed):
    first, again = case(seed), case(seed)
    assert (first.first, first.damaged, first.headers) == (
        again.first,
        again.damaged,
        again.headers,
    )
