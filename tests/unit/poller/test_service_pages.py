"""The pages of a poll: which are asked for, how politely, and what becomes of their text."""

import asyncio
import dataclasses
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from loops import send
from pages import PARAGRAPHS, TITLE, html
from polling import (
    URL,
    InThread,
    Web,
    answer,
    articles,
    eventually,
    feed,
    polling,
    states,
    world,
)
from sights import Polls, entry

from services.adapters.http import HttpFetcher
from services.addresses import LOOPBACK
from services.errors import InvalidMessage, TransientError
from services.messages import FeedState, PageRules, encode
from services.poller.hosts import Hosts
from services.poller.pages.robots import read_rules
from services.poller.reading.entry import ParsedFeed
from services.poller.roster import Slot, Tenure
from services.poller.service import paging
from services.poller.service.asking import Asking
from services.poller.service.paging import MAX_PAGES, Paging
from services.poller.service.parsers import child_processes
from services.poller.service.polling import Polling
from services.poller.versions.sight import sight
from services.ports import Outgoing


@dataclasses.dataclass
class At:
    """A clock that stands."""

    at: datetime

    def now(self):
        return self.at


TEXT = "\n\n".join(PARAGRAPHS)
TEASER = "The ferry Ostrava ran aground."


def item(name="ferry", base=URL, text=TEASER):
    return (
        f"<item><guid isPermaLink='false'>{name}</guid><title>{TITLE}</title>"
        f"<link>{base}{name}</link><description>{text}</description></item>"
    )


def document(*items):
    head = '<rss version="2.0"><channel><title>H</title>'
    return f"{head}{''.join(items)}</channel></rss>".encode()


def page(body=None, status=200, **headers):
    kind = {"content-type": "text/html; charset=utf-8", **headers}
    return answer((body or html()).encode(), status, headers=kind)


class Site(Web):
    """A feed `news` and its pages; what is not named has no page and no rules."""

    def __init__(self, *items, **answers):
        super().__init__(
            **{"news": answer(document(*(items or (item(),)))), "ferry": page(), **answers}
        )


def polled(tmp_path, site, n=1, **rules):
    """Return the first articles of a site's feed, and the feed's problems."""
    w = world(tmp_path, site)
    row = feed("news", interval_seconds=3600, pages=PageRules(**rules))
    send(w.broker, Outgoing("feeds", "news", encode(row)))
    with polling(w):
        found = eventually(lambda: len(a := articles(w.broker)) >= n and a)
        eventually(lambda: states(w.broker))
    return found


def test_a_teaser_gets_the_text_of_its_page(tmp_path):
    (article,) = polled(tmp_path, Site())
    assert (article.text_from, article.text) == ("page", TEXT)


def test_rules_are_asked_for_once_and_before_any_page(tmp_path):
    site = Site(item(), item("other"), other=page())
    polled(tmp_path, site, 2)
    assert list(site.asked) == [URL + name for name in ("news", "robots.txt", "ferry", "other")]
    assert {len(asked) for asked in site.asked.values()} == {1}


def test_rules_are_read_beside_the_loop(tmp_path, monkeypatch):
    readers = []

    def reading(*answer):
        readers.append(asyncio._get_running_loop())
        return read_rules(*answer)

    monkeypatch.setattr(paging, "read_rules", reading)
    polled(tmp_path, Site())
    assert readers == [None]


def test_a_page_with_a_login_in_its_address_is_asked_for_under_its_host(tmp_path):
    near = URL.replace("://", "://user:word@")
    site = Site(item(), item("other", near), ferry=page(status=429, **{"retry-after": "600"}))
    polled(tmp_path, site, 2)
    assert list(site.asked) == [URL + name for name in ("news", "robots.txt", "ferry")]


def test_what_robots_txt_forbids_is_not_asked_for(tmp_path):
    rules = answer(b"User-agent: *\nDisallow: /ferry", headers={"content-type": "text/plain"})
    site = Site(**{"robots.txt": rules})
    (article,) = polled(tmp_path, site)
    assert (article.text_from, article.text) == ("feed", TEASER)
    assert not site.n_asked("ferry")


def test_a_host_without_an_answer_for_its_rules_is_left_alone(tmp_path):
    site = Site(**{"robots.txt": TransientError("no answer")})
    assert polled(tmp_path, site)[0].text_from == "feed"
    assert not site.n_asked("ferry")


def test_a_host_that_wants_to_be_left_alone_is_asked_for_no_other_page(tmp_path):
    site = Site(
        item(), item("other"), ferry=page(status=429, **{"retry-after": "600"}), other=page()
    )
    assert {a.text_from for a in polled(tmp_path, site, 2)} == {"feed"}
    assert (site.n_asked("ferry"), site.n_asked("other")) == (1, 0)


LIMITED = {"retry-after": "600"}
SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "600"}


@pytest.mark.parametrize(
    ("limits", "asked"),
    [
        ({"robots.txt": page(status=429, **LIMITED)}, ["news", "robots.txt"]),
        ({"robots.txt": page("", **SPENT)}, ["news", "robots.txt"]),
        ({"news": answer(document(item()), headers=SPENT)}, ["news"]),
    ],
)
def test_a_limit_told_with_the_feed_or_the_rules_holds_the_pages(tmp_path, limits, asked):
    site = Site(**limits)
    assert polled(tmp_path, site)[0].text_from == "feed"
    assert list(site.asked) == [URL + name for name in asked]


def test_a_limit_told_with_a_page_holds_the_feeds_of_its_host(tmp_path):
    site = Site(ferry=page(status=429, **LIMITED))
    w = world(tmp_path, site, "beside")
    site.answers[URL + "beside"] = answer(document(item("late")))
    hosts = Hosts()
    slot = Slot(feed("news"), FeedState(feed_id="news"), Tenure(0), 0.0)
    asyncio.run(Polling(w, InThread(), hosts).outcome(slot))
    assert not hosts.may_ask(URL + "beside", time.monotonic() + 590.0)
    assert hosts.may_ask(URL + "beside", time.monotonic() + 610.0)


def test_after_a_page_that_does_not_answer_no_other_of_the_host_is_asked_for(tmp_path):
    site = Site(item(), item("other"), ferry=TransientError("too slow"), other=page())
    assert {a.text_from for a in polled(tmp_path, site, 2)} == {"feed"}
    assert not site.n_asked("other")


def test_after_an_address_that_is_no_page_s_others_of_the_host_are_asked_for(tmp_path):
    bad = InvalidMessage("bad-url", "over 4096 characters")
    site = Site(item(), item("other"), ferry=bad, other=page())
    assert sorted(a.text_from for a in polled(tmp_path, site, 2)) == ["feed", "page"]


def test_a_mistake_of_ours_leaves_the_feed_s_text(tmp_path):
    (article,) = polled(tmp_path, Site(ferry=ZeroDivisionError("ours")))
    assert (article.text_from, article.text) == ("feed", TEASER)


@pytest.mark.parametrize(
    "found",
    [
        page(status=404),
        page(**{"content-type": "application/pdf"}),
        page("<html><body><p>Enable JavaScript.</p></body></html>"),
        page(" "),
    ],
    ids=["gone", "pdf", "no-article", "empty"],
)
def test_a_page_without_an_article_leaves_the_feed_s_text(tmp_path, found):
    (article,) = polled(tmp_path, Site(ferry=found))
    assert (article.text_from, article.text) == ("feed", TEASER)


def test_no_page_is_asked_for_where_the_feed_says_never(tmp_path):
    site = Site()
    polled(tmp_path, site, fetch="never")
    assert list(site.asked) == [URL + "news"]


def test_only_some_pages_are_asked_for_in_one_poll(tmp_path):
    names = [f"p{n}" for n in range(MAX_PAGES + 1)]
    site = Site(*map(item, names), **dict.fromkeys(names, page()))
    found = polled(tmp_path, site, len(names))
    assert Counter(a.text_from for a in found) == {"page": MAX_PAGES, "feed": 1}


def statuses(tmp_path, **answers):
    """Return what a poll finds of the page `gone`, which left the feed while older ones stay."""
    polls = Polls(feed("news"))
    polls.poll(entry("old", url=URL + "old"))
    polls.poll(entry("gone", url=URL + "gone", text="The ferry is late."))
    parsed = ParsedFeed("", None, (entry("old", url=URL + "old"),))
    web = Site(**answers)
    there = dataclasses.replace(world(tmp_path, web), clock=At(polls.at))
    paging = Paging(there, InThread(), Asking(there, Hosts()))
    slot = Slot(polls.feed, polls.state, Tenure(0), None)
    (status,) = asyncio.run(
        paging.read(slot, sight(polls.feed, polls.state, parsed, polls.at))
    ).statuses.values()
    return status, list(web.asked)


def test_a_page_that_is_gone_counts_only_beside_one_that_stands(tmp_path):
    status, asked = statuses(tmp_path, gone=page(status=410), old=page())
    assert (status, asked[-1]) == (410, URL + "old")
    assert statuses(tmp_path, gone=page(status=404), old=page(status=404))[0] == 0
    assert statuses(tmp_path, gone=page(status=404), old=TransientError("no answer"))[0] == 0
    assert statuses(tmp_path, gone=page())[0] == 200
    assert statuses(tmp_path, gone=TransientError("no answer"))[0] == 0


class Handler(BaseHTTPRequestHandler):
    """A site on a loopback address. `seen` holds the paths, in order."""

    seen: list[str]

    def do_GET(self):
        self.seen.append(self.path)
        base = f"http://{self.headers['Host']}/"
        found = {
            "/news": ("text/xml", document(item(base=base), item("secret", base))),
            "/robots.txt": ("text/plain", b"User-agent: *\nDisallow: /secret\n"),
            "/ferry": ("text/html", html().encode()),
        }.get(self.path)
        kind, body = found or ("text/plain", b"")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def served():
    class Own(Handler):
        seen: list[str] = []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", Own.seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_page_of_a_real_server_is_read_in_a_process_of_its_own(tmp_path):
    with served() as (base, seen):
        w = world(tmp_path, HttpFetcher("Reportedly/tests", LOOPBACK))
        row = feed("news", url=f"{base}news", interval_seconds=3600)
        send(w.broker, Outgoing("feeds", "news", encode(row)))
        with polling(w, child_processes()):
            found = eventually(lambda: len(a := articles(w.broker)) == 2 and a, 60)
    texts = {a.url.removeprefix(base): (a.text_from, a.text) for a in found}
    assert texts == {"ferry": ("page", TEXT), "secret": ("feed", TEASER)}
    assert seen == ["/news", "/robots.txt", "/ferry"]
