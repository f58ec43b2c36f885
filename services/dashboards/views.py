"""The data views, and what several panels share."""

from services.dashboards.conditions import Given, Holds, Not
from services.dashboards.definition import ByValue, Chart, Count, View

ARTICLES = View("articles", "first_seen_at")
INCIDENTS = View("incidents", "sorted_at")
CLAIMS = View("claims", "opened_at")
ALERTS = View("alerts", "first_at")
SUPPRESSED = View("suppressed", "at")
DELIVERIES = View("deliveries", "at")
COMMANDS = View("commands", "at")
FEED_HEALTH = View("feed-health", "last_poll_at")
LETTERS = View("dead-letters", "at")

VIEWS = (
    ARTICLES,
    INCIDENTS,
    CLAIMS,
    ALERTS,
    SUPPRESSED,
    DELIVERIES,
    COMMANDS,
    FEED_HEALTH,
    LETTERS,
)

LIVING = Not(Given("merged_into"))
"""A claim that went into another is told there."""

VOICES = Holds("is_voice")
"""Incidents that are news and sure enough to be told."""


def incidents_by_stance(title: str, text: str, groups: ByValue) -> Chart:
    """Return a chart of how many incidents each value has, and of their stances."""
    return Chart(
        title,
        text,
        INCIDENTS,
        "lying-bars",
        (Count("Incidents"),),
        (groups, ByValue("stance", "Stance", 6)),
        where=VOICES,
    )
