"""The page Feeds and `/v1/sources`: what a person sees and does, over engines in memory."""

import asyncio
import re
from html import unescape

import httpx
import pytest
from builders import START
from desks import desk_of, open_access

from services.adapters.memory import MemoryBroker
from services.adapters.memory_index import MemoryIndex
from services.api.routes import make_app
from services.api.stream.live import Live
from services.errors import InvalidMessage
from services.indexer.templates import templates
from services.messages import Feed, encode
from services.ports import HttpAnswer, Outgoing
from services.runtime.shutdown import SignalStop
from services.text.yaml_file import MAX_BYTES

BROWSER = {"accept": "text/html"}
RSS = b"<rss version='2.0'><channel><title>The Herald</title><item/></channel></rss>"
SITE = b"""<html><link rel=alternate type="application/rss+xml" href="/one.xml">
<link rel=alternate type="application/atom+xml" href="/two.xml"></html>"""
PAGES = {
    "https://herald.example/rss": RSS,
    "https://site.example": SITE,
    "https://site.example/one.xml": RSS,
    "https://site.example/two.xml": RSS.replace(b"Herald", b"Sports"),
    "https://empty.example": b"<html></html>",
}


class Fetcher:
    """Answers what `PAGES` has; anything else is refused as an address inside would be."""

    async def get(self, url, headers, turn=None):
        if url not in PAGES:
            raise InvalidMessage("refused", f"{url} is not public")
        return HttpAnswer(200, url, {}, PAGES[url])


class Site:
    """An API with feeds, and a browser before it."""

    def __init__(self, *feeds):
        self.broker, self.index = MemoryBroker(), MemoryIndex()
        self.index.apply_templates(templates())
        for name in ("feed-health", "articles", "claims", "alerts", "deliveries"):
            self.index.ensure(name)
        producer = self.broker.producer()
        for feed in feeds:
            producer.send(Outgoing("feeds", feed.feed_id, encode(feed)))
        producer.close()
        self.desk = desk_of(self.index, self.broker)
        object.__setattr__(self.desk, "fetcher", Fetcher())
        self.app = make_app(self.desk, open_access(self.desk), Live(self.broker, SignalStop()))

    def ask(self, method, path, **given):
        async def answer():
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost"
            ) as client:
                return await client.request(method, path, follow_redirects=True, **given)

        return asyncio.run(answer())

    def page(self, path="/feeds"):
        return unescape(self.ask("GET", path, headers=BROWSER).text)

    def post(self, path, **given):
        return self.ask("POST", path, headers=BROWSER, **given)

    def urls(self):
        return sorted(feed.url for feed in self.desk.tables.feeds().values())


def feed(name, **more):
    return Feed(feed_id=name, url=f"https://{name}.example/rss", outlet=name.title(), **more)


def failing(name):
    return {
        "feed_id": name, "failures": 3, "last_error": "<b>HTTP 500</b>", "trouble": "refused",
        "failing_since": START.isoformat(), "last_success_at": START.isoformat(),
    }  # fmt: skip


def test_the_page_shows_who_needs_somebody_first_with_what_to_do(monkeypatch):
    site = Site(feed("alpha"), feed("beta"))
    health = {"hits": {"hits": [{"_source": failing("beta")}]}}
    search = site.index.search
    monkeypatch.setattr(
        site.index, "search", lambda i, b: health if i == "feed-health" else search(i, b)
    )
    page = site.page()
    assert page.index("Beta") < page.index("Alpha")
    assert "Its server turns us away." in page
    assert "1 of 2 feeds needs a look" in page
    raw = site.ask("GET", "/feeds", headers=BROWSER).text
    assert "<b>HTTP" not in raw
    assert "Alpha" not in site.page("/feeds?state=broken").split("<aside")[0]
    listed = site.ask("GET", "/v1/sources?health=failing").json()
    assert [one["feed_id"] for one in listed["items"]] == ["beta"]
    assert listed["counts"] == {"failing": 1, "new": 1}


def test_a_feed_is_added_by_its_address_and_removed_and_brought_back():
    site = Site()
    assert "No feed yet." in site.page()
    page = site.post("/feeds/add", data={"url": "herald.example/rss", "outlet": ""}).text
    assert "The Herald was added." in page
    assert site.urls() == ["https://herald.example/rss"]
    again = site.post("/feeds/add", data={"url": "http://herald.example/rss/", "outlet": ""})
    assert again.status_code == 422
    (feed_id,) = site.desk.tables.feeds()
    page = site.post(f"/feeds/{feed_id}/remove").text
    assert "The Herald was removed." in page
    assert site.urls() == []
    back = re.search(r'action="(/feeds/[^"]*/bring-back)"', page)
    assert back is not None
    assert "The Herald was added." in site.post(back[1]).text
    assert site.urls() == ["https://herald.example/rss"]
    assert site.post("/feeds/none/remove").status_code == 404


def test_a_site_with_several_feeds_asks_which():
    site = Site()
    page = site.post("/feeds/add", data={"url": "https://site.example", "outlet": ""}).text
    assert page.count('name="chosen"') == 2
    assert "The Sports" in page
    chosen = {"chosen": ["https://site.example/one.xml", "https://site.example/two.xml"]}
    assert "2 feeds added." in site.post("/feeds/add", data=chosen).text
    assert len(site.urls()) == 2


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://empty.example", "its page names none"),
        ("https://inside.example", "is not public"),
        ("http://10.0.0.1/", "can't be polled"),
        ("javascript:alert(1)", "can't be polled"),
        ("//[", "can't be polled"),
        ("https://user:secret@a.example/", "user name or password"),
    ],
)
def test_what_can_not_be_added_says_why_and_keeps_what_was_typed(url, says):
    site = Site()
    answer = site.post("/feeds/add", data={"url": url, "outlet": ""})
    assert answer.status_code == 422
    assert says in unescape(answer.text)
    assert site.urls() == []


LIST = b"""<opml version="2.0"><body>
<outline type="rss" text="Alpha" xmlUrl="https://alpha.example/rss"/>
<outline type="rss" text="&lt;script&gt;" xmlUrl="https://new.example/rss"/>
<outline type="rss" text="No address"/></body></opml>"""


def test_a_list_shows_the_fate_of_each_line_before_anything_is_saved():
    site = Site(feed("alpha"))
    page = site.post("/feeds/list", files={"file": ("a.opml", LIST)}).text
    assert site.urls() == ["https://alpha.example/rss"]
    assert "1 feed will be added, 1 is saved already, 1 line can’t be used." in unescape(page)
    assert "<script>" not in page.replace("<script src", "")
    kept = re.search(r'<textarea name="opml" hidden>(.*?)</textarea>', page, re.DOTALL)
    assert kept is not None
    done = site.post("/feeds/list", files={"opml": (None, unescape(kept[1]).encode())})
    assert "1 feed added." in done.text
    assert site.urls() == ["https://alpha.example/rss", "https://new.example/rss"]
    assert site.post("/feeds/list", files={"file": ("a.opml", b"")}).status_code == 422


def test_programs_add_and_remove_feeds_too():
    site = Site()
    one = site.ask("POST", "/v1/sources?dry_run=true", json={"url": "herald.example/rss"})
    assert (one.status_code, site.urls()) == (200, [])
    one = site.ask("POST", "/v1/sources", json={"url": "herald.example/rss", "outlet": "H"})
    assert (one.status_code, one.json()["added"][0]["outlet"]) == (201, "H")
    several = site.ask("POST", "/v1/sources", json={"url": "https://site.example"})
    assert (several.status_code, len(several.json()["candidates"])) == (409, 2)
    opml = {"content": LIST, "headers": {"content-type": "text/x-opml"}}
    listed = site.ask("POST", "/v1/sources", **opml).json()
    assert [fate["kind"] for fate in listed["fates"]] == ["new", "new", "mistake"]
    removed = site.ask("DELETE", f"/v1/sources/{one.json()['added'][0]['feed_id']}")
    assert removed.status_code == 204
    assert site.ask("DELETE", "/v1/sources/none").status_code == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 422),
        ({"json": {"url": "herald.example/rss", "colour": "red"}}, 422),
        ({"json": {"url": "x" * 2001}}, 422),
        ({"content": b"x", "headers": {"content-type": "text/csv"}}, 415),
        ({"content": b"x" * (MAX_BYTES + 1)}, 413),
    ],
)
def test_bodies_that_are_none_are_refused(given, status):
    assert Site().ask("POST", "/v1/sources", **given).status_code == status
