"""All seven services as processes on the real engines:
nothing lost, nothing double, whatever is killed.
"""

import json
import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from email.utils import format_datetime

import msgspec
import pytest
from builders import START
from streams import broker_of, eventually, free_port, on, patient, send, start

from services.adapters.elastic import ElasticIndex
from services.commands import templates
from services.errors import TransientError
from services.messages import Article, Delivery, Feed, TaggedArticle, Watch, decode, encode
from services.runtime.health import pulses
from services.runtime.supervisor import service_command
from services.scenario.server import FeedServer

pytestmark = pytest.mark.engines

VERBS = {
    "poller": "poll",
    "tagger": "tag-stream",
    "tracker": "track",
    "indexer": "index",
    "alerter": "alert",
    "notifier": "notify",
    "api": "api",
}
FIRST_NAMES = "Abel Bruno Carl Dario Emil Felix Goran Henrik Igor Jonas".split()
DATED = f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate>"
LAST_NAMES = ("Marvento", "Kessidor", "Tralloni", "Bervanik")


def person(n):
    return f"{FIRST_NAMES[n % 10]} {LAST_NAMES[n // 10]}"


def story(n):
    """Return a made-up name that nobody else has, and a headline about its bearer."""
    return person(n), f"Police arrested {person(n)} in Meris on Friday"


def dictionary(folder):
    """Write the people of all stories as a dictionary:
    what a language model makes of a name is not what is tried here.
    """
    rows = [
        f"  - {{id: person-{n}, type: person, name: {person(n)}}}"
        for n in range(10 * len(LAST_NAMES))
    ]
    path = folder / "people.yaml"
    path.write_text("\n".join(["actors:", *rows]))
    return str(path)


def page(n_stories):
    body = "{} was arrested at home, police said."
    rows = [(n, story(n)[1], body.format(story(n)[0])) for n in range(n_stories)]
    items = "".join(
        f"<item><guid>{n}</guid>{DATED}<title>{t}</title><description>{d}</description></item>"
        for n, t, d in rows
    )
    return (
        "application/rss+xml",
        f'<rss version="2.0"><channel><title>H</title>{items}</channel></rss>'.encode(),
    )


@pytest.fixture
def running(settings):
    """A function that starts services by name, and their processes; all end with the test."""
    processes = {}

    def run(name, its_settings=settings, log=None):
        processes[name] = start(its_settings, VERBS[name], log)

    yield run, processes
    for process in processes.values():
        process.terminate()
    for process in processes.values():
        assert process.wait(timeout=patient(20)) == 0


def indexed(settings, index):
    """Return all documents; none while the index is being made."""
    search = ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)
    try:
        search.refresh()
        found = search.search(index, {"size": 1000, "query": {"match_all": {}}})
    except TransientError:
        return []
    return [hit["_source"] for hit in found["hits"]["hits"]]


class Arrests:
    """All seven services on a feed of arrests: `publish` lets it hold `n` stories,
    `is_through` checks what must come of them.
    """

    def __init__(self, settings, running, folder, server):
        run, self._processes = running
        self.settings = msgspec.structs.replace(
            settings,
            poll_interval_seconds=0.3,
            api_port=free_port(),
            log_level="warning",
            lexicon=dictionary(folder),
        )
        self._server = server
        self.broker = broker_of(settings)
        self.start = lambda name: run(name, self.settings)
        templates.apply(settings)
        watch = Watch(id="arrests", name="Arrests", query="arrested")
        send(self.broker, ("watches", watch.id, encode(watch)))
        send(
            self.broker,
            ("feeds", "h", encode(Feed(feed_id="h", url=f"{server.url}/h.xml", outlet="Herald"))),
        )
        for name in VERBS:
            self.start(name)

    def publish(self, n):
        self._server.pages["/h.xml"] = page(n)

    def kill(self, name):
        """Kill a service that has come round its loop:
        one that only starts up can't have anything half done.
        """
        pid = self._processes[name].pid
        eventually(
            lambda: any(
                p.pid == pid and p.state == "running" for p in pulses(self.settings.run_dir, 0.0)
            ),
            60,
        )
        os.kill(pid, signal.SIGKILL)
        assert self._processes[name].wait() == -signal.SIGKILL

    def wait_for(self, n):
        eventually(lambda: self.n_articles() == n, 90)

    def n_articles(self):
        return len(indexed(self.settings, "articles"))

    def is_through(self, n):
        """Everything came, once: articles, documents,
        claims, alerts, and each revision to its channel.
        """
        titles = sorted(story(i)[1] for i in range(n))
        eventually(lambda: len(indexed(self.settings, "alerts")) == n, 60)
        eventually(lambda: len({c["claim_id"] for c in indexed(self.settings, "claims")}) == n, 60)
        assert {decode(Article, r.value).title for r in on(self.broker, "articles")} == set(titles)
        assert sorted(a["title"] for a in indexed(self.settings, "articles")) == titles
        told = [
            (row["alert_id"], row["revision_id"]) for row in indexed(self.settings, "deliveries")
        ]
        assert len(told) == len(set(told))


@pytest.fixture
def arrests(settings, running, tmp_path):
    with FeedServer() as server:
        yield Arrests(settings, running, tmp_path, server)


@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_any_service_killed_and_started_again_loses_nothing_and_doubles_no_document(arrests):
    """Each of the seven is killed with -9 in turn;
    an article comes while it is dead, and one when it is back.
    """
    arrests.publish(1)
    arrests.wait_for(1)
    n = 1
    for name in VERBS:
        arrests.kill(name)
        arrests.publish(n + 1)
        arrests.start(name)
        arrests.publish(n + 2)
        n += 2
        arrests.wait_for(n)
    arrests.is_through(n)


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(3))
def test_services_killed_at_random_while_articles_flow_end_as_if_none_had_been(arrests, seed):
    """With each of forty articles one or two services are killed,
    at whatever point they are, and started again.
    """
    chance = random.Random(seed)
    for n in range(1, 10 * len(LAST_NAMES) + 1):
        arrests.publish(n)
        for name in chance.sample(sorted(VERBS), chance.choice((0, 1, 1, 2))):
            arrests.kill(name)
            arrests.start(name)
    eventually(lambda: arrests.n_articles() == 10 * len(LAST_NAMES), 180)
    arrests.is_through(10 * len(LAST_NAMES))


def test_alerts_flow_while_elasticsearch_is_down_and_its_documents_come_when_it_is_back(
    settings, running
):
    """Nobody listens on its address at first:
    the indexer waits and says so, everybody else goes on.
    """
    run, _ = running
    port = free_port()
    broker = broker_of(settings)
    templates.apply(settings)
    away = msgspec.structs.replace(settings, elastic_url=f"http://127.0.0.1:{port}")
    watch = Watch(id="bridges", name="Bridges", query="bridge")
    article = TaggedArticle(
        article_id="a",
        version=1,
        text="Bridge closed",
        title_end=13,
        sketch="",
        published_at=START,
        first_seen_at=START,
        seen_at=START,
    )
    send(broker, ("watches", watch.id, encode(watch)), ("tagged-articles", "a", encode(article)))
    for name in ("indexer", "tracker", "alerter", "notifier"):
        run(name, away)
    eventually(
        lambda: any(
            p.service == "indexer" and p.state == "waiting" for p in pulses(settings.run_dir, 0.0)
        )
    )
    eventually(
        lambda: (
            [decode(Delivery, r.value).outcome for r in on(broker, "deliveries")] == ["delivered"]
        )
    )
    assert indexed(settings, "articles") == []
    with Forwarder(port, settings.elastic_url):
        eventually(lambda: [a["article_id"] for a in indexed(settings, "articles")] == ["a"])
        eventually(lambda: [a["watch_id"] for a in indexed(settings, "alerts")] == ["bridges"])


def test_an_article_without_text_goes_by_its_title_and_one_without_either_is_told_and_left_out(
    settings, running, tmp_path
):
    run, _ = running
    told = tmp_path / "poller.log"
    settings = msgspec.structs.replace(settings, poll_interval_seconds=0.5)
    broker = broker_of(settings)
    templates.apply(settings)
    watch = Watch(id="bridges", name="Bridges", query="bridge")
    send(broker, ("watches", watch.id, encode(watch)))
    items = (
        f"<item><guid isPermaLink='false'>1</guid></item><item><guid>2</guid>{DATED}<title>Bridge "
        f"closed</title></item>"
    )
    with FeedServer() as server, told.open("wb") as log:
        server.pages["/h.xml"] = (
            "application/rss+xml",
            f'<rss version="2.0"><channel><title>H</title>{items}</channel></rss>'.encode(),
        )
        send(
            broker,
            ("feeds", "h", encode(Feed(feed_id="h", url=f"{server.url}/h.xml", outlet="Herald"))),
        )
        run("poller", settings, log)
        for name in ("tagger", "tracker", "alerter", "indexer"):
            run(name, settings)
        eventually(
            lambda: [a["title"] for a in indexed(settings, "articles")] == ["Bridge closed"], 90
        )
        eventually(lambda: [a["watch_id"] for a in indexed(settings, "alerts")] == ["bridges"])
    (problem,) = [
        row
        for row in map(json.loads, told.read_text().splitlines())
        if row["event"] == "feed problem"
    ]
    assert problem["problem"] == "entry 1 has neither title nor text nor link"


class Forwarder:
    """Passes connections on a port to the real server, from the start of the context on."""

    def __init__(self, port, url):
        host, target = url.removeprefix("http://").split(":")
        self._command = [
            sys.executable,
            "-c",
            "import socket,sys,threading\n"
            "def pump(a,b):\n"
            "    while d:=a.recv(65536): b.sendall(d)\n"
            "    b.shutdown(socket.SHUT_WR)\n"
            f"s=socket.create_server(('127.0.0.1',{port}))\n"
            "while True:\n"
            f"    c,_=s.accept(); t=socket.create_connection(('{host}',{target}))\n"
            "    for a,b in ((c,t),(t,c)): "
            "threading.Thread(target=pump,args=(a,b),daemon=True).start()\n",
        ]

    def __enter__(self):
        self._process = subprocess.Popen(self._command)
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()


def test_what_is_no_message_goes_to_the_dead_letters_of_its_topic_and_the_stream_goes_on(
    settings, running
):
    run, _ = running
    broker = broker_of(settings)
    templates.apply(settings)
    good = TaggedArticle(article_id="a", version=1, text="Bridge closed", title_end=13, sketch="")
    send(broker, ("tagged-articles", "a", b"not json"), ("tagged-articles", "a", encode(good)))
    for name in ("tracker", "indexer", "alerter"):
        run(name)
    letters = eventually(
        lambda: (rows := on(broker, "tagged-articles-dlq")) and len(rows) == 3 and rows
    )
    assert {r.headers["service"] for r in letters} == {b"tracker", b"indexer", b"alerter"}
    assert {r.headers["reason"] for r in letters} == {b"not-json"}
    eventually(lambda: indexed(settings, "articles"))


def test_health_names_every_engine_and_service_and_fails_when_one_is_missing(settings, running):
    run, _ = running
    broker_of(settings)
    templates.apply(settings)
    run("indexer")
    eventually(lambda: any(p.service == "indexer" for p in pulses(settings.run_dir, 0.0)))
    told = subprocess.run(
        [*service_command("health"), "--json"],
        env={**os.environ, **settings.environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    rows = {row["name"]: row for row in msgspec.json.decode(told.stdout)}
    assert told.returncode == 1
    assert set(rows) == {"kafka", "elasticsearch", "state", *VERBS}
    assert [name for name, row in rows.items() if row["well"]] == [
        "kafka",
        "elasticsearch",
        "state",
        "indexer",
    ]
