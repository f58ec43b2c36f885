"""What is watched, counted for the daily message: by the pollers' timings, and by the search."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.channels import SUBSCRIBER
from services.errors import InvalidMessage, TransientError
from services.messages import FeedTiming, FeedTimings, Subscriber, decode
from services.notifier.policies.daily import Watched
from services.ports import JsonObject, TopicPartition
from services.runtime.world import World

DAY = timedelta(days=1)

TIMINGS = "feed-timings"


def watched(
    world: World, subscriber: Subscriber, now: datetime, feeds: Sequence[FeedTiming]
) -> Watched:
    """Return what was read in the last day, with the timings of all feeds. Blocks."""
    polls = [feed.polled_at for feed in feeds if feed.polled_at is not None]
    seen = Watched(
        feeds=len(feeds),
        alive=sum(at > now - DAY for at in polls),
        polled_at=max(polls, default=None),
        unknown="The search does not answer, so articles and alerts can't be counted.",
    )
    try:
        read = _counts(world, "articles", _read(now))
        told = _counts(world, "deliveries", _told(subscriber, now))
    except TransientError:
        return seen
    last = read.get("last", {}).get("value_as_string")
    return Watched(
        feeds=seen.feeds,
        alive=seen.alive,
        polled_at=seen.polled_at,
        articles=read.get("day", {}).get("doc_count", 0),
        read_at=datetime.fromisoformat(last) if last else None,
        alerts=told.get("alerts", {}).get("value", 0),
    )


def _counts(world: World, index: str, body: JsonObject) -> JsonObject:
    """Return what was counted: nothing before the first document, for there is no index then."""
    found: JsonObject = world.search.search(index, body).get("aggregations", {})
    return found


def feed_timings(world: World) -> list[FeedTiming]:
    """Return the timings of all feeds, as their pollers told them last.

    Blocks. Raises TransientError without Kafka.
    """
    count = world.broker.n_partitions(TIMINGS)
    reader = world.broker.reader()
    rows: dict[str, FeedTimings] = {}
    try:
        for record in reader.read_to_end([TopicPartition(TIMINGS, n) for n in range(count)]):
            try:
                if record.value is not None:
                    rows[record.key or ""] = decode(FeedTimings, record.value)
            except InvalidMessage:
                rows.pop(record.key or "", None)  # its feeds count as not polled at all
    finally:
        reader.close()
    return [feed for row in rows.values() for feed in row.feeds]


def _read(now: datetime) -> JsonObject:
    """Return a search that counts the articles read in a day, and finds the last of all."""
    day = {"range": {"tagged_at": {"gt": (now - DAY).isoformat()}}}
    last = {"max": {"field": "tagged_at", "format": "strict_date_time"}}
    return {"size": 0, "aggs": {"day": {"filter": day}, "last": last}}


def _told(subscriber: Subscriber, now: datetime) -> JsonObject:
    """Return a search that counts the alerts that a subscriber was told of in a day."""
    channels = [*(contact.to for contact in subscriber.targets), f"{SUBSCRIBER}:{subscriber.id}"]
    return {
        "size": 0,
        "query": {
            "bool": {
                "filter": [
                    {"terms": {"channel": channels}},
                    {"term": {"outcome": "delivered"}},
                    {"range": {"at": {"gt": (now - DAY).isoformat()}}},
                ]
            }
        },
        "aggs": {"alerts": {"cardinality": {"field": "alert_id"}}},
    }
