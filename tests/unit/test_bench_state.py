"""The stream of bench/state.py is one that tracker and alerter make claims and alerts of."""

from datetime import timedelta

from bench.state_sides import Alerter, Tracker
from bench.state_stream import START, Stream
from services.messages import encode

DAY = timedelta(days=1)


def test_the_same_arguments_give_the_same_articles():
    assert list(Stream(20, 5).day(0)) == list(Stream(20, 5).day(0))


def test_as_many_articles_tell_of_something_new_on_a_late_day_as_on_an_early_one():
    stream = Stream(400, 0, places=20)
    known, new = set[str](), list[int]()
    for day in range(12):
        told = {words(a) for a in stream.day(day) if a.incidents}
        new.append(len(told - known))
        known |= told
    early, late = sum(new[2:6]), sum(new[8:12])
    assert 0.8 * early < late < 1.25 * early


def words(article):
    """Return the words by which an event is told from others."""
    start, end = article.incidents[0].quote
    return article.text[start:end].partition(":")[2]


def test_articles_become_claims_hits_and_alerts_and_a_restart_reads_their_rows(tmp_path):
    tracker, alerter = Tracker(tmp_path, DAY), Alerter(tmp_path, DAY)
    articles = list(Stream(60, 30).day(0))
    work = [encode(article) for article in articles]
    at = articles[-1].seen_at or START
    claims = tracker.take((at, work))
    assert alerter.take((at, work, claims)) > 0
    figures = alerter.figures()
    assert figures["a hit"][-1] > 0
    assert figures["a claim update"][-1] == len(claims) > 0
    for side in (Tracker(tmp_path, DAY), Alerter(tmp_path, DAY)):
        rows = list(side.rows())
        assert rows
        for row in rows:
            side.restore(*row)
