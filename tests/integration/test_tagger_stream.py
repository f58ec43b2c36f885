"""The tagger's Faust worker on a real broker: poison, compression, and a hard kill."""

import confluent_kafka as ck
import msgspec
import pytest
from builders import START
from scrapes import scrape
from streams import broker_of, eventually, free_port, on, send, service, start

from services.messages import Article, TaggedArticle, decode, encode
from services.messages.limits import MESSAGE_BYTES

pytestmark = pytest.mark.engines


def article(n, **fields):
    values = {
        "title": f"Commander number {n} was reportedly killed in an airstrike",
        "text": "Two rebel sources said so on Friday. " * 5,
    }
    return Article(
        article_id=f"a{n}",
        url_key=f"u{n}",
        feed_id="f",
        outlet="The Herald",
        version=1,
        content_hash="c",
        first_seen_at=START,
        seen_at=START,
        **values | fields,
    )


def tagged(broker):
    return {r.key: decode(TaggedArticle, r.value) for r in on(broker, "tagged-articles")}


def all_told(seen):
    """Tell whether a scrape holds all that the tagger was given:
    three articles of poison and a good one.
    """
    group = {"service": "tagger", "group": "tagger", "topic": "articles"}
    return (
        seen("reportedly_processed_records_total", **group) == 4
        and seen("reportedly_dead_letters_total", service="tagger", topic="articles") == 3
        and seen("reportedly_produced_messages_total", service="tagger", topic="tagged-articles")
        == 1
        and seen("reportedly_latency_seconds_count", stage="tagged", since="seen") == 1
        and seen("reportedly_lag_records", group="tagger") == 0
    )


def test_what_is_no_article_goes_to_the_dead_letters_and_the_next_is_tagged(settings):
    broker = broker_of(settings)
    poison = [b"no json at all", b'{"article_id": "x"}', b"\xff\xfe"]
    send(
        broker,
        *(("articles", "same-partition", value) for value in poison),
        ("articles", "same-partition", encode(article(1))),
    )
    served = msgspec.structs.replace(settings, metrics_port=free_port())
    with service(served, "tag-stream"):
        found = eventually(lambda: tagged(broker))
        eventually(lambda: (seen := scrape(served.metrics_port)) and all_told(seen))
        letters = eventually(
            lambda: (rows := on(broker, "articles-dlq")) and len(rows) == 3 and rows
        )
    assert found["a1"].tagged_at is not None
    assert sorted(r.value or b"" for r in letters) == sorted(poison)
    assert {r.headers["reason"] for r in letters} == {b"not-json", b"wrong-schema"}
    assert {r.headers["topic"] for r in letters} == {b"articles"}


def test_half_a_megabyte_of_names_or_of_quotation_marks_holds_up_nobody_and_ends_nothing(settings):
    """The first became a message of 18.8 MB, at which the process ended for ever;
    the second took minutes, and all waited.
    """
    broker = broker_of(settings)
    names = article("names", text="Afghanistan, Albania, Algeria, Angola, Argentina. " * 9_740)
    marks = article("marks", text='"' * 40_000 + "\n" + "The town has a harbour. " * 3_000)
    assert len(names.text) == 487_000
    send(
        broker, *(("articles", "same-partition", encode(one)) for one in (marks, names, article(1)))
    )
    with service(settings, "tag-stream") as process:
        eventually(lambda: "a1" in tagged(broker), seconds=180)
        send(broker, ("articles", "same-partition", encode(article(2))))
        found = eventually(lambda: len(rows := tagged(broker)) == 4 and rows, seconds=180)
        assert process.poll() is None
    assert "; mentions: the last " in found["anames"].skipped
    assert len(encode(found["anames"])) < MESSAGE_BYTES
    assert found["amarks"].text.rstrip().endswith(marks.text.rstrip())
    assert found["a1"].tagged_at < found["amarks"].tagged_at, (
        "it came behind, and was not made to wait"
    )
    assert on(broker, "articles-dlq") == []


def test_batches_in_every_compression_are_read(settings):
    broker = broker_of(settings)
    for n, codec in enumerate(("none", "gzip", "snappy", "lz4", "zstd")):
        producer = ck.Producer(
            {
                "bootstrap.servers": settings.kafka_bootstrap,
                "compression.type": codec,
                "linger.ms": 50,
            }
        )
        for i in range(20):
            one = article(n * 20 + i)
            producer.produce(
                f"{settings.topic_prefix}articles", key=one.article_id, value=encode(one)
            )
        assert producer.flush(30) == 0
    with service(settings, "tag-stream"):
        eventually(lambda: len(tagged(broker)) == 100)


@pytest.mark.faults
def test_a_worker_killed_hard_loses_nothing_not_even_the_long_article_that_others_passed(settings):
    broker = broker_of(settings)
    long = article("long", text='"' * 40_000 + "\n" + "The town has a harbour. " * 3_000)
    first = [("articles", "same-partition", encode(one)) for one in (long, article(600))]
    send(broker, *first, *(("articles", f"a{n}", encode(article(n))) for n in range(600)))
    doomed = start(settings, "tag-stream")
    try:
        eventually(lambda: "a600" in tagged(broker), seconds=90)
    finally:
        doomed.kill()
        doomed.wait()
    assert len(tagged(broker)) < 602
    with service(settings, "tag-stream"):
        eventually(lambda: len(tagged(broker)) == 602, seconds=180)
