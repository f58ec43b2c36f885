"""What is too large on a real broker: it is cut or set aside,
and the services go on, also after a restart.
"""

import msgspec
import pytest
from builders import dense
from streams import broker_of, eventually, on, send, service

from services.addresses import LOOPBACK
from services.messages import Article, BlockArticle, Claim, Feed, FeedState, decode, encode
from services.messages.limits import MESSAGE_BYTES, TEXT_CHARS
from services.scenario.server import FeedServer
from services.tracker.reports.versions import MAX_VERSIONS

pytestmark = pytest.mark.engines


def latest(broker, topic, kind):
    return {r.key: decode(kind, r.value) for r in on(broker, topic) if r.value is not None}


def committed(broker, version):
    """Tell whether the fold has taken a version of the article:
    its row of state holds it, the last of those kept.
    """
    row = latest(broker, "tracker-state", BlockArticle).get("violence:halvane|a1")
    return row is not None and row.versions[-1].version == version and row


def test_a_dense_article_edited_eight_times_ends_no_tracker_and_is_loaded_again(settings):
    broker = broker_of(settings)
    for version in range(1, MAX_VERSIONS + 1):
        send(broker, ("tagged-articles", "a1", encode(dense(version, 900))))
    with service(settings, "track"):
        row = eventually(lambda: committed(broker, MAX_VERSIONS), 90)
    assert len(row.versions) == MAX_VERSIONS
    assert MESSAGE_BYTES * 0.7 < len(encode(row)) < MESSAGE_BYTES
    send(broker, ("tagged-articles", "a1", encode(dense(9, 0))))
    with service(settings, "track"):
        eventually(lambda: committed(broker, MAX_VERSIONS + 1), 90)
        eventually(
            lambda: "retracted" in {c.status for c in latest(broker, "claims", Claim).values()}
        )
    assert [on(broker, f"{topic}-dlq") for topic in ("tagged-articles", "reports")] == [[], []]


def test_an_item_of_ten_megabytes_is_published_cut_and_the_feeds_go_on(settings):
    polling = msgspec.structs.replace(
        settings, poll_interval_seconds=0.5, fetch_allow_networks=LOOPBACK
    )
    broker = broker_of(polling)
    large = (
        "<item><guid>1</guid><title>Bridge</title><description>"
        + "\\ " * 4_900_000
        + "</description></item>"
    )
    small = "<item><guid>2</guid><title>Market opens</title></item>"
    page = f'<rss version="2.0"><channel><title>H</title>{large}{small}</channel></rss>'.encode()
    with FeedServer() as server:
        server.pages["/a.xml"] = ("application/rss+xml", page)
        send(
            broker, ("feeds", "a", encode(Feed(feed_id="a", url=f"{server.url}/a.xml", outlet="a")))
        )
        with service(polling, "poll"):
            eventually(lambda: len(on(broker, "articles")) == 2, 60)
            eventually(lambda: len(server.requests) > 2)
            state = latest(broker, "feed-states", FeedState)["a"]
    found = {a.title: a for a in (decode(Article, r.value) for r in on(broker, "articles"))}
    assert (len(found["Bridge"].text), found["Bridge"].cut) == (
        TEXT_CHARS,
        "text: what is behind the first 1,000,000 characters",
    )
    assert found["Market opens"].cut is None
    assert (len(on(broker, "articles")), state.failures) == (2, 0), "what stays the same is no edit"
