"""The stream of bench/state.py is one that tracker and alerter make claims and alerts of."""

from datetime import timedelta

from bench.state_sides import Alerter, Tracker
from bench.state_stream import START, Stream
from services.messages import encode

DAY = timedelta(days=1)


def test_the_same_arguments_give_the_same_articles():
    assert list(Stream(20, 5).day(0)) == list(Stream(20, 5).day(0))


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
