"""One article's way is a trace at a collector, and a collector that is away costs nothing."""

import asyncio
import itertools
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from builders import START
from faust_stand_ins import App, Stream, tag_stream
from loops import everything, running, send, world_of
from receivers.otlp import Spans
from receivers.shore import Shore
from stand_ins import stand_in
from streams import eventually, free_port
from structlog.testing import capture_logs

from services.adapters.memory import MemoryBroker
from services.adapters.otlp import OtlpCollector
from services.alerter import service as alerter
from services.errors import ConfigError, TransientError
from services.messages import Article, TaggedArticle, Watch, decode, encode
from services.ports import Outgoing, Record
from services.runtime import metrics
from services.runtime.meter import Meter
from services.runtime.spans import spans, trace_of
from services.runtime.traces import MOST_BEGUN, Sender, Traced, traced
from services.settings import Settings
from services.tracker import service as tracker
from services.wiring import collector

EXAMPLES = Path(__file__).parents[3] / "schemas/examples"


def example(topic):
    return (EXAMPLES / topic / "v1/example.json").read_bytes()


@pytest.fixture
def shore():
    with Shore() as made:
        yield made


class Taken:
    """A collector that keeps spans, unless it is away; it takes none before it may."""

    def __init__(self, *, is_away=False):
        self.spans, self.is_away = [], is_away
        self.asked, self.may = threading.Event(), threading.Event()
        self.may.set()

    def send(self, spans):
        self.asked.set()
        self.may.wait(60)
        if self.is_away:
            raise TransientError("nobody answers")
        self.spans += spans

    def close(self):
        self.may.set()


def article_read(n=0):
    return Record("articles", 0, n, "a", example("articles"))


def outcome_of(service, outcome):
    return metrics.value("reportedly_spans_total", service=service, outcome=outcome)


def tag(article, tagged):
    """Pass an article through the tagger's stream; return what it sends."""

    async def run():
        async def tag_all(_articles):
            return [tagged]

        app = App()
        await tag_stream(app, tag_all).follow(Stream([app.event(0, article)]))
        return app.topics["tagged-articles"].sent

    ((key, value, _),) = asyncio.run(run())
    return Outgoing("tagged-articles", key.decode(), value)


def pass_through(tmp_path, is_seen=lambda: True):
    """Pass the article of the examples through poller, tagger, tracker, and alerter.

    They end once there is a claim and an alert, and what is looked for was seen.
    """
    broker = MemoryBroker(partitions=2)
    clock = stand_in(SimpleNamespace(now=lambda: START))
    watch = Watch(id="halvane", name="Halvane", query="halvane")
    send(broker, Outgoing("watches", watch.id, encode(watch), partition=0))
    world = replace(world_of(broker, tmp_path), clock=clock)
    Meter("poller", "poller").published([Outgoing("articles", "a", example("articles"))], 1)
    sent = tag(
        decode(Article, example("articles")), decode(TaggedArticle, example("tagged-articles"))
    )
    with running(tracker.run, world), running(alerter.run, replace(world, stop=other(world))):
        send(broker, sent)
        eventually(lambda: everything(broker, "claims") and everything(broker, "alerts"))
        eventually(is_seen)


def other(world):
    """Return another stop, of the same kind."""
    return type(world.stop)()


def test_the_way_of_an_article_is_one_trace_in_the_order_of_the_stages(shore, tmp_path):
    seen = Spans()
    url = shore.add("collector", seen)
    with traced(collector(Settings(traces_url=f"{url}/v1/traces")), "tagger"):
        last = ("tracker-fold reports", "alerter-fold hits", "alerter-match claims")
        pass_through(tmp_path, lambda: {one.name for one in seen.spans}.issuperset(last))
    assert {one.trace for one in seen.spans} == {trace_of("a-3f9c", 1).to_bytes(16)}
    assert {one.fields["article_id"] for one in seen.spans} == {"a-3f9c"}
    named = {one.name: one for one in seen.spans}
    way = ("poller articles", "tagger articles", "tracker-route tagged-articles", last[0])
    match = ("tagger articles", "alerter-match tagged-articles")
    for before, after in (*itertools.pairwise(way), match):
        assert named[after].parent == named[before].id
        assert named[after].began >= named[before].began
    assert named[way[0]].parent == b""
    known = {one.id for one in seen.spans}
    assert all(one.parent in known for one in seen.spans if one.parent)
    assert {one.service for one in seen.spans} == {"poller", "tagger", "tracker", "alerter"}
    assert named["tagger articles"].fields["offset"] == 0
    assert named[last[2]].fields["claim_id"]


@pytest.mark.parametrize("status", [404, 200])
def test_a_collector_that_is_away_is_told_once_and_costs_the_service_nothing(
    shore, tmp_path, status
):
    dropped, seen = outcome_of("notifier", "dropped"), Spans(status)
    url = (
        f"{shore.add('x', seen)}/v1/traces" if status == 404 else f"http://127.0.0.1:{free_port()}"
    )
    away = OtlpCollector(url, seconds=0.2)
    with capture_logs() as lines, traced(away, "notifier"):
        pass_through(tmp_path)
        eventually(lambda: outcome_of("notifier", "dropped") > dropped)
    told = [line for line in lines if line["log_level"] in ("warning", "error")]
    assert [line["event"] for line in told] == [
        "traces are dropped until their collector takes them"
    ]
    assert url in told[0]["reason"]


def test_a_collector_that_hangs_holds_nobody_up_and_what_does_not_fit_in_is_counted():
    taken = Taken()
    taken.may.clear()
    dropped, sent = outcome_of("indexer", "dropped"), outcome_of("indexer", "sent")
    sender = Sender(taken, "indexer", most=10, gather_seconds=0.0)
    (span,) = spans(article_read(), "indexer", "indexer", 1, 2)
    sender.put(span)
    assert taken.asked.wait(60)
    for _ in range(99):
        sender.put(span)
    assert outcome_of("indexer", "dropped") - dropped == 99 - 10
    taken.may.set()
    sender.close()
    n_sent = outcome_of("indexer", "sent") - sent
    assert n_sent == len(taken.spans)
    assert n_sent + outcome_of("indexer", "dropped") - dropped == 100


def test_a_collector_that_comes_back_gets_what_is_new():
    taken = Taken(is_away=True)
    dropped = outcome_of("api", "dropped")
    sender = Sender(taken, "api", gather_seconds=0.0, pause_seconds=0.0)
    (span,) = spans(article_read(), "api", "api", 1, 2)
    sender.put(span)
    eventually(lambda: outcome_of("api", "dropped") == dropped + 1)
    taken.is_away = False
    sender.put(span)
    eventually(lambda: taken.spans)
    sender.close()


@pytest.mark.parametrize(("share", "n"), [(1.0, 1), (1e-9, 0)])
def test_only_the_sample_is_sent(share, n):
    taken = Taken()
    with traced(taken, "tracker", share):
        meter = Meter("tracker", "tracker-route")
        meter.polled([article_read()])
        meter.done([article_read()])
    assert len(taken.spans) == n


def test_a_span_lasts_from_the_first_read_over_all_tries_until_the_record_is_done():
    taken = Taken()
    with traced(taken, "tagger"):
        meter = Meter("tagger", "tagger")
        meter.polled([article_read()])
        for _ in range(2):
            with meter.trying([article_read()]):
                pass
        meter.done([article_read()])
        meter.done([article_read(1)])
    first, unread = taken.spans
    assert first.began_ns < first.ended_ns
    assert unread.began_ns == unread.ended_ns


def test_what_a_rebalance_took_away_is_forgotten():
    with traced(Taken(), "tagger"):
        loop = Traced("tagger", "tagger")
        loop.begin(article_read(n) for n in range(MOST_BEGUN + 5))
        assert len(loop._begun) == MOST_BEGUN


def test_without_the_setting_nothing_of_the_library_is_imported():
    code = (
        "import sys; from services.settings import Settings; from services.wiring import collector;"
        "import services.runtime.meter; assert collector(Settings()) is None;"
        "sys.exit(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_extra_it_is_said_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "services.adapters.otlp", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(ConfigError, match=r"REPORTEDLY_TRACES_URL .*pip install '\.\[traces\]'"):
        collector(Settings(traces_url="http://127.0.0.1:4318"))
