"""The law on real sentences: the claims of a story are a function of the set of its articles.

An article that comes a year late finds stubs of claims: the law ends at that horizon.
"""

import random
from datetime import timedelta

import pytest
from stories.run import fold_articles
from stories.story import load_stories

from services.messages import encode
from services.tracker.claims.rules import STAY

NAMES = [story.name for story in load_stories()]


FOR_EVER = timedelta(days=100 * 365)


def folded(articles, stay=FOR_EVER):
    return [encode(claim) for claim in fold_articles(articles, stay)]


def shuffled(articles, seed):
    """Return the articles in another order;
    versions of one article keep theirs, as one partition does.
    """
    order = list(range(len(articles)))
    random.Random(seed).shuffle(order)
    versions = {
        a.article_id: iter([b for b in articles if b.article_id == a.article_id]) for a in articles
    }
    return [next(versions[articles[i].article_id]) for i in order]


@pytest.mark.parametrize("name", NAMES)
def test_any_order_folds_into_the_same_claims(tagged_stories, name):
    articles = tagged_stories[name]
    expected = folded(articles)
    for seed in range(20):
        assert folded(shuffled(articles, seed)) == expected


@pytest.mark.parametrize("name", NAMES)
def test_articles_in_order_fold_into_the_same_claims_though_old_ones_leave(tagged_stories, name):
    articles = tagged_stories[name]
    assert folded(articles, STAY) == folded(articles)


@pytest.mark.parametrize("name", NAMES)
def test_repeated_articles_change_nothing(tagged_stories, name):
    articles = tagged_stories[name]
    assert folded([*articles, *articles]) == folded(articles)
    assert folded([a for article in articles for a in (article, article)]) == folded(articles)
