"""`feeds reread`: which kept documents go to the pollers again."""

import gzip
from datetime import timedelta

import pytest
from builders import START
from click.testing import CliRunner
from loops import everything, send

from services.adapters.memory import MemoryBroker
from services.commands.feeds import feeds
from services.commands.world import Instead
from services.messages import Feed, FeedDocument, FeedPush, decode, encode
from services.ports import Outgoing
from services.settings import Settings


@pytest.fixture
def broker():
    broker = MemoryBroker()
    for name in ("a", "b"):
        feed = Feed(feed_id=name, url=f"https://{name}.example/", outlet=name)
        send(broker, Outgoing("feeds", name, encode(feed)))
    for name, hours in (("a", 1), ("b", 5), ("a", 3), ("gone", 2)):
        send(broker, Outgoing("feed-documents", name, encode(kept(name, hours))))
    return broker


def kept(name, hours):
    return FeedDocument(
        feed_id=name,
        at=START - timedelta(hours=hours),
        url=f"https://{name}.example/",
        content_type="text/xml",
        body=gzip.compress(b"<rss/>"),
    )


def reread(broker, *words):
    world = Instead(settings=Settings(clock=f"{START.isoformat()},0"), broker=broker)
    result = CliRunner().invoke(feeds, ["reread", *words], obj=world)
    found = [decode(FeedPush, record.value) for record in everything(broker, "feed-rereads")]
    return result, [(push.feed_id, push.document.at, push.kind) for push in found]


def test_all_documents_of_saved_feeds_are_sent_the_oldest_first(broker):
    result, sent = reread(broker)
    assert result.output == "3 documents sent to be read again\n"
    assert [(at, kind) for name, at, kind in sent if name == "a"] == [
        (kept("a", 3).at, "reread"),
        (kept("a", 1).at, "reread"),
    ]
    assert {name for name, _, _ in sent} == {"a", "b"}


def test_feeds_and_time_can_be_named(broker):
    assert [name for name, _, _ in reread(broker, "https://a.example", "--since", "2h")[1]] == ["a"]


def test_a_document_that_can_not_be_read_is_counted(broker):
    send(broker, Outgoing("feed-documents", "b", b"{"))
    result, sent = reread(broker, "b")
    assert (result.exit_code, len(sent)) == (1, 1)
    assert "1 document can't be unpacked" in result.output
