"""`backfill`: what becomes of the answers in a WARC file."""

import gzip
import json
from io import BytesIO

import pytest
from builders import START
from click.testing import CliRunner
from loops import everything, send
from polling import rss
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from services.adapters.memory import MemoryBroker
from services.commands.backfill import backfill
from services.commands.world import Instead
from services.messages import Feed, FeedPush, decode, encode
from services.poller.reading.documents import Document, read_documents
from services.ports import Outgoing
from services.settings import Settings

SITE = "https://herald.example"
PARAGRAPHS = [
    f"On day {n} the harbour of Halvane was closed, after a storm of force {n} had damaged the "
    f"bridge over its entrance, and {n} ships had to wait outside until the afternoon came."
    for n in range(3, 12)
]
PAGE = (
    "<html><head><title>Harbour closed</title></head><body><article><h1>Harbour closed</h1>"
    + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    + "</article></body></html>"
)


def archive(*answers, date="2031-05-02T06:04:00Z"):
    """Return a WARC file of (address, type, body, headers, status)."""
    file = BytesIO()
    writer = WARCWriter(file, gzip=True)
    for url, kind, body, headers, status in answers:
        head = StatusAndHeaders(status, [("Content-Type", kind), *headers], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            url,
            "response",
            payload=BytesIO(body),
            http_headers=head,
            warc_headers_dict={"WARC-Date": date},
        )
        writer.write_record(record)
    return file.getvalue()


Answer = tuple[str, str, bytes, list[tuple[str, str]], str]

FEED: Answer = (f"{SITE}/rss/?utm_source=x", "text/xml", rss(("1", "A")).body, [], "200 OK")
ZIPPED: Answer = (
    f"{SITE}/2031/harbour",
    "text/html; charset=utf-8",
    gzip.compress(PAGE.encode()),
    [("Content-Encoding", "gzip")],
    "200 OK",
)
OTHERS: list[Answer] = [
    ("https://other.example/", "text/html", PAGE.encode(), [], "200 OK"),
    (f"{SITE}/", "text/html", b"<html><body><a href=/x>x</a></body></html>", [], "200 OK"),
    (f"{SITE}/gone", "text/html", PAGE.encode(), [], "404 Not Found"),
]


@pytest.fixture
def run(tmp_path):
    broker = MemoryBroker()
    feed = Feed(feed_id="a", url=f"{SITE}/rss", outlet="Herald")
    send(broker, Outgoing("feeds", "a", encode(feed)))

    def invoke(content, *words):
        path = tmp_path / "crawl.warc.gz"
        path.write_bytes(content)
        there = Instead(settings=Settings(clock=f"{START.isoformat()},0"), broker=broker)
        result = CliRunner().invoke(backfill, [str(path), *words], obj=there)
        return result, [
            decode(FeedPush, record.value) for record in everything(broker, "feed-rereads")
        ]

    return invoke


def test_a_feed_and_a_page_of_its_site_become_documents_of_their_time(run):
    result, (feed, page) = run(archive(FEED, ZIPPED, *OTHERS))
    assert result.output == "2 documents read, 1 of no saved feed, 1 no article\n"
    assert {push.kind for push in (feed, page)} == {"reread"}
    assert feed.document.at.isoformat() == "2031-05-02T06:04:00+00:00"
    assert gzip.decompress(feed.document.body) == FEED[2]
    (read,) = read_documents(
        [Document(gzip.decompress(page.document.body), page.document.content_type, "")]
    )
    (entry,) = read.entries
    assert (entry.guid, entry.title) == (f"{SITE}/2031/harbour", "Harbour closed")
    assert entry.text.split("\n\n") == PARAGRAPHS


@pytest.mark.parametrize(
    "date",
    ["", "soon", "2031-05-02T06:04:00", "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"],
)
def test_an_answer_of_no_time_is_left_out(run, date):
    result, sent = run(archive(FEED, date=date))
    assert result.exception is None
    assert sent == []


def test_a_dry_run_says_what_each_answer_is_and_sends_nothing(run):
    result, sent = run(archive(FEED, *OTHERS), "--dry-run")
    assert [json.loads(line)["is"] for line in result.stdout.splitlines()] == [
        "feed",
        "of no saved feed",
        "no article",
    ]
    assert sent == []


def test_a_file_that_breaks_off_gives_what_it_holds_and_is_told(run):
    whole = archive(FEED, ZIPPED)
    result, sent = run(whole[: len(whole) - 40])
    assert len(sent) >= 1
    assert "document" in result.output
    result, sent = run(b"no archive at all")
    assert "can't be read, it holds no WARC records" in str(result.exception)
