"""The past of a watch: the articles that it may have alerted on, in full.

the index finds them ─► the topic `tagged-articles` has them as the alerter reads them
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from msgspec.structs import replace

from services.api.desk import Desk
from services.errors import InvalidMessage
from services.messages import TaggedArticle, Watch, decode
from services.ports import Broker, JsonObject, SearchIndex, TopicPartition
from services.search.asked import Filters
from services.search.pages import every_row
from services.search.watch import of_watch

TOPIC = "tagged-articles"

MOST_ARTICLES = 1_000
"""Articles of one trial, the newest. Each takes some milliseconds, and 100 kB while it lasts."""

MOST_ROWS = MOST_ARTICLES + 1
"""Articles or claims that the index is asked for, the newest: one more shows that there are."""

MOST_SCANNED = 24_000
"""Records of the topic that are looked through, the newest: two days of 10,000 articles a day.

Kafka knows no article by its id. Those that are not wanted are not decoded.
"""

MOST_BYTES = 64 * 2**20
"""Bytes of the articles of one trial, as they are stored."""

READ_SECONDS = 8.0
"""Seconds for which articles are read at most. A person waits for the answer."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Past:
    """The articles of watches in full. `n_found`: those that the index names, read or not."""

    articles: tuple[TaggedArticle, ...]
    n_found: int


def past_of(
    desk: Desk,
    watches: Sequence[Watch],
    since: datetime,
    clock: Callable[[], float] = time.monotonic,
) -> Past:
    """Return the articles that watches may have alerted on since a time.

    They hold the words of a watch, or report a claim of its events, people, and places, however
    sure it was: the alerter's fold decides on that. Raises TransientError.
    """
    found: dict[str, None] = {}
    for watch in watches:
        found |= dict.fromkeys(_ids(desk.search, watch, since))
    ids = [*found][:MOST_ARTICLES]
    return Past(tuple(_read(desk.broker, frozenset(ids), clock)), len(found))


def _ids(search: SearchIndex, watch: Watch, since: datetime) -> list[str]:
    """Return the ids of a watch's articles: those of its claims, or with its words."""
    asked = of_watch(_at_any_level(watch), Filters(since=since))
    rows = [row.document for row in every_row(search, asked, MOST_ROWS)]
    if asked.kind != "articles":
        return [str(id) for row in rows for id in row.get("article_ids") or ()]
    ids = [str(row.get("article_id")) for row in rows]
    # What an alert on words is later told to be is up to its claims, which have other articles.
    return [*dict.fromkeys((*ids, *_beside(search, ids)))]


def _at_any_level(watch: Watch) -> Watch:
    """Return a watch whose condition asks for events, people, and places alone.

    A claim that reached a level may have lost it since.
    """
    if watch.claim is None:
        return watch
    claim = replace(watch.claim, status=None, independent=0, killed=0, confidence=0.0)
    return replace(watch, claim=claim)


def _beside(search: SearchIndex, ids: Sequence[str]) -> list[str]:
    """Return the articles of the claims that some articles report."""
    if not ids:
        return []
    body: JsonObject = {
        "query": {"terms": {"article_ids": [*ids]}},
        "size": MOST_ROWS,
        "_source": ["article_ids"],
    }
    hits = search.search("claims", body)["hits"]["hits"]
    return [str(id) for hit in hits for id in hit["_source"].get("article_ids") or ()]


def _read(
    broker: Broker, ids: frozenset[str], clock: Callable[[], float]
) -> Iterable[TaggedArticle]:
    """Yield the versions of articles that the topic still has."""
    if not ids:
        return
    n, until, n_bytes = broker.n_partitions(TOPIC), clock() + READ_SECONDS, 0
    partitions = [TopicPartition(TOPIC, number) for number in range(n)]
    reader = broker.reader()
    try:
        spans = {partition: reader.span(partition) for partition in partitions}
        start = {p: max(first, end - MOST_SCANNED // n) for p, (first, end) in spans.items()}
        for record in reader.read_to_end(partitions, start):
            if clock() > until or n_bytes > MOST_BYTES:
                return
            if record.key not in ids or record.value is None:
                continue
            n_bytes += len(record.value)
            try:
                yield decode(TaggedArticle, record.value)
            except InvalidMessage as error:
                # Whoever reads the topic for its stage puts it with the dead letters.
                _log.warning("an article is left out", offset=record.offset, reason=str(error))
    finally:
        reader.close()
