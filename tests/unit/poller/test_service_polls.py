"""However a poll ends, the feed is asked again, and its neighbour is not disturbed."""

import asyncio
import json
import time

import pytest
from builders import START
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loops import send
from polling import (
    GOOD,
    URL,
    InThread,
    Web,
    answer,
    eventually,
    feed,
    last_error,
    polling,
    rss,
    states,
    titles,
    world,
)

from services.errors import InvalidMessage, TransientError
from services.messages import EntryState, FeedState, encode
from services.poller.hosts import Hosts
from services.poller.reading.entry import Entry, ParsedFeed
from services.poller.roster import IN_FLIGHT, Roster, Slot, Tenure
from services.poller.service import asking, parsers
from services.poller.service import polling as one_poll
from services.poller.service.loop import Poller
from services.ports import Outgoing
from services.runtime.workers import WorkerDied

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
    poller = Poller(w, InThread())
    slot = Slot(feed("a"), FeedState(feed_id="a"), Tenure(0), 0.0)

    async def poll_twice():
        for _ in range(2):
            outcome = await poller._polling.outcome(slot)
            poller._conclude(slot, outcome)
            encode(slot.state)
            assert all(
                "mistake of ours" not in text
                for text in (outcome.failure or "", slot.state.last_error or "")
            )

    asyncio.run(poll_twice())
    assert slot.due is not None
    assert 0 < slot.due < IN_FLIGHT


def test_a_poll_that_does_not_end_is_ended_and_the_feed_asked_again(tmp_path, monkeypatch):
    """The second net: no limit of any step is reached here,
    and still the feed does not stay silent.
    """
    monkeypatch.setattr(asking, "ASK_SECONDS", 3600.0)
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
    monkeypatch.setattr(asking, "ASK_SECONDS", 0.05)

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
    monkeypatch.setattr(parsers, "PARSE_CPU_SECONDS", 0.3)
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
    with polling(w, parsers.child_processes()):
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


def sitemap(*titles):
    rows = "".join(
        f"<url><loc>http://feed.example/{title}</loc><news:news><news:title>{title}</news:title>"
        "</news:news></url>"
        for title in titles
    )
    return answer(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news='
        f'"http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'.encode()
    )


def test_the_sitemaps_of_an_index_are_read_though_the_index_stays_as_it_is(tmp_path):
    now = ["1", "2"]

    async def today():
        return sitemap(*now)

    rows = "".join(f"<sitemap><loc>http://feed.example/{name}</loc></sitemap>" for name in "bcd")
    index = (
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'
    )
    web = Web(a=answer(index.encode()), b=today, c=sitemap("3"), d=answer(b"", 404))
    w = world(tmp_path, web, "a")
    with polling(w):
        eventually(lambda: titles(w.broker) == {"1", "2", "3"})
        now.append("4")
        eventually(lambda: titles(w.broker) == {"1", "2", "3", "4"})


class Paged(InThread):
    """Reads documents of lines: an entry each, and `< address` for the document before."""

    async def run(self, documents):
        (document,) = documents
        lines = document.body.decode().split("\n")
        older = [line[2:] for line in lines if line.startswith("<")]
        entries = tuple(
            Entry(guid=line, url=None, title=line, text="") for line in lines if line[0] != "<"
        )
        return [ParsedFeed("H", None, entries, next_archive=older[0] if older else None)]


def test_when_entries_may_have_been_missed_the_documents_before_are_read(tmp_path):
    """As far as the first known entry, and of each document once."""
    now = ["1\n2"]

    async def newest():
        return answer(now[0].encode())

    web = Web(a=newest, b=answer(b"5\n6\n< http://feed.example/c"), c=answer(b"2\n3\n4"))
    w = world(tmp_path, web, "a")
    with polling(w, Paged()):
        eventually(lambda: titles(w.broker) == {"1", "2"})
        now[0] = "7\n8\n< http://feed.example/b"
        eventually(lambda: titles(w.broker) == set("12345678"))
    assert (web.n_asked("b"), web.n_asked("c")) == (1, 1)


LATER = {"retry-after": "600"}


def read_once(tmp_path, web, parsers, state):
    """Return what becomes known of the hosts in one poll of the feed `a`."""
    hosts = Hosts()
    polling = one_poll.Polling(world(tmp_path, web), parsers, hosts)
    asyncio.run(polling.outcome(Slot(feed("a"), state, Tenure(0), 0.0)))
    return hosts


@pytest.mark.parametrize(
    ("status", "n_asked", "is_host_held"), [(429, [1, 0], True), (503, [1, 1], False)]
)
def test_a_sitemap_that_asks_to_wait_is_obeyed_as_a_feed_is(
    tmp_path, status, n_asked, is_host_held
):
    rows = "".join(f"<sitemap><loc>http://maps.example/{name}</loc></sitemap>" for name in "bc")
    index = (
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'
    )
    maps = "http://maps.example/"
    web = Web(a=answer(index.encode()))
    web.answers |= {
        f"{maps}b": answer(b"", status, url=f"{maps}b", headers=LATER),
        f"{maps}c": sitemap("3"),
    }
    hosts = read_once(tmp_path, web, InThread(), FeedState(feed_id="a"))
    assert [len(web.asked.get(maps + name, ())) for name in "bc"] == n_asked
    now = time.monotonic()
    assert not hosts.may_ask(f"{maps}b", now)
    assert hosts.may_ask(f"{maps}c", now) != is_host_held
    assert hosts.may_ask(f"{maps}b", now + 601.0)


def test_a_document_before_that_asks_to_wait_holds_the_feeds_of_its_host(tmp_path):
    known = EntryState(article_id="x", version=1, content_hash="h", first_seen_at=START)
    before = FeedState(feed_id="a", entries={"x": known})
    web = Web(a=answer(b"7\n< http://feed.example/b"), b=answer(b"", 429, headers=LATER))
    hosts = read_once(tmp_path, web, Paged(), before)
    assert web.n_asked("b") == 1
    assert hosts.free_at("feed.example", 0.0) > time.monotonic() + 590.0


def test_a_document_before_that_can_not_be_read_costs_no_entry(tmp_path):
    now = ["1"]

    async def newest():
        return answer(now[0].encode())

    web = Web(a=newest, b=answer(b"", 404))
    w = world(tmp_path, web, "a")
    with polling(w, Paged()):
        eventually(lambda: titles(w.broker) == {"1"})
        now[0] = "7\n< http://feed.example/b"
        eventually(lambda: titles(w.broker) == {"1", "7"})


def test_the_number_of_documents_read_in_one_poll_is_bounded(tmp_path):
    now = ["1"]

    async def newest():
        return answer(now[0].encode())

    older = {f"b{n}": answer(b"%d\n< http://feed.example/b%d" % (10 + n, n + 1)) for n in range(9)}
    web = Web(a=newest, **older)
    w = world(tmp_path, web, "a")
    with polling(w, Paged()):
        eventually(lambda: titles(w.broker) == {"1"})
        now[0] = "7\n< http://feed.example/b0"
        eventually(lambda: "7" in titles(w.broker))
    assert sum(web.n_asked(name) for name in older) == one_poll.MAX_ARCHIVES


@pytest.mark.parametrize(("spare", "is_read"), [(0, True), (-1, False)])
def test_documents_that_wait_for_a_parser_are_bounded_together(
    tmp_path, monkeypatch, spare, is_read
):
    monkeypatch.setattr(one_poll, "MAX_HELD_BYTES", len(GOOD.body) + spare)
    w = world(tmp_path, Web(a=GOOD), "a")
    with polling(w):
        eventually(lambda: "a" in states(w.broker))
    assert (titles(w.broker) == {"A bridge is closed"}) == is_read
    if not is_read:
        assert "too many large documents" in last_error(w.broker, "a")


def test_credentials_are_not_sent_where_an_answer_leads(tmp_path):
    secrets = tmp_path / "secrets.yaml"
    secrets.write_text("vault: {headers: {X-Key: word}}")
    secrets.chmod(0o600)
    w = world(tmp_path, Web(), feed_secrets=str(secrets))
    own = one_poll.Polling(w, InThread(), Hosts())._own
    given_feed = feed("a", credentials="vault", user_agent="Pinned")
    assert own(given_feed, URL + "older") == {"User-Agent": "Pinned", "X-Key": "word"}
    assert own(given_feed, "http://other.example/a") == {"User-Agent": "Pinned"}
