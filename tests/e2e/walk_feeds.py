"""Walks through the collecting of feeds on a running `up`, against servers on this machine.

    PYTHONPATH=.:tests python tests/e2e/walk_feeds.py

A WebSub push, the full text of a page, a feed behind credentials, a feed added by its site's
address, one imported twice, one removed. Prints each command with its output. Takes about two
minutes, and 3 GB of memory; it is not among the tests of `make check`.
"""

import base64
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from hubs import Hub
from walking import Walk

from services.messages import Article, FeedState, FeedTimings, decode
from services.messages.topics import topics
from services.ports import TopicPartition
from services.runtime.health import pulses

PASSWORD = "Xq7-vault-of-the-herald"
LOGIN = "Basic " + base64.b64encode(f"reader:{PASSWORD}".encode()).decode()

PARAGRAPHS = [
    f"On day {n} the harbour of Halvane stayed closed, after a storm of force {n} had damaged the "
    f"bridge over its entrance, and {n} ships had to wait outside until the afternoon came."
    for n in range(3, 12)
]


class Web(Hub):
    """All outlets of the walk on one port. `/vault.xml` wants a login."""

    def answer(
        self, method: str, path: str, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        if path == "/vault.xml" and headers.get("authorization") != LOGIN:
            return 401, {"WWW-Authenticate": 'Basic realm="vault"'}, b""
        status, own, body = super().answer(method, path, headers)
        if path != "/pushed.xml":
            own.pop("Link", None)
        return status, own, body


def rss(*items: tuple[str, str, str]) -> tuple[str, bytes]:
    rows = "".join(
        f"<item><guid>{link}</guid><link>{link}</link><title>{title}</title>"
        f"<description>{text}</description></item>"
        for title, link, text in items
    )
    channel = f"<channel><title>Walk</title>{rows}</channel>"
    return "application/rss+xml", f'<rss version="2.0">{channel}</rss>'.encode()


def fill(web: Web) -> None:
    page = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    head = "<title>The harbour is closed</title>"
    link = '<link rel="alternate" type="application/rss+xml" title="All" href="/site.xml">'
    web.pages |= {
        "/": ("text/html", f"<html><head>{link}</head><body>News</body></html>".encode()),
        "/site.xml": rss(("Found by the site", f"{web.url}/s/1", "A council met.")),
        "/pushed.xml": rss(("Before the push", f"{web.url}/p/1", "A council met.")),
        "/vault.xml": rss(("Behind the login", f"{web.url}/v/1", "A council met.")),
        "/teaser.xml": rss(("The harbour is closed", f"{web.url}/t/1", "It is closed …")),
        "/t/1": (
            "text/html",
            f"<html><head>{head}</head><body><article><h1>The harbour is closed</h1>{page}"
            "</article></body></html>".encode(),
        ),
    }


class Feeds(Walk):
    """A system that polls the feeds of a web."""

    def __init__(self, folder: Path, web: Web) -> None:
        super().__init__(folder, {})
        self.web = web
        secrets = self.secrets("secrets.yaml", f"vault: {{user: reader, password: {PASSWORD}}}\n")
        self.environment["REPORTEDLY_FEED_SECRETS"] = secrets

    def articles(self) -> dict[str, Article]:
        return {a.title: a for a in (decode(Article, value) for value in self.rows("articles"))}

    def feeds(self) -> set[str]:
        """Return the ids of the saved feeds."""
        latest = {record.key or "": record.value for record in self.records("feeds")}
        return {key for key, value in latest.items() if value is not None}

    def states(self) -> dict[str, FeedState]:
        states = [decode(FeedState, value) for value in self.rows("feed-states")]
        return {state.feed_id: state for state in states}

    def n_polled(self) -> int:
        """Return the number of feeds that the poller polls, as its heartbeat says."""
        beats = [p for p in pulses(self.folder / "data" / "run") if p.service == "poller"]
        return sum(int(beat.details["feeds"]) for beat in beats if not beat.part)

    def timed(self) -> set[str]:
        """Return the feeds of which the poller has told when it asks them next."""
        latest = {record.key: record.value for record in self.records("feed-timings")}
        told = (decode(FeedTimings, value) for value in latest.values())
        return {one.feed_id for row in told for one in row.feeds}

    def n_asked(self, path: str) -> int:
        return sum(seen.path == path for seen in list(self.web.requests))


def push(walk: Feeds) -> None:
    """Push a document, and show how long it takes to be an article on the topic."""
    web, title = walk.web, "Pushed by the hub"
    walk.wait("the hub is asked", lambda: any(s.path == "/hub" for s in list(web.requests)))
    web.verify()
    walk.wait(
        "the lease is known",
        lambda: any(s.subscription and s.subscription.until for s in walk.states().values()),
    )
    broker = walk.broker()
    reader = broker.reader()
    reader.start_at_end(
        [TopicPartition("articles", n) for n in range(broker.n_partitions("articles"))]
    )
    document = rss((title, f"{web.url}/p/2", "A council met again."))[1]
    seen: list[str] = []

    def arrived() -> bool:
        seen.extend(decode(Article, r.value).title for r in reader.poll(0.01) if r.value)
        return title in seen

    began = time.monotonic()
    status = web.push(f"{web.url}/pushed.xml", document)
    walk.wait("the push is an article", arrived)
    print(f"push: HTTP {status}; an article on the topic after {time.monotonic() - began:.3f} s")
    reader.close()


def leaks(walk: Feeds) -> list[str]:
    """Return the topics and logs that hold a secret."""
    key = (walk.folder / "data" / "websub.key").read_text()
    secrets = [word.encode() for word in (PASSWORD, LOGIN.split()[1], key)]
    found = [
        spec.name
        for spec in topics()
        if any(secret in value for value in walk.rows(spec.name) for secret in secrets)
    ]
    logs = [walk.folder / "up.log", *(walk.folder / "data" / "logs").glob("*.log")]
    return [
        *found,
        *(log.name for log in logs if any(secret in log.read_bytes() for secret in secrets)),
    ]


def steps(walk: Feeds) -> None:
    web = walk.web
    listed = walk.folder / "feeds.yaml"
    listed.write_text(
        f"- {{url: '{web.url}/pushed.xml', outlet: Pushed}}\n"
        f"- {{url: '{web.url}/vault.xml', outlet: Vault, credentials: vault}}\n"
        f"- {{url: '{web.url}/teaser.xml', outlet: Teaser}}\n"
    )
    again = walk.folder / "again.csv"
    again.write_text(f"url,title\n{web.url}/pushed.xml/?utm_source=list,Pushed again\n")
    walk.run("feeds", "import", str(listed))
    walk.run("feeds", "import", str(again))
    walk.run("feeds", "add", web.url)
    wanted = {"Before the push", "Behind the login", "The harbour is closed", "Found by the site"}
    walk.wait("all feeds are read", lambda: wanted <= walk.articles().keys())
    walk.wait(
        "the page is read",
        lambda: len(walk.articles()["The harbour is closed"].text.split()) > 100,
    )
    for title, article in walk.articles().items():
        words = len(article.text.split())
        print(f"article: {title!r} of {article.outlet}, {words} words from the {article.text_from}")
    push(walk)
    walk.run("feeds", "remove", f"{web.url}/site.xml")
    n_left = len(walk.feeds())
    walk.wait("the feed is polled no more", lambda: walk.n_polled() == n_left)
    n_asked, n_beside = walk.n_asked("/site.xml"), walk.n_asked("/vault.xml")
    walk.wait("another is polled thrice", lambda: walk.n_asked("/vault.xml") >= n_beside + 3)
    n_later = walk.n_asked("/site.xml") - n_asked
    print(f"requests of the removed feed during three polls of another: {n_later}")
    walk.wait("the timings are told", lambda: walk.feeds() == walk.timed())
    walk.run("feeds", "check", "--all")
    walk.run("feeds", "list")
    walk.run("feeds", "reread")
    walk.run("health")
    print(f"topics and logs with a secret: {leaks(walk) or 'none'}")


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="walk-"))
    with Web() as web:
        fill(web)
        walk = Feeds(folder, web)
        with walk.up():
            steps(walk)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
