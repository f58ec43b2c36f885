"""Backtests: the same as live, in order of news time, and what differs between two watch files."""

import io
from collections import Counter
from datetime import timedelta

import msgspec
import pytest
from builders import hours, tagged
from rich.console import Console

from services.alerter.alerts import AlertMachine
from services.alerter.match import match, withdrawal
from services.alerter.watch import compile_all
from services.backtest.pipeline import Pipeline, in_order
from services.backtest.report import Backtest, Sent, backtest, difference
from services.backtest.show import LEAST_DAYS, LEAST_FOR_BARS, bars, show_summary
from services.backtest.versions import tried
from services.commands.match import presearch_of
from services.messages import Alert, Claim, Hit, Watch, decode, encode
from services.ports import Record, partition_of
from services.text.hashes import digest
from services.tracker.block.machine import FoldMachine
from services.tracker.route import RouteMachine

WORDS = Watch(id="words", name="Words", query="halvane")


def passages(watches, history, since=None):
    pipeline = Pipeline(watches, since)
    return [pipeline.step(article) for article in history]


def test_the_bundled_story_brings_what_the_demo_must_show(story, watches, history):
    revisions, held = {}, {}
    for entry, passage in zip(story.entries, passages(watches, history), strict=True):
        told = [(a.watch_id, a.revisions[-1].kind, a.revisions[-1].told) for a in passage.alerts]
        revisions[entry.id] = sorted(
            (id, kind, t.status, t.n_independent, t.n_reports) for id, kind, t in told
        )
        held[entry.id] = sorted((row.watch_id, row.reason) for row in passage.suppressed)
    assert revisions == {
        e.id: sorted(
            (o.watch, o.kind, o.status, o.independent, o.reports)
            for o in story.expected.get(e.id, ())
        )
        for e in story.entries
    }
    assert held == {
        e.id: sorted((o.watch, o.kind) for o in story.held_back.get(e.id, ()))
        for e in story.entries
    }


class Live:
    """The stream: claims copied to every partition of hits,
    one machine a partition, reports by block.
    """

    def __init__(self, watches, n=5):
        self._now, self._n = hours(0), n
        self._machines = [AlertMachine(lambda: watches, n, lambda: self._now) for _ in range(n)]
        self._folds = [FoldMachine() for _ in range(n)]
        self._route, self._queries = RouteMachine(), presearch_of(watches.values())
        self.told = []

    def take(self, article, *, is_text_first):
        self._now = article.seen_at
        hits = [
            (hit, partition_of(hit.watch_id or "", self._n))
            for hit in match(article, self._queries)
        ]
        hits += [(edit, p) for edit in filter(None, [withdrawal(article)]) for p in range(self._n)]
        claims = [(claim, p) for claim in self._claims(article) for p in range(self._n)]
        for message, partition in (*hits, *claims) if is_text_first else (*claims, *hits):
            self._tell(message, partition)

    def _claims(self, article):
        for out in self._route.step(
            Record("tagged-articles", 0, 0, article.article_id, encode(article))
        ):
            if out.topic == "reports":
                for claim in self._folds[partition_of(out.partition_key or "", self._n)].step(
                    Record("reports", 0, 0, out.key, out.value)
                ):
                    if claim.topic == "claims":
                        update = decode(Claim, claim.value)
                        yield Hit(hit_id=digest(update.claim_id, update.version), claim=update)

    def _tell(self, hit, partition):
        for out in self._machines[partition].step(
            Record("hits", partition, 0, hit.hit_id, encode(hit))
        ):
            if out.topic == "alerts":
                self.told.append(decode(Alert, out.value))


@pytest.mark.parametrize("is_text_first", [True, False])
def test_a_backtest_sends_what_the_stream_sends_whichever_lane_is_faster(
    watches, history, is_text_first
):
    live = Live(watches)
    for article in history:
        live.take(article, is_text_first=is_text_first)
    tested = [a for p in passages(watches, history) for a in p.alerts]
    assert Counter(map(what, live.told)) == Counter(map(what, tested))
    if is_text_first:
        assert {a.revisions[-1].id for a in live.told} == {a.revisions[-1].id for a in tested}


def what(alert):
    last = alert.revisions[-1]
    return (
        alert.watch_id,
        last.number,
        last.kind,
        last.told.status,
        last.told.n_independent,
        last.told.n_reports,
        last.at,
    )


def test_watches_are_silent_before_they_are_in_force_and_know_the_claims_of_before(
    watches, history, story
):
    since = next(e.at for e in story.entries if e.id == "second-independent")
    found = backtest(passages(watches, history, since))
    assert all(row.at >= since for row in found.sent)
    assert all(row.at >= since for row in found.held_back)
    first = found.sent[0]
    assert (first.article_id, first.kind, first.status) == (
        "second-independent",
        "first",
        "corroborated",
    )


def test_history_goes_by_sight_then_by_publication_and_what_has_no_time_comes_last():
    undated, published, seen = (
        tagged("undated"),
        tagged("published", published_at=hours(2)),
        tagged("seen", published_at=hours(9), seen_at=hours(1)),
    )
    assert [a.article_id for a in in_order([undated, published, seen])] == [
        "seen",
        "published",
        "undated",
    ]


def test_another_text_under_the_same_id_is_an_edit():
    first, second = tagged(text="One", seen_at=hours(1)), tagged(text="Two", seen_at=hours(2))
    assert [(a.version, a.cause) for a in in_order([second, first])] == [(1, "new"), (2, "edit")]


def test_an_edit_without_the_words_takes_back_what_they_told():
    first = tagged(text="Halvane spoke", published_at=hours(0), seen_at=hours(0))
    later = tagged(text="The chairman spoke", published_at=hours(0), seen_at=hours(1))
    found = backtest(passages(compile_all([WORDS]), in_order([first, later])))
    assert [s.kind for s in found.sent] == ["first", "retracted"]


def test_the_difference_names_what_only_one_of_two_watch_files_sends():
    texts = ["Halvane spoke", "Kadrin spoke", "Rain"]
    history = [
        tagged(f"a{i}", text=text, published_at=hours(i), seen_at=hours(i))
        for i, text in enumerate(texts)
    ]
    wider = msgspec.structs.replace(WORDS, query="kadrin OR rain")
    old, new = (backtest(passages(compile_all([w]), history)) for w in (WORDS, wider))
    added, gone = difference(old, new)
    assert [s.article_id for s in added] == ["a1", "a2"]
    assert [s.article_id for s in gone] == ["a0"]


def sent(hour, watch="w"):
    return Sent(
        at=hours(hour),
        watch_id=watch,
        article_id=f"a{hour}",
        article_version=1,
        kind="first",
        text="",
        status=None,
        alert_id=f"a{hour}",
        number=1,
        title="",
        published_at=hours(hour) - timedelta(minutes=hour),
        evidence=(),
    )


def test_days_are_counted_and_quiet_stretches_are_one_row():
    found = Backtest((sent(0), sent(1), sent(24 * 5)), (), 3)
    assert [(label.strip(), n) for label, n in bars(found.per_day())] == [
        ("2031-05-02", 2),
        ("… 4 quiet", 0),
        ("2031-05-07", 1),
    ]


def test_years_are_counted_by_week():
    found = Backtest((sent(0), sent(24 * 3), sent(24 * 200)), (), 3)
    assert [n for _, n in bars(found.per_day())] == [1, 1, 0, 1]


def summary(found):
    written = io.StringIO()
    show_summary(found, Console(file=written, width=200))
    return written.getvalue()


def test_a_summary_counts_in_words():
    assert "1 revision of 1 alert in 1 day from 1 article, 0 hits held back" in summary(
        Backtest((sent(0),), (), 1)
    )
    assert "2 revisions of 2 alerts in 2 days from 3 articles" in summary(
        Backtest((sent(0), sent(24)), (), 3)
    )
    assert "0 revisions of 0 alerts from 0 articles" in summary(Backtest((), (), 0))


@pytest.mark.parametrize(("n", "drawn"), [(LEAST_FOR_BARS - 1, False), (LEAST_FOR_BARS, True)])
def test_few_revisions_are_counted_and_not_drawn(n, drawn):
    found = summary(
        Backtest(
            tuple(sent(24 * (i % 2) + i // 2) for i in sorted(range(n), key=lambda i: i % 2)), (), n
        )
    )
    assert ("█" in found) == drawn


def test_a_single_day_is_not_drawn():
    assert "█" not in summary(Backtest(tuple(sent(i) for i in range(LEAST_FOR_BARS)), (), 20))


@pytest.mark.parametrize(("days", "told"), [(LEAST_DAYS - 1, False), (LEAST_DAYS, True)])
def test_an_average_day_is_one_of_a_week_or_more(days, told):
    found = summary(Backtest((sent(0), sent(24 * (days - 1))), (), 2))
    assert ("w: 2 revisions, 0.3 on an average day (2 first)" in found) == told
    assert ("w: 2 revisions (2 first)" in found) != told


def test_how_late_it_was_is_left_out_where_history_does_not_say_when_articles_were_seen():
    assert "first told 10 min (median) to 20 min (at most) after" in summary(
        Backtest((sent(10), sent(10), sent(20)), (), 3)
    )
    assert "after publication" not in summary(Backtest((sent(0),), (), 1))


def test_lateness_is_from_publication_to_the_first_word():
    assert Backtest((sent(10), sent(20), sent(60)), (), 3).lateness() == (
        timedelta(minutes=20),
        timedelta(minutes=60),
    )


def test_each_version_of_a_watch_sends_what_the_alerter_sends_for_it_alone(watches, history):
    since = history[0].seen_at
    found = tried({id: each.watch for id, each in watches.items()}, history, since)
    for id, each in watches.items():
        alone = backtest(passages({id: each}, history, since))
        assert [s.text for s in found.told[id].sent] == [s.text for s in alone.sent]
    told = next(each for each in found.told.values() if each.sent)
    assert told.n_alerts == len(told.firsts) > 0
