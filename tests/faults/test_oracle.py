"""The oracle, on made-up streams: what it says rests on the input alone, and on all of it."""

from faults.material import NOW, made_up
from faults.oracle import Oracle


def oracle(articles, watches):
    return Oracle(articles, watches, NOW, orders=2)


def told(due, watch):
    return next(iter(due.outcomes(watch)))


def test_the_order_of_the_input_changes_no_claim():
    stuff = made_up(7)
    due = oracle(stuff.tagged, stuff.watches)
    assert len(due.claims) > 5
    assert due.n_alerts > 5
    assert oracle(stuff.tagged[::-1], stuff.watches).claims == due.claims


def test_an_article_that_is_lost_changes_articles_claims_and_alerts():
    stuff = made_up(3)
    due = oracle(stuff.tagged, stuff.watches)
    ids = {id for row in told(due, "broad") for id in row[1]}
    lost = next(a for a in stuff.tagged if a.article_id in ids)
    less = oracle([a for a in stuff.tagged if a != lost], stuff.watches)
    assert less.articles.keys() == due.articles.keys() - {lost.article_id}
    assert less.claims != due.claims
    assert due.admits("broad", told(due, "broad"))
    assert not due.admits("broad", told(less, "broad"))
