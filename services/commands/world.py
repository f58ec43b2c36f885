"""The world of a command: settings, time, Kafka, and Elasticsearch.

A test hands a command another world:

    CliRunner().invoke(watches, ["list"], obj=Instead(broker=MemoryBroker()))

Nothing is contacted before it is needed. An engine that accepts no connection raises Unreachable at
once. The clients are imported when they are needed: they are slow to import, and most commands need
none.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from services.commands.running import Found, find, shown
from services.errors import ConfigError
from services.settings import PREFIX, Settings

if TYPE_CHECKING:
    from services.adapters.kafka import KafkaBroker
    from services.commands.reach import Engine
    from services.commands.saving import Store
    from services.ports import Broker, Fetcher, IndexAdmin, Outgoing, SearchIndex
    from services.runtime.world import World

_FOUND, _TOLD = "services.commands.found", "services.commands.demo-told"


@dataclass(frozen=True)
class Instead:
    """What a command gets instead of the real world; None: the real one."""

    settings: Settings | None = None
    broker: "Broker | None" = None
    index: "SearchIndex | None" = None
    index_admin: "IndexAdmin | None" = None
    fetcher: "Fetcher | None" = None
    world: "World | None" = None
    store: "Store | None" = None


def settings() -> Settings:
    """Return the settings of the environment. Raises ConfigError for an unusable one."""
    return _instead().settings or settings_of(os.environ)


def settings_of(environ: Mapping[str, str]) -> Settings:
    """Return the settings of variables. Raises ConfigError for an unusable one."""
    return Settings.parse(environ)


def now(settings: Settings) -> datetime:
    """Return the time of the settings' clock, in UTC."""
    from services.wiring import clock

    return clock(settings).now()


def broker(settings: Settings) -> "Broker":
    """Return Kafka, to read topics and to write messages. Raises Unreachable."""
    return _instead().broker or kafka(settings)


def kafka(settings: Settings) -> "KafkaBroker":
    """Return the Kafka cluster, to create topics and to compute lags. Raises Unreachable."""
    from services import wiring

    _require("Kafka", settings)
    return wiring.broker(settings)


def store(settings: Settings) -> "Store":
    """Return Kafka, to save its topics and to put them back. Raises Unreachable."""
    return _instead().store or kafka(settings)


def drop_topics(settings: Settings) -> list[str]:
    """Remove all topics with their records, and return their names. Raises Unreachable."""
    return kafka(settings).drop_topics()


def index(settings: Settings) -> "SearchIndex":
    """Return Elasticsearch. Raises Unreachable."""
    from services import wiring

    if instead := _instead().index:
        return instead
    _require("Elasticsearch", settings)
    return wiring.index(settings)


def index_admin(settings: Settings) -> "IndexAdmin":
    """Return Elasticsearch, to make and to replace indices. Raises Unreachable."""
    from services import wiring

    if instead := _instead().index_admin:
        return instead
    _require("Elasticsearch", settings)
    return wiring.index(settings).admin


def fetcher(settings: Settings) -> "Fetcher":
    """Return the web, for addresses that are public or allowed."""
    from services import wiring

    return _instead().fetcher or wiring.fetcher(settings)


def whole(settings: Settings) -> "World":
    """Return all ports, for what sends messages. Nothing is contacted yet."""
    from services import wiring
    from services.runtime.shutdown import SignalStop

    return _instead().world or wiring.connect(settings, SignalStop())


@contextmanager
def lent_addresses(context: click.Context) -> Iterator[None]:
    """Set the addresses of the system in the data folder in the environment, during the context."""
    found = find(os.environ)
    context.meta[_FOUND] = found
    lent = found.variables if found else {}
    before = {name: os.environ[name] for name in lent if name in os.environ}
    os.environ.update(lent)
    try:
        yield
    finally:
        for name in lent:
            os.environ.pop(name, None)
        os.environ.update(before)


def found_here() -> Found | None:
    """Return what runs in the data folder; None if an address is set or no system is needed."""
    context = click.get_current_context(silent=True)
    return context.meta.get(_FOUND) if context else None


def _require(engine: "Engine", settings: Settings) -> None:
    """Raise Unreachable for an engine that accepts no connection. A demo is named once."""
    from services.commands.reach import require

    context, found = click.get_current_context(silent=True), found_here()
    if found is not None and len(found.demos) > 1:
        folders = ", ".join(map(shown, found.demos))
        raise ConfigError(
            f"{len(found.demos)} demos run: name the folder of one in {PREFIX}DATA_DIR: {folders}"
        )
    if context is not None and found is not None and found.demos and not context.meta.get(_TOLD):
        context.meta[_TOLD] = True
        click.echo(f"reportedly: this is the demo in {shown(found.folder)}", err=True)
    require(engine, settings, found)


def send(settings: Settings, *messages: "Outgoing") -> None:
    """Send messages. Return when all are acknowledged. Raises TransientError."""
    producer = broker(settings).producer()
    for message in messages:
        producer.send(message)
    producer.close()


def _instead() -> Instead:
    context = click.get_current_context(silent=True)
    return (context.find_object(Instead) if context else None) or Instead()
