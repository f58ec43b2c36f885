"""Quiet articles: the same by seed, none a copy of another, every slot filled."""

from itertools import combinations

import pytest

from bench.quiet import quiet_articles
from services.text.sketch import similarity, sketch


@pytest.fixture(scope="module")
def articles():
    return list(quiet_articles(400, seed=1, watched=["Ada Morvane"]))


def test_the_same_seed_gives_the_same_articles(articles):
    assert list(quiet_articles(400, seed=1, watched=["Ada Morvane"])) == articles
    assert list(quiet_articles(400, seed=2, watched=["Ada Morvane"])) != articles


def test_no_article_counts_as_a_copy_of_another(articles):
    sketches = [sketch(a.text) for a in articles[:150]]
    assert max(similarity(a, b) for a, b in combinations(sketches, 2)) < 0.7


def test_every_slot_is_filled_and_every_article_told_in_order(articles):
    assert not [a for a in articles if "{" in a.title + a.text]
    assert [a.published_at for a in articles] == sorted(a.published_at for a in articles)


def test_traps_and_watched_names_are_there_and_rare(articles):
    trapped = [a for a in articles if "+trap" in a.kind]
    named = [a for a in articles if "+watched" in a.kind]
    assert 30 < len(trapped) < 100
    assert 15 < len(named) < 80
    assert all(("Ada Morvane" in a.text) == (a in named) for a in articles)
