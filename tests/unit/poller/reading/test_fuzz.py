"""Documents damaged at random: whatever comes, it is an answer or a refusal with its reason."""

import random
import warnings

import pytest

from bench.parse_documents import damaged, documents
from services.errors import InvalidMessage
from services.poller.reading.feed import parse_feed

RUNS = 200
"""Damaged documents; `python -m bench.parse --fuzz 20000` reads more."""

BASE = documents(random.Random(1), 40)
SEEDS_THAT_FAILED = ("1:23",)
"""Seeds whose document once ended in another exception."""


def outcome(seed):
    made, body = damaged(random.Random(seed), BASE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return parse_feed(body, made.content_type, "https://herald.example/feed")
        except InvalidMessage as refusal:
            return refusal.reason


def test_no_damage_ends_in_an_exception_that_is_not_foreseen():
    reasons = {r for r in (outcome(f"test:{n}") for n in range(RUNS)) if isinstance(r, str)}
    known = {"not-xml", "not-a-feed", "empty", "entities", "too-complex", "not-readable"}
    assert reasons <= known


def test_the_same_damage_gives_the_same_entries():
    assert [outcome(f"test:{n}") for n in range(20)] == [outcome(f"test:{n}") for n in range(20)]


@pytest.mark.parametrize("seed", SEEDS_THAT_FAILED)
def test_a_document_that_once_failed_is_answered(seed):
    assert outcome(seed) is not None


def test_the_bench_s_own_documents_are_read_whole():
    for made in BASE[:20]:
        found = parse_feed(made.body, made.content_type, "https://herald.example/feed")
        assert len(found.entries) == len(made.items)
        assert found.is_damaged == made.is_damaged
        for item, entry in zip(made.items, found.entries, strict=True):
            if not item.is_hit:
                assert (entry.guid, entry.title, entry.url) == (item.guid, item.title, item.url)
                assert (entry.published_at, entry.text) == (item.at, item.text)
