"""Every parser that meets the outside answers or refuses in words, whatever bytes it gets."""

import random

import pytest

from bench import fuzz
from bench.fuzz import (
    CORPORA,
    LONGEST_SECONDS,
    MOST_BYTES,
    TARGETS,
    Target,
    damaged,
    failures,
    tried,
)

RUNS = 40
"""Damaged inputs a target; `make fuzz` tries thousands."""


def test_each_target_has_a_corpus_and_each_corpus_a_target():
    assert sorted(path.name for path in CORPORA.iterdir()) == sorted(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_odd_bytes_are_read_or_refused_in_words(name):
    assert [(failure.name, failure.why) for failure in failures(name, RUNS, 1)] == []


def test_a_seed_gives_the_same_bytes_and_another_gives_others():
    kept = [b"a" * 100, random.Random(1).randbytes(5000)]
    found = [damaged(kept, [b"x"], f"s:{n}") for n in range(200)]
    assert found == [damaged(kept, [b"x"], f"s:{n}") for n in range(200)]
    assert len(set(found)) > 150
    assert max(map(len, found)) <= MOST_BYTES


def test_what_nobody_foresaw_is_a_failure(monkeypatch):
    def fails(data):
        raise KeyError(data)

    monkeypatch.setattr(fuzz, "TARGETS", {"odd": Target(fails, ())})
    assert tried("odd", "1", b"x").why == "KeyError: b'x'"


@pytest.mark.parametrize(("seconds", "fails"), [(LONGEST_SECONDS, False), (2.01, True)])
def test_what_takes_too_long_is_a_failure(monkeypatch, seconds, fails):
    times = iter([0.0, seconds])
    monkeypatch.setattr(fuzz, "TARGETS", {"slow": Target(lambda data: data, ())})
    assert (tried("slow", "1", b"x", lambda: next(times)) is not None) is fails
