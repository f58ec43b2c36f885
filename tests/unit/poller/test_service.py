"""The poller's loop, on a broker in memory: whatever is answered,
raised, or killed, each feed is asked again.
"""

import asyncio
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loops import everything, send
from polling import (
    URL,
    InThread,
    Web,
    answer,
    articles,
    eventually,
    feed,
    pending,
    polling,
    rss,
    states,
    titles,
    world,
)
from scrapes import Rise

from services.adapters.memory import MemoryBroker, MemoryProducer, MemoryReader
from services.errors import FatalError, InvalidMessage, TransientError, Unwritable
from services.messages import FeedState, encode
from services.poller import service
from services.poller.roster import IN_FLIGHT, Roster, Slot, Tenure
from services.ports import Outgoing
from services.runtime import metrics
from services.runtime.workers import WorkerDied

GOOD = rss(("1", "A bridge is closed"))


def heartbeat(tmp_path):
    """Return the heartbeat of the loop that follows the feeds; None before the first."""
    for path in tmp_path.glob("poller-*.json"):
        row = json.loads(path.read_text())
        if row["part"] == "":
            return row
    return None


def last_error(broker, feed_id):
    return states(broker)[feed_id].last_error or ""


def test_a_feed_brings_its_articles_once(tmp_path):
    web = Web(a=GOOD)
    w = world(tmp_path, web, "a")
    with polling(w):
        eventually(lambda: web.n_asked("a") >= 3)
    assert [a.title for a in articles(w.broker)] == ["A bridge is closed"]
    assert pending(w.broker) == {}


def test_polls_articles_and_feeds_are_counted(tmp_path):
    rise = Rise()
    web = Web(a=GOOD, b=TransientError("no answer"))
    with polling(world(tmp_path, web, "a", "b")):
        eventually(
            lambda: (
                rise("reportedly_polls_total", outcome="failed") >= 1
                and rise("reportedly_fetch_seconds_count") >= 3
            )
        )
        eventually(lambda: metrics.value("reportedly_feeds", state="failing") == 1)
        assert metrics.value("reportedly_feeds", state="assigned") == 2
    assert rise("reportedly_polls_total", outcome="read") >= 1
    assert rise("reportedly_articles_total", cause="new") == 1
    assert rise("reportedly_parse_seconds_count") >= 1
    assert rise("reportedly_fetched_bytes_total") >= len(GOOD.body)
    assert rise("reportedly_produced_messages_total", service="poller", topic="articles") == 1


# However a poll ends, the feed is asked again, and its neighbour is not disturbed.

ODD = {
    "latin-1 etag": answer(GOOD.body, etag='"é"'),
    "control character in etag": answer(GOOD.body, etag='"\x1b[31m"'),
    "latin-1 last-modified": answer(GOOD.body, headers={"last-modified": "März"}),
    "first moment of time": answer(
        b'{"version": "https://jsonfeed.org/version/1", "items": '
        b'[{"id": "1", "title": "A bridge is closed",'
        b' "date_published": "0001-01-01T00:00:00+01:00"}]}'
    ),
    "last moment of time": answer(
        b'{"version": "https://jsonfeed.org/version/1", "items": '
        b'[{"id": "1", "title": "A bridge is closed",'
        b' "date_published": "9999-12-31T23:59:59-01:00"}]}'
    ),
    "port that is none": ExceptionGroup(
        "multiple connection errors", [OverflowError("port must be 0-65535")]
    ),
    "a mistake of ours": TypeError("expected str, got None"),
    "refused": InvalidMessage("refused-address", "not public"),
    "no answer": TransientError("no answer"),
    "markup that the parser was not made for": answer(
        b'<rss version="2.0" xmlns:psc="http://podlove.org/simple-chapters"><channel><item><title>T</title>'
        b'<psc:chapters><psc:chapter title="x"/></psc:chapters></item></channel></rss>'
    ),
    "nothing": answer(b""),
}


@pytest.mark.parametrize("name", ODD)
def test_after_a_strange_answer_the_feed_is_asked_again(tmp_path, name):
    web = Web(odd=ODD[name], good=GOOD)
    w = world(tmp_path, web, "odd", "good")
    with polling(w):
        eventually(lambda: web.n_asked("odd") >= 2 and web.n_asked("good") >= 2)
    # A second process reads what the first one has kept: that must not silence the feed either.
    web.asked.clear()
    with polling(world(tmp_path, web, broker=w.broker)):
        eventually(lambda: web.n_asked("odd") >= 2)


@pytest.mark.parametrize(
    "name", ["latin-1 etag", "control character in etag", "latin-1 last-modified"]
)
def test_a_validator_that_cannot_be_sent_back_is_not_kept(tmp_path, name):
    web = Web(odd=ODD[name])
    w = world(tmp_path, web, "odd")
    with polling(w):
        eventually(lambda: web.n_asked("odd") >= 2)
    assert titles(w.broker) == {"A bridge is closed"}
    assert not any(
        "If-None-Match" in headers or "If-Modified-Since" in headers
        for headers in web.asked[URL + "odd"]
    )


def test_a_failed_poll_is_kept_with_its_reason(tmp_path):
    w = world(tmp_path, Web(odd=TypeError("expected str")), "odd")
    with polling(w):
        eventually(lambda: "odd" in states(w.broker))
    state = states(w.broker)["odd"]
    assert state.failures >= 1
    assert "TypeError: expected str" in last_error(w.broker, "odd")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    status=st.sampled_from([200, 200, 200, 301, 304, 404, 410, 429, 503]),
    headers=st.dictionaries(
        st.sampled_from(["etag", "last-modified", "retry-after", "content-type", "location"]),
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(["text/xml; charset=utf-7", "x/y; charset=undefined", "9" * 400]),
        ),
    ),
    body=st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "<item>",
                    "</item>",
                    "<guid>",
                    "é",
                    "\x1b",
                    "<![CDATA[",
                    "]]>",
                    "<!--",
                    "<pubDate>",
                    "&x;",
                    "{",
                    "1",
                ]
            )
        )
        .map(lambda parts: '<rss version="2.0"><channel>' + "".join(parts))
        .map(str.encode),
        st.dictionaries(
            st.sampled_from(["id", "title", "url", "date_published"]),
            st.one_of(st.text(), st.integers(), st.none()),
        ).map(
            lambda item: json.dumps(
                {"version": "https://jsonfeed.org/version/1", "items": [item]}
            ).encode()
        ),
    ),
)
def test_whatever_stands_in_headers_and_body_a_poll_has_an_outcome_and_the_next_one_a_time(
    tmp_path, status, headers, body
):
    w = world(tmp_path, Web(a=answer(body, status, headers=headers)))
    poller = service._Poller(w, InThread())
    slot = Slot(feed("a"), FeedState(feed_id="a"), Tenure(0), 0.0)

    async def poll_twice():
        for _ in range(2):
            outcome = await poller._outcome(slot)
            poller._conclude(slot, outcome)
            encode(slot.state)
            assert all(
                "mistake of ours" not in text
                for text in (outcome.failure or "", slot.state.last_error or "")
            )

    asyncio.run(poll_twice())
    if status == 410:
        assert slot.due is None
    else:
        assert slot.due is not None
        assert 0 < slot.due < IN_FLIGHT


def test_a_poll_that_does_not_end_is_ended_and_the_feed_asked_again(tmp_path, monkeypatch):
    """The second net: no limit of any step is reached here,
    and still the feed does not stay silent.
    """
    monkeypatch.setattr(service, "ASK_SECONDS", 3600.0)
    n = 0

    async def hang_once():
        nonlocal n
        n += 1
        if n == 1:
            await asyncio.Event().wait()
        return GOOD

    web = Web(a=hang_once)
    w = world(tmp_path, web, "a")
    original = Roster.hung
    # What counts as too long is a matter of the clock,
    # so the clock is moved: by two hours and a little.
    monkeypatch.setattr(
        Roster,
        "hung",
        lambda self, now: original(self, now + 7500.0) if web.n_asked("a") == 1 else [],
    )
    with polling(w):
        eventually(lambda: "A bridge is closed" in titles(w.broker))


def test_an_answer_that_never_ends_is_a_failed_poll(tmp_path, monkeypatch):
    monkeypatch.setattr(service, "ASK_SECONDS", 0.05)

    async def hang():
        await asyncio.Event().wait()

    web = Web(a=hang)
    w = world(tmp_path, web, "a")
    with polling(w):
        eventually(lambda: web.n_asked("a") >= 2)
        eventually(lambda: "a" in states(w.broker))
    assert "no whole answer" in last_error(w.broker, "a")


def test_a_document_that_ends_its_parser_fails_alone(tmp_path):
    class Deadly(InThread):
        async def run(self, documents):
            if b"deadly" in documents[0].body:
                return [WorkerDied("time", "it took longer than it may (30 s)")]
            return await super().run(documents)

    web = Web(a=rss(("1", "deadly")), b=GOOD)
    w = world(tmp_path, web, "a", "b")
    with polling(w, Deadly()):
        eventually(lambda: web.n_asked("a") >= 2 and web.n_asked("b") >= 2)
    assert titles(w.broker) == {"A bridge is closed"}
    assert "longer than it may" in last_error(w.broker, "a")


@pytest.mark.timeout(120)
def test_in_child_processes_a_document_that_takes_too_long_fails_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(service, "PARSE_CPU_SECONDS", 0.3)
    words = "&lt;p&gt;word&lt;/p&gt;" * 400
    long = answer(
        (
            "<rss><channel>"
            + "".join(
                f"<item><title>{i}</title><description>{words}</description></item>"
                for i in range(900)
            )
            + "</channel></rss>"
        ).encode()
    )
    web = Web(long=long, a=GOOD)
    w = world(tmp_path, web, "long", "a")
    with polling(w, service._child_processes()):
        eventually(lambda: web.n_asked("a") >= 3 and "long" in states(w.broker), 90)
        eventually(lambda: web.n_asked("long") >= 2, 90)
    assert "it took longer than it may" in last_error(w.broker, "long")
    assert titles(w.broker) == {"A bridge is closed"}


def test_a_feed_with_an_address_that_is_none_stops_nobody(tmp_path):
    web = Web(a=GOOD)
    web.answers["http://[broken/"] = InvalidMessage("bad-url", "no address")
    w = world(tmp_path, web, "a")
    send(w.broker, Outgoing("feeds", "bad", encode(feed("bad", url="http://[broken/"))))
    with polling(w):
        eventually(lambda: web.n_asked("a") >= 2)


# Loading: an assignment is only noted; the broker may say no.


class ShyReader(MemoryReader):
    """Says no the first times that it is asked for whole partitions."""

    _broker: "ShyBroker"

    def read_to_end(self, partitions):
        if self._broker.noes > 0:
            self._broker.noes -= 1
            raise TransientError("metadata timed out")
        return super().read_to_end(partitions)


class ShyBroker(MemoryBroker):
    noes = 0

    def reader(self):
        return ShyReader(self)


@pytest.mark.parametrize("noes", [1, 3])
def test_feeds_are_polled_although_the_broker_said_no_when_they_were_assigned(tmp_path, noes):
    web, broker = Web(a=GOOD, b=rss(("2", "Other"))), ShyBroker()
    w = world(tmp_path, web, "a", "b", broker=broker)
    broker.noes = noes
    with polling(w):
        eventually(lambda: web.n_asked("a") >= 2 and web.n_asked("b") >= 2)
    assert broker.noes == 0


def test_before_the_feeds_are_loaded_health_is_told_so(tmp_path):
    web, broker = Web(a=GOOD), ShyBroker()
    w = world(tmp_path, web, "a", broker=broker)
    broker.noes = 10**6
    with polling(w):
        row = eventually(
            lambda: (
                (row := heartbeat(tmp_path))
                and row["state"] == "waiting"
                and row["loading"]
                and row
            )
        )
        assert (row["feeds"], row["partitions"]) == (0, 2)
        assert "metadata timed out" in row["reason"]
        broker.noes = 0
        row = eventually(
            lambda: (
                (row := heartbeat(tmp_path))
                and row["state"] == "running"
                and row["feeds"] == 1
                and row
            )
        )
        assert (row["loading"], row["on_topic"]) == (0, 1)


def test_the_heartbeat_says_that_all_feeds_fail(tmp_path):
    w = world(tmp_path, Web(a=TransientError("no route"), b=TransientError("no route")), "a", "b")
    with polling(w):
        row = eventually(lambda: (row := heartbeat(tmp_path)) and row["failing"] == 2 and row)
    assert (row["feeds"], row["overdue"]) == (2, 0)


# Publishing: killed anywhere, nothing is lost; whatever is raised, nobody goes deaf.


class Kill(BaseException):
    """The process ends here."""


class MortalProducer(MemoryProducer):
    """Counts what it does, and dies at a chosen moment:
    before or after a message, before or after a flush.
    """

    _broker: "MortalBroker"

    def _tick(self):
        self._broker.left -= 1
        if self._broker.left == 0:
            raise Kill

    def send(self, message):
        self._tick()
        # A client sends in the background: what was queued before a kill may have gone out.
        self._broker.append(message, None)
        self._tick()

    def flush(self):
        self._tick()
        super().flush()
        self._tick()


class MortalBroker(MemoryBroker):
    left = 0

    def producer(self):
        return MortalProducer(self)


def run_until_killed(w):
    with pytest.raises(Kill), polling(w):
        eventually(lambda: False if w.broker.left > 0 else (_ for _ in ()).throw(Kill))


@pytest.mark.parametrize("moment", range(1, 21))
def test_an_entry_that_left_the_feed_while_the_poller_was_down_is_published(tmp_path, moment):
    broker = MortalBroker()
    w = world(tmp_path, Web(a=rss(("1", "One"), ("2", "Two"))), "a", broker=broker)
    broker.left = moment
    run_until_killed(w)
    decided = {a.title for a in pending(broker).values()} | titles(broker)
    web = Web(a=rss(("9", "Nine")))
    with polling(world(tmp_path, web, broker=broker)):
        eventually(lambda: "Nine" in titles(broker) and not pending(broker))
    # What was written down as decided is there,
    # once in one version; a kill before that has decided nothing.
    assert titles(broker) == decided | {"Nine"}
    versions = {(a.article_id, a.version, a.cause) for a in articles(broker)}
    assert len(versions) == len({id for id, _, _ in versions})


def test_what_is_still_to_be_published_of_a_feed_that_is_gone_is_published(tmp_path):
    broker = MortalBroker()
    w = world(tmp_path, Web(a=GOOD), "a", broker=broker)
    broker.left = 4  # behind the row in feed-pending, before the article
    run_until_killed(w)
    assert titles(broker) == set()
    send(broker, Outgoing("feeds", "a", None))
    with polling(world(tmp_path, Web(), broker=broker)):
        eventually(lambda: titles(broker) == {"A bridge is closed"} and not pending(broker))


class PickyProducer(MemoryProducer):
    """Raises what the broker is told to for messages that hold b"PICK"."""

    _broker: "PickyBroker"

    def send(self, message):
        if message.topic == self._broker.picky_topic and b"PICK" in (message.value or b""):
            raise self._broker.error
        super().send(message)


class PickyBroker(MemoryBroker):
    error: BaseException = Unwritable("too-large", "9,000,000 bytes")
    picky_topic = "articles"

    def producer(self):
        return PickyProducer(self)


@pytest.mark.parametrize("topic", ["articles", "feed-pending"])
def test_an_article_that_the_broker_will_never_take_costs_no_other(tmp_path, topic):
    broker = PickyBroker()
    broker.picky_topic = topic
    web = Web(a=rss(("1", "PICK me"), ("2", "Two")), b=GOOD)
    with polling(world(tmp_path, web, "a", "b", broker=broker)):
        eventually(lambda: web.n_asked("a") >= 3 and web.n_asked("b") >= 3)
        row = eventually(lambda: (row := heartbeat(tmp_path)) and row["refused"] and row)
    assert titles(broker) == {"Two", "A bridge is closed"}
    assert row["refused"] == 1
    assert pending(broker) == {}


def test_an_error_that_nobody_foresaw_fails_its_feed_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr("services.runtime.sender.delay", lambda tries: 0.01)
    broker = PickyBroker()
    broker.error = RuntimeError("nobody foresaw this")
    web = Web(a=rss(("1", "PICK me")), b=GOOD)
    with polling(world(tmp_path, web, "a", "b", broker=broker)):
        eventually(lambda: web.n_asked("a") >= 2 and titles(broker))
    assert titles(broker) == {"A bridge is closed"}


@pytest.mark.timeout(60)
def test_when_publishing_ends_the_process_ends(tmp_path):
    """It must not stay alive and deaf; the supervisor starts it again."""
    broker = PickyBroker()
    broker.error = FatalError("fenced")
    w = world(tmp_path, Web(a=rss(("1", "PICK me"))), "a", broker=broker)
    with pytest.raises(FatalError, match="fenced"):
        service.run(w, InThread())
    assert heartbeat(tmp_path) is None


def test_a_row_of_state_that_cannot_be_read_is_set_aside_and_its_feed_is_polled(tmp_path):
    """The letters hold the rows as they came; in the states the rows are gone."""
    web = Web(a=GOOD)
    w = world(tmp_path, web, "a")
    broken = Outgoing("feed-states", "a", b'{"feed_id": 1}')
    send(w.broker, broken, Outgoing("feed-pending", "x", b"{", partition_key="a"))
    with polling(w):
        eventually(lambda: titles(w.broker) == {"A bridge is closed"})
    letters = {
        topic: everything(w.broker, f"{topic}-dlq") for topic in ("feed-states", "feed-pending")
    }
    assert [row.value for row in letters["feed-states"]] == [broken.value]
    assert [row.value for row in letters["feed-pending"]] == [b"{"]
    assert letters["feed-pending"][0].headers["reason"] == b"not-json"
    assert pending(w.broker) == {}
