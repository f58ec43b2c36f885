"""Every metric of every service: name, kind, meaning, labels. docs/metrics.md is generated from it.

A name is a member of a Literal, and a label is a key of `Labels`, so the type checker finds
misspellings. A test holds each call to the labels defined here. An unlisted value counts as
`other`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypedDict, get_args

from services import __version__
from services.channels import Scheme
from services.messages.base import Cause
from services.messages.events import EVENTS
from services.messages.topics import topics
from services.runtime.health import SERVICES

Counter = Literal[
    "reportedly_consumed_records_total",
    "reportedly_processed_records_total",
    "reportedly_dead_letters_total",
    "reportedly_produced_messages_total",
    "reportedly_produced_bytes_total",
    "reportedly_waits_total",
    "reportedly_state_rows_loaded_total",
    "reportedly_state_rows_set_aside_total",
    "reportedly_restarts_total",
    "reportedly_documents_total",
    "reportedly_worker_deaths_total",
    "reportedly_worker_renewals_total",
    "reportedly_polls_total",
    "reportedly_articles_total",
    "reportedly_quota_hits_total",
    "reportedly_pushes_total",
    "reportedly_pages_total",
    "reportedly_fetched_bytes_total",
    "reportedly_deliveries_total",
    "reportedly_api_requests_total",
    "reportedly_api_rows_skipped_total",
    "reportedly_api_wrong_tokens_total",
    "reportedly_spans_total",
]
Gauge = Literal[
    "reportedly_service_info",
    "reportedly_oldest_unprocessed_age_seconds",
    "reportedly_lag_records",
    "reportedly_heartbeat_age_seconds",
    "reportedly_live_listeners",
    "reportedly_feeds",
    "reportedly_open_deliveries",
    "reportedly_lost_destinations",
    "reportedly_judged_things",
    "reportedly_right_ratio",
    "reportedly_judged_rule_things",
    "reportedly_right_rule_ratio",
    "reportedly_judged_watch_things",
    "reportedly_right_watch_ratio",
]
Histogram = Literal[
    "reportedly_batch_records",
    "reportedly_batch_seconds",
    "reportedly_record_latency_seconds",
    "reportedly_latency_seconds",
    "reportedly_state_load_seconds",
    "reportedly_bulk_seconds",
    "reportedly_fetch_seconds",
    "reportedly_poll_lag_seconds",
    "reportedly_parse_seconds",
    "reportedly_post_seconds",
    "reportedly_api_seconds",
]
Name = Counter | Gauge | Histogram
Kind = Literal["counter", "gauge", "histogram"]


class Labels(TypedDict, total=False):
    """All labels. No label holds a feed, an address, or another value that outsiders choose.

    `rule` and `watch` are open: at most so many values as MOST_NAMED says.
    """

    service: str
    version: str
    group: str
    topic: str
    reason: str
    during: str
    stage: str
    since: str
    cause: str
    outcome: str
    channel: str
    route: str
    status: str
    state: str
    event: str
    bound: str
    rule: str
    watch: str


OTHER = "other"
"""The value of a label in place of every value that is not listed."""

PROCESSES = (*SERVICES, "up")
GROUPS = (
    "poller",
    "tagger",
    "tracker-route",
    "tracker-fold",
    "tracker-judge",
    "indexer",
    "alerter-match",
    "alerter-fold",
    "notifier",
)
TOPICS = tuple(spec.name for spec in topics())
REASONS = (
    "not-json",
    "wrong-schema",
    "too-large",
    "unreadable",
    "untaggable",
    "too-slow",
    "not-indexable",
    "not-restored",
    "failed-three-times",
    "empty",
)
"""Why a message is a dead letter: the reasons of `InvalidMessage` that consumers give."""

ROUTES = (
    "/",
    "/static/{digest}/{name}",
    "/articles/{article_id}",
    "/freshness/{panel}",
    "/docs",
    "/style.css",
    "/health",
    "/ready",
    "/alerts",
    "/alerts/read",
    "/alerts/{alert_id}",
    "/alerts/{alert_id}/why",
    "/alerts/{alert_id}/orders",
    "/since",
    "/claims/{claim_id}",
    "/search",
    "/watches",
    "/watches/new",
    "/watches/check",
    "/watches/preview",
    "/watches/restore",
    "/watches/{watch_id}",
    "/watches/{watch_id}/compare",
    "/watches/{watch_id}/delete",
    "/watches/{watch_id}/test-delivery",
    "/v1/claims/{id}/history",
    "/v1/claims/{id}/evidence",
    "/v1/claims/{id}/judgements",
    "/v1/claims/{id}/dossier",
    "/v1/alerts/{alert_id}/acknowledge",
    "/v1/alerts/{alert_id}/reopen",
    "/v1/alerts/{alert_id}/snooze",
    "/v1/alerts/{alert_id}/mute",
    "/v1/alerts/{alert_id}/resume",
    "/v1/alerts/{alert_id}/standing",
    "/v1/alerts/{alert_id}/why",
    "/v1/marks",
    "/login",
    "/logout",
    "/v1/watches",
    "/v1/watches/{watch_id}",
    "/v1/watches/check",
    "/v1/watches/preview",
    "/v1/watches/{watch_id}/test-delivery",
    "/v1/people/me",
    "/v1/tokens",
    "/v1/tokens/{token_id}",
    "/metrics",
    "/v1/articles",
    "/v1/claims",
    "/v1/alerts",
    "/v1/suppressed",
    "/v1/search",
    "/v1/live",
    "/v1/sources",
    "/v1/sources/{feed_id}",
    "/v1/freshness",
    "/v1/pipeline",
    "/v1/dead-letters",
    "/v1/dead-letters/redrive",
    "/feeds",
    "/feeds/add",
    "/feeds/list",
    "/feeds/{feed_id}/remove",
    "/feeds/{feed_id}/bring-back",
    "/pipeline",
    "/pipeline/redrive",
    "/v1/feeds/alerts.atom",
    "/v1/feeds/alerts.json",
    "/v1/feeds/claims.atom",
    "/v1/feeds/claims.json",
    "/v1/feeds/cap/{id}",
    "/v1/verdicts",
    "/v1/verdicts/{verdict_id}",
    "/v1/verdicts/figures",
    "/v1/verdicts/sample",
    "/v1/verdicts/suggestions",
    "/verdicts",
    "/verdicts/undo",
    "/verdicts/suggestions",
    "/verdicts/aliases.yaml",
    "/v1/{kind}/{id}",
    "/v1/websub/{feed_id}/{key}/{token}",
    "/v1/links/style.css",
    "/v1/links/{act}/{token}",
)
"""Paths of the API, as its routes are written; any other path counts as `other`."""

FEED_STATES = ("assigned", "overdue", "failing", "gone", "over-quota", "died", "quiet")

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Buckets of durations, in seconds."""
LATENCY_SECONDS = (
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    15.0,
    30.0,
    60.0,
    300.0,
    900.0,
    3600.0,
    21600.0,
    86400.0,
)
BATCH_RECORDS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)


@dataclass(frozen=True)
class Definition:
    """The meaning of a metric. `labels` maps each label to its allowed values.

    `is_open`: names that are no constants stand in its first label, at most MOST_NAMED of them.
    """

    kind: Kind
    help: str
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    buckets: tuple[float, ...] = SECONDS
    is_open: bool = False


MOST_NAMED = 20
"""Names that an open label has, beside `other`. A dashboard shows as many; a scrape stays small."""

_MOST_JUDGED = f"(the {MOST_NAMED} of which most was judged)"

_LOOP = {"service": PROCESSES, "group": GROUPS}
_FROM_TOPIC = {**_LOOP, "topic": TOPICS}
_TO_TOPIC = {"service": PROCESSES, "topic": TOPICS}

DEFINITIONS: Mapping[Name, Definition] = {
    "reportedly_service_info": Definition(
        "gauge",
        "1 for the service that this process runs, with its version.",
        {"service": PROCESSES, "version": (__version__,)},
    ),
    "reportedly_heartbeat_age_seconds": Definition(
        "gauge",
        "Time since the last beat of the process's slowest loop.",
        {"service": PROCESSES},
    ),
    "reportedly_consumed_records_total": Definition(
        "counter", "Records that a consumer group was given.", _FROM_TOPIC
    ),
    "reportedly_processed_records_total": Definition(
        "counter",
        "Records whose output is acknowledged and whose offset is committed.",
        _FROM_TOPIC,
    ),
    "reportedly_dead_letters_total": Definition(
        "counter",
        "Records put into a dead-letter topic, by reason.",
        {**_TO_TOPIC, "reason": REASONS},
    ),
    "reportedly_produced_messages_total": Definition(
        "counter", "Messages sent, state and dead letters included.", _TO_TOPIC
    ),
    "reportedly_produced_bytes_total": Definition(
        "counter", "Bytes of the values of the messages sent.", _TO_TOPIC
    ),
    "reportedly_waits_total": Definition(
        "counter",
        "Waits of a loop for Kafka, Elasticsearch, or a host, by what it was doing.",
        {**_LOOP, "during": ("connect", "poll", "batch", "idle", "load", "publish")},
    ),
    "reportedly_batch_records": Definition(
        "histogram", "Records of a batch.", _LOOP, BATCH_RECORDS
    ),
    "reportedly_batch_seconds": Definition(
        "histogram", "Time of one try at a batch: step, send, and commit.", _LOOP
    ),
    "reportedly_oldest_unprocessed_age_seconds": Definition(
        "gauge",
        "Age, by the broker's timestamp, of the oldest record in hand; 0 after an empty poll.",
        _LOOP,
    ),
    "reportedly_lag_records": Definition(
        "gauge",
        "Records, by offset, between this process and the ends of its partitions as last fetched.",
        _LOOP,
    ),
    "reportedly_record_latency_seconds": Definition(
        "histogram",
        "From the broker's timestamp of a record to the end of its batch.",
        _FROM_TOPIC,
        LATENCY_SECONDS,
    ),
    "reportedly_latency_seconds": Definition(
        "histogram",
        "News time to the end of a stage, since the article was published or this version was "
        "seen.",
        {"stage": ("seen", "tagged", "decided", "delivered"), "since": ("published", "seen")},
        LATENCY_SECONDS,
    ),
    "reportedly_state_rows_loaded_total": Definition(
        "counter", "Rows of state read when a partition was assigned.", _LOOP
    ),
    "reportedly_state_rows_set_aside_total": Definition(
        "counter",
        "Rows of state that could not be read and went to the state's dead letters.",
        _LOOP,
    ),
    "reportedly_state_load_seconds": Definition(
        "histogram", "Time to read the state of one partition.", _LOOP
    ),
    "reportedly_feeds": Definition(
        "gauge",
        "Feeds of this poller: all assigned, and those in each trouble; a feed may have several.",
        {"state": FEED_STATES},
    ),
    "reportedly_polls_total": Definition(
        "counter", "Polls that came to an end.", {"outcome": ("unchanged", "read", "failed")}
    ),
    "reportedly_articles_total": Definition(
        "counter", "Versions of articles published.", {"cause": get_args(Cause)}
    ),
    "reportedly_quota_hits_total": Definition(
        "counter", "Polls after which entries wait for the next hour."
    ),
    "reportedly_pushes_total": Definition(
        "counter",
        "What came from WebSub hubs, and requests to them without an answer.",
        {"outcome": ("content", "verified", "denied", "not-signed", "not-current", "no-answer")},
    ),
    "reportedly_pages_total": Definition(
        "counter",
        "Web pages of entries; what is doubtful or failed leaves the feed's text.",
        {"outcome": ("read", "doubtful", "failed")},
    ),
    "reportedly_fetch_seconds": Definition(
        "histogram",
        "Time of one request for a feed or a page, with the wait for its host; also if it failed.",
    ),
    "reportedly_poll_lag_seconds": Definition(
        "histogram", "Time from which a feed was due until its poll began, but for its first."
    ),
    "reportedly_fetched_bytes_total": Definition(
        "counter", "Bytes of the decoded bodies of feeds."
    ),
    "reportedly_parse_seconds": Definition(
        "histogram", "Time to parse one document, with the wait for a parser."
    ),
    "reportedly_restarts_total": Definition(
        "counter",
        "Restarts of a service by `up`, by the cause.",
        {"service": SERVICES, "cause": ("ended", "hung", "unstartable")},
    ),
    "reportedly_documents_total": Definition(
        "counter",
        "Documents given to Elasticsearch, by its answer; those that wait count at each try.",
        {"outcome": ("stored", "stale", "retry", "rejected", "unclear")},
    ),
    "reportedly_bulk_seconds": Definition("histogram", "Time of one bulk request and its answer."),
    "reportedly_worker_deaths_total": Definition(
        "counter",
        "Child processes that ended during their work (texts, feeds), by the cause.",
        {"cause": ("time", "memory", "crash")},
    ),
    "reportedly_worker_renewals_total": Definition(
        "counter", "Child processes whose place a new one took because they had grown."
    ),
    "reportedly_deliveries_total": Definition(
        "counter",
        "Deliveries written down: one a revision and channel.",
        {"outcome": ("delivered", "failed", "skipped"), "channel": get_args(Scheme)},
    ),
    "reportedly_open_deliveries": Definition(
        "gauge",
        "Deliveries of this notifier that wait for their time or another try, or were given up.",
        {"state": ("waiting", "given-up")},
    ),
    "reportedly_lost_destinations": Definition(
        "gauge", "Destinations of this notifier that could not be reached, or are switched off."
    ),
    "reportedly_post_seconds": Definition(
        "histogram", "Time of one message to a receiver and its answer, also of one that failed."
    ),
    "reportedly_api_requests_total": Definition(
        "counter",
        "Requests answered by the API.",
        {"route": ROUTES, "status": ("2xx", "3xx", "4xx", "5xx")},
    ),
    "reportedly_api_seconds": Definition(
        "histogram",
        "Time of one request of the API; of a live stream, until its listener has gone.",
        {"route": ROUTES},
    ),
    "reportedly_api_rows_skipped_total": Definition(
        "counter",
        "Rows of compacted topics that the API could not read, or had no room for.",
        {"topic": TOPICS},
    ),
    "reportedly_api_wrong_tokens_total": Definition(
        "counter", "Wrong tokens that the API was shown."
    ),
    "reportedly_spans_total": Definition(
        "counter",
        "Spans of traces that the collector took, and those dropped: it was away, or too slow.",
        {"service": PROCESSES, "outcome": ("sent", "dropped")},
    ),
    "reportedly_live_listeners": Definition("gauge", "Listeners of the live stream."),
    "reportedly_judged_things": Definition(
        "gauge",
        "Incidents, claims, and alerts that the desk judged, by the type of event.",
        {"event": ("all", *EVENTS), "outcome": ("right", "wrong", "unwanted")},
    ),
    "reportedly_right_ratio": Definition(
        "gauge",
        "Share of them that is right, with the ends of its 95 % interval; NaN without a verdict.",
        {"event": ("all", *EVENTS), "bound": ("share", "low", "high")},
    ),
    "reportedly_judged_rule_things": Definition(
        "gauge",
        "Things that the desk judged, by the rules that read them; one may be of several.",
        {"rule": (_MOST_JUDGED,), "outcome": ("right", "wrong", "unwanted")},
        is_open=True,
    ),
    "reportedly_right_rule_ratio": Definition(
        "gauge",
        "Share of a rule's judged things that is right, with the ends of its 95 % interval.",
        {"rule": (_MOST_JUDGED,), "bound": ("share", "low", "high")},
        is_open=True,
    ),
    "reportedly_judged_watch_things": Definition(
        "gauge",
        "Alerts that the desk judged, by watch; those of people and groups count as `other`.",
        {"watch": (_MOST_JUDGED,), "outcome": ("right", "wrong", "unwanted")},
        is_open=True,
    ),
    "reportedly_right_watch_ratio": Definition(
        "gauge",
        "Share of a watch's judged alerts that is right, with the ends of its 95 % interval.",
        {"watch": (_MOST_JUDGED,), "bound": ("share", "low", "high")},
        is_open=True,
    ),
}

NAMES: Mapping[Kind, tuple[str, ...]] = {
    "counter": get_args(Counter),
    "gauge": get_args(Gauge),
    "histogram": get_args(Histogram),
}
