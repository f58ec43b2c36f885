"""Asks the engines regularly whether they are up.

So no loop reports `running` without its engine. A Kafka client waits in silence for a broker that
is gone, and an indexer without work never asks Elasticsearch.
"""

import threading
from collections.abc import Mapping
from typing import Protocol

import structlog

from services.addresses import without_login
from services.ports import Stop
from services.runtime import health
from services.runtime.world import World

ASK_SECONDS = 10.0
"""Seconds between two questions.

An answer costs a few milliseconds; after half a minute of silence a service is not well.
"""

NEEDS_ELASTICSEARCH = ("indexer", "api")

_log = structlog.get_logger()


def start_outlook(world: World, service: str) -> "Outlook":
    """Ask from now on, in a thread of its own. Return what tells the log, which is silent yet."""
    outlook = Outlook()
    threading.Thread(
        target=_ask_again,
        args=(engines_of(world, service), world.stop, outlook),
        name="outlook",
        daemon=True,
    ).start()
    return outlook


class Engine(Protocol):
    """What is asked whether it is up."""

    def is_up(self) -> bool: ...

    def login_refusal(self) -> str: ...


def engines_of(world: World, service: str) -> dict[str, Engine]:
    """Return a dict from the sentence for an engine that is down to the engine.

    It has the engines that the service needs.
    """
    settings = world.settings
    kafka = f"Kafka does not answer at {settings.kafka_bootstrap} (REPORTEDLY_KAFKA_BOOTSTRAP)"
    engines: dict[str, Engine] = {kafka: world.broker}
    if service in NEEDS_ELASTICSEARCH:
        address = without_login(settings.elastic_url)
        elastic = f"Elasticsearch does not answer at {address} (REPORTEDLY_ELASTIC_URL)"
        engines[elastic] = world.search
    return engines


def trouble(engines: Mapping[str, Engine]) -> str:
    """Return the sentences of the engines that are down, joined; "" if all are up.

    An engine that refuses the login says so itself.
    """
    return "; ".join(
        engine.login_refusal() or sentence
        for sentence, engine in engines.items()
        if not engine.is_up()
    )


class Outlook:
    """What the log is told of engines: one line when one stays away, one when all are back.

    A trouble that is gone at the next question is none: an engine that starts has many.
    """

    def __init__(self) -> None:
        self._before = ""
        self._is_told = False
        self._may_speak = False

    def speak(self) -> None:
        """Tell from now on. Until then the start itself says what it waits for."""
        self._may_speak = True

    def saw(self, found: str) -> None:
        """Take note of the trouble that was found; "" for none."""
        if found and self._before and self._may_speak and not self._is_told:
            _log.warning("waiting, nothing is lost", reason=found)
            self._is_told = True
        elif not found and self._is_told:
            _log.info("going on", reason="the engines are up")
            self._is_told = False
        self._before = found


def _ask_again(engines: Mapping[str, Engine], stop: Stop, outlook: Outlook) -> None:
    while not stop.is_set():
        found = trouble(engines)
        health.set_trouble(found)
        outlook.saw(found)
        stop.wait(ASK_SECONDS)
