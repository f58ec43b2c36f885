"""The data views, and the conditions that several panels share."""

from services.dashboards.conditions import Given, Holds, Not
from services.dashboards.definition import View

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
