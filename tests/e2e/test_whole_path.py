"""All seven services as processes on the real engines: nothing lost, nothing double, whatever is killed."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing

import msgspec
import pytest
from streams import broker_of, eventually, on, send, start

from services.adapters.elastic import ElasticIndex
from services.commands import templates
from services.messages import Article, Feed, TaggedArticle, Watch, decode, encode
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
FIRST_NAMES = ("Abel", "Bruno", "Carl", "Dario", "Emil", "Felix", "Goran", "Henrik", "Igor", "Jonas")
LAST_NAMES = ("Marvento", "Kessidor", "Tralloni", "Bervanik")


def person(n):
    return f"{FIRST_NAMES[n % 10]} {LAST_NAMES[n // 10]}"


def story(n):
    """Return a made-up name that nobody else has, and a headline about its bearer."""
    return person(n), f"Police arrested {person(n)} in Meris on Friday"


def dictionary(folder):
    """Write the people of all stories as a dictionary: what a language model makes of a name is not what is tried here."""
    rows = [f"  - {{id: person-{n}, type: person, name: {person(n)}}}" for n in range(10 * len(LAST_NAMES))]
    path = folder / "people.yaml"
    path.write_text("\n".join(["actors:", *rows]))
    return str(path)


def page(n_stories):
    body = "{} was arrested at home, police said."
    rows = [(n, story(n)[1], body.format(story(n)[0])) for n in range(n_stories)]
    items = "".join(f"<item><guid>{n}</guid><title>{t}</title><description>{d}</description></item>" for n, t, d in rows)
    return "application/rss+xml", f'<rss version="2.0"><channel><title>H</title>{items}</channel></rss>'.encode()


def free_port():
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        return held.getsockname()[1]


@pytest.fixture
def running(settings):
    """A function that starts services by name, and their processes; all end with the test."""
    processes = {}

    def run(name, its_settings=settings):
        processes[name] = start(its_settings, VERBS[name])

    yield run, processes
    for process in processes.values():
        process.terminate()
    for process in processes.values():
        assert process.wait(timeout=20) == 0


def indexed(settings, index):
    search = ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)
    search.refresh()
    return [hit["_source"] for hit in search.search(index, {"size": 1000, "query": {"match_all": {}}})["hits"]["hits"]]


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_any_service_killed_and_started_again_loses_nothing_and_doubles_no_document(settings, running, tmp_path):
    """Each of the seven is killed with -9 in turn; an article comes while it is dead, and one when it is back."""
    run, processes = running
    settings = msgspec.structs.replace(
        settings, poll_interval_seconds=0.3, api_port=free_port(), log_level="warning", lexicon=dictionary(tmp_path)
    )
    broker = broker_of(settings)
    templates.apply(settings)
    watch = Watch(id="arrests", name="Arrests", query="arrested")
    send(broker, ("watches", watch.id, encode(watch)))
    with FeedServer() as server:
        server.pages["/h.xml"] = page(1)
        send(broker, ("feeds", "h", encode(Feed(feed_id="h", url=f"{server.url}/h.xml", outlet="Herald"))))
        for name in VERBS:
            run(name, settings)
        eventually(lambda: len(indexed(settings, "articles")) == 1, 90)
        n = 1
        for name in VERBS:
            os.kill(processes[name].pid, signal.SIGKILL)
            assert processes[name].wait() == -signal.SIGKILL
            server.pages["/h.xml"] = page(n + 1)
            run(name, settings)
            server.pages["/h.xml"] = page(n + 2)
            n += 2
            eventually(lambda n=n: len(indexed(settings, "articles")) == n, 90)
        eventually(lambda: len(indexed(settings, "alerts")) == n, 60)
        eventually(lambda: len({c["claim_id"] for c in indexed(settings, "claims")}) == n, 60)
    articles = [decode(Article, r.value).title for r in on(broker, "articles")]
    assert set(articles) == {story(i)[1] for i in range(n)}
    assert sorted(a["title"] for a in indexed(settings, "articles")) == sorted(story(i)[1] for i in range(n))
    told = [(row["alert_id"], row["revision_id"]) for row in indexed(settings, "deliveries")]
    assert len(told) == len(set(told))
    services = {p.service for p in pulses(settings.run_dir, 0.0)}
    assert services >= set(VERBS)


def test_the_indexer_waits_while_elasticsearch_is_down_and_loses_nothing(settings, running):
    """Nobody listens on its address at first; alerts don't need it, and the documents come when it is back."""
    run, _ = running
    port = free_port()
    broker = broker_of(settings)
    templates.apply(settings)
    away = msgspec.structs.replace(settings, elastic_url=f"http://127.0.0.1:{port}")
    article = TaggedArticle(article_id="a", version=1, text="Bridge closed", title_end=13, sketch="")
    send(broker, ("tagged-articles", "a", encode(article)))
    run("indexer", away)
    eventually(lambda: any(p.service == "indexer" and p.state == "waiting" for p in pulses(settings.run_dir, 0.0)))
    assert indexed(settings, "articles") == []
    with Forwarder(port, settings.elastic_url):
        eventually(lambda: [a["article_id"] for a in indexed(settings, "articles")] == ["a"])


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
            "    for a,b in ((c,t),(t,c)): threading.Thread(target=pump,args=(a,b),daemon=True).start()\n",
        ]

    def __enter__(self):
        self._process = subprocess.Popen(self._command)
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()


def test_what_is_no_message_goes_to_the_dead_letters_of_its_topic_and_the_stream_goes_on(settings, running):
    run, _ = running
    broker = broker_of(settings)
    templates.apply(settings)
    good = TaggedArticle(article_id="a", version=1, text="Bridge closed", title_end=13, sketch="")
    send(broker, ("tagged-articles", "a", b"not json"), ("tagged-articles", "a", encode(good)))
    for name in ("tracker", "indexer", "alerter"):
        run(name)
    letters = eventually(lambda: (rows := on(broker, "tagged-articles-dlq")) and len(rows) == 3 and rows)
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
    assert set(rows) == {"kafka", "elasticsearch", *VERBS}
    assert [name for name, row in rows.items() if row["well"]] == ["kafka", "elasticsearch", "indexer"]
