"""The world of a command: settings, time, Kafka, and Elasticsearch, all of them asked for here.

A test hands a command another world:

    CliRunner().invoke(watches, ["list"], obj=Instead(broker=MemoryBroker()))

Nothing is contacted before it is used. The clients are imported when they are asked for: they are
slow to import, and most commands need none.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from services.settings import Settings

if TYPE_CHECKING:
    from services.adapters.kafka import KafkaBroker
    from services.ports import Broker, Outgoing, SearchIndex


@dataclass(frozen=True)
class Instead:
    """What a command gets instead of the real thing; None: the real thing."""

    settings: Settings | None = None
    broker: "Broker | None" = None
    index: "SearchIndex | None" = None


def settings() -> Settings:
    """Return the settings of the environment. Raises ConfigError for one that can't be used."""
    return _instead().settings or Settings.parse(os.environ)


def now(settings: Settings) -> datetime:
    """Return the time of the settings' clock, in UTC."""
    from services.wiring import clock

    return clock(settings).now()


def broker(settings: Settings) -> "Broker":
    """Return Kafka, to read topics and to write messages."""
    return _instead().broker or kafka(settings)


def kafka(settings: Settings) -> "KafkaBroker":
    """Return Kafka itself, for what only a cluster has: topics to create, and groups that lag."""
    from services import wiring

    return wiring.broker(settings)


def index(settings: Settings) -> "SearchIndex":
    """Return Elasticsearch."""
    from services import wiring

    return _instead().index or wiring.index(settings)


def send(settings: Settings, *messages: "Outgoing") -> None:
    """Send messages and return when all are acknowledged. Raises TransientError."""
    producer = broker(settings).producer()
    for message in messages:
        producer.send(message)
    producer.close()


def _instead() -> Instead:
    context = click.get_current_context(silent=True)
    return (context.find_object(Instead) if context else None) or Instead()
