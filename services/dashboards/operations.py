"""The dashboard of how the system itself does."""

from services.dashboards.conditions import AtLeast, Given, Holds, Is, Not
from services.dashboards.definition import (
    ByCondition,
    ByValue,
    Chart,
    Count,
    Dashboard,
    Figure,
    Listing,
    OverTime,
    Percentile,
    Ratio,
    side_by_side,
)
from services.dashboards.views import (
    ALERTS,
    ARTICLES,
    COMMANDS,
    DELIVERIES,
    FEED_HEALTH,
    LETTERS,
    SUPPRESSED,
)

ALERT_SECONDS = 900
DELIVERY_SECONDS = 5
"""The limits of the service levels, in seconds: those of services/desk/pipeline/levels.py."""


def _share_below(field: str, limit: int) -> Ratio:
    in_time = Count("In time", Not(AtLeast(field, limit)))
    return Ratio(in_time, Count("All"), "In time", "share")


_ALERTS = Chart(
    "Alerts opened", "Alerts by their first revision.", ALERTS, "number", (Count("Alerts"),)
)
_MEDIAN = Chart(
    "From publication to alert",
    "Half of the alerts were decided within this time after their evidence was published.",
    ALERTS,
    "number",
    (Percentile("seconds_from_publication", 50, "Median", "seconds"),),
)
_FAILED = Chart(
    "Failed deliveries",
    "Attempts to deliver a revision to a channel that failed.",
    DELIVERIES,
    "number",
    (Count("Failed"),),
    where=Is("outcome", ("failed",)),
)
_LATENCY = Chart(
    "From publication to alert over time",
    "Time until the first revision of an alert was decided.",
    ALERTS,
    "lines",
    (
        Percentile("seconds_from_publication", 50, "Half of the alerts within", "seconds"),
        Percentile("seconds_from_publication", 95, "95% of the alerts within", "seconds"),
    ),
    (OverTime("Alert opened"),),
)
_IN_TIME = Chart(
    "Service level: alerts in time",
    "Alerts that were decided within 15 minutes after their evidence was published; 95% should be.",
    ALERTS,
    "number",
    (_share_below("seconds_from_publication", ALERT_SECONDS),),
    where=Given("seconds_from_publication"),
)
_SENT_IN_TIME = Chart(
    "Service level: messages in time",
    "Messages sent within 5 s after their evidence was seen, of those that nothing made wait; "
    "99% should be.",
    DELIVERIES,
    "number",
    (_share_below("seconds_from_sight", DELIVERY_SECONDS),),
    where=Given("seconds_from_sight"),
)
_LEVELS = Chart(
    "Service level: messages in time, over time",
    "Share of the messages that were sent within 5 s after their evidence was seen.",
    DELIVERIES,
    "lines",
    (_share_below("seconds_from_sight", DELIVERY_SECONDS),),
    (OverTime("Sent"),),
    where=Given("seconds_from_sight"),
)
_LAG = Chart(
    "Lag: from first sight to tagged",
    "Time from when the poller saw an article until the tagger had read it.",
    ARTICLES,
    "lines",
    (
        Percentile("seconds_from_sight", 50, "Half of the articles within", "seconds"),
        Percentile("seconds_from_sight", 95, "95% of the articles within", "seconds"),
    ),
    (OverTime("First seen"),),
)
_OUTCOMES = Chart(
    "Deliveries by outcome",
    "Attempts to deliver a revision to a channel.",
    DELIVERIES,
    "bars",
    (Count("Attempts"),),
    (OverTime("Attempted"), ByValue("outcome", "Outcome", 3)),
)
_HELD_BACK = Chart(
    "Hits held back, by reason",
    "Hits of watches that raised no alert.",
    SUPPRESSED,
    "lying-bars",
    (Count("Hits"),),
    (ByValue("reason", "Reason", 12),),
)
_QUIET = Chart(
    "Feeds that have been quiet longest",
    "Feeds that brought an article in this time, those with the oldest newest article first.",
    ARTICLES,
    "table",
    (Figure("max", "first_seen_at", "Newest article", "time"), Count("Articles")),
    (ByValue("feed_id", "Feed", 10, rising=True),),
)
_TROUBLE = Chart(
    "Feeds by the outcome of their last poll",
    "Feeds polled in this time: those that failed, by the kind of trouble, and those that did not.",
    FEED_HEALTH,
    "lying-bars",
    (Count("Feeds"),),
    (
        ByCondition(
            "Last poll",
            (
                ("read", Holds("is_alive")),
                ("unreachable", Is("trouble", ("unreachable",))),
                ("refused", Is("trouble", ("refused",))),
                ("unreadable", Is("trouble", ("unreadable",))),
                ("gone", Is("trouble", ("gone",))),
                ("limited", Is("trouble", ("limited",))),
                ("bot wall", Is("trouble", ("wall",))),
            ),
        ),
    ),
)
_DEAD = Listing(
    "reportedly-dead-feeds",
    "Failing and dead feeds",
    "Feeds whose last poll failed, those polled last first.",
    FEED_HEALTH,
    (
        ("feed_id", "Feed"),
        ("trouble", "Trouble"),
        ("failing_since", "Failing since"),
        ("failures", "Failed polls"),
        ("last_success_at", "Last read"),
        ("last_new_at", "Last new article"),
        ("last_error", "Last error"),
    ),
    "last_poll_at",
    where=Holds("is_alive", is_so=False),
)
_ORDERS = Chart(
    "Orders of readers",
    "Acknowledgements, snoozes, and the like, by what was asked for.",
    COMMANDS,
    "lying-bars",
    (Count("Orders"),),
    (ByValue("action", "Order", 8),),
)
_LETTERS = Chart(
    "Dead letters, by stage and reason",
    "Messages that a service could not process.",
    LETTERS,
    "lying-bars",
    (Count("Dead letters"),),
    (ByValue("stage", "Stage", 8), ByValue("reason", "Reason", 8)),
)
_NEWEST_LETTERS = Listing(
    "reportedly-newest-dead-letters",
    "Newest dead letters",
    "reportedly dlq show TOPIC OFFSET has the message; of a state topic, reportedly state list.",
    LETTERS,
    (
        ("at", "Set aside"),
        ("stage", "Stage"),
        ("topic", "Topic"),
        ("offset", "Offset"),
        ("reason", "Reason"),
        ("article_id", "Article"),
    ),
    "at",
)
_NEWEST = Listing(
    "reportedly-newest-alerts",
    "Newest alerts",
    "Alerts with their last revision.",
    ALERTS,
    (
        ("last_at", "Last revision"),
        ("watch_name", "Watch"),
        ("last_kind", "Change"),
        ("status", "Status"),
        ("n_revisions", "Revisions"),
        ("last_text", "Text"),
    ),
    "last_at",
)

OPERATIONS = Dashboard(
    "reportedly-operations",
    "Reportedly: operations",
    "How quickly alerts go out, what fails, and what is held back.",
    7,
    side_by_side(
        (8, ((16, _ALERTS), (16, _MEDIAN), (16, _FAILED))),
        (8, ((12, _IN_TIME), (12, _SENT_IN_TIME), (24, _LEVELS))),
        (14, ((24, _LATENCY), (24, _LAG))),
        (14, ((24, _OUTCOMES), (24, _HELD_BACK))),
        (13, ((24, _TROUBLE), (24, _ORDERS))),
        (12, ((20, _LETTERS), (28, _NEWEST_LETTERS))),
        (12, ((48, _DEAD),)),
        (13, ((48, _QUIET),)),
        (13, ((48, _NEWEST),)),
    ),
)
