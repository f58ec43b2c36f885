"""Checks whether an engine is reachable before its client is made.

A client keeps trying for ten seconds, and its errors say little.
"""

import os
import socket
from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import urlsplit

from services.addresses import without_login
from services.commands.running import Found, shown, state_of
from services.errors import TransientError
from services.runtime.program import program
from services.settings import PREFIX, Settings

CONNECT_SECONDS = 2.0
"""Seconds to open a connection. Across an ocean it takes a fifth of one."""

Engine = Literal["Kafka", "Elasticsearch"]

FIELDS: Mapping[Engine, str] = {"Kafka": "kafka_bootstrap", "Elasticsearch": "elastic_url"}
"""Engine to the setting with its address."""

_PORTS = {"http": 80, "https": 443}


class Unreachable(TransientError):
    """An engine that accepts no connection.

    `why`: where its address comes from. `what_to_do`: for a person, on a line of its own.
    """

    def __init__(self, engine: Engine, address: str, why: str, what_to_do: str) -> None:
        self.address, self.why, self.what_to_do = address, why, what_to_do
        super().__init__(f"{engine} does not answer at {address} ({why}):\n{what_to_do}")


def require(engine: Engine, settings: Settings, found: Found | None) -> None:
    """Raise Unreachable, within seconds, unless an address of the engine accepts a connection.

    `found` is what runs in the data folder; None if nobody looked.
    """
    if not answers(engine, settings):
        raise Unreachable(engine, shown_address(engine, settings), *_why(engine, found))


def answers(engine: Engine, settings: Settings) -> bool:
    """Return True if one of an engine's addresses accepts a connection."""
    for host, port in addresses(engine, settings):
        try:
            socket.create_connection((host, port), CONNECT_SECONDS).close()
        except (OSError, ValueError):
            continue
        return True
    return False


def shown_address(engine: Engine, settings: Settings) -> str:
    """Return an engine's address without its password."""
    address: str = getattr(settings, FIELDS[engine])
    return without_login(address)


def addresses(engine: Engine, settings: Settings) -> Iterator[tuple[str, int]]:
    """Yield host and port of an engine's addresses."""
    if engine == "Elasticsearch":
        url = urlsplit(settings.elastic_url)
        yield url.hostname or "", url.port or _PORTS[url.scheme]
        return
    for address in settings.kafka_bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        yield host.strip("[]"), int(port)


def _why(engine: Engine, found: Found | None) -> tuple[str, str]:
    """Return where the address comes from, and what to do."""
    variable = PREFIX + FIELDS[engine].upper()
    if found is not None and variable in found.variables:
        logs = shown(found.folder / "logs")
        return (
            f"of the system in {shown(found.folder)}",
            f"it has just ended, or is ill: see {logs}",
        )
    if variable in os.environ or f"{variable}_FILE" in os.environ:
        return f"from {variable}", f"start it there, or set {variable} to where it runs"
    both = " and ".join(PREFIX + field.upper() for field in FIELDS.values())
    run = f"run `{program()} up` in another shell, or set {both}"
    if found is None:
        is_other_set = any(PREFIX + field.upper() in os.environ for field in FIELDS.values())
        why = (
            "the default, as the address of the other engine is set"
            if is_other_set
            else "of this process"
        )
        return why, f"set {variable}, too" if is_other_set else "it has just ended, or is ill"
    state, folder = state_of(found.folder)
    match state:
        case "starting":
            return (
                f"the default, as the system in {shown(folder)} is starting",
                "wait until it says that it is running",
            )
        case "ended":
            return f"the default, as the system in {shown(folder)} has ended", run
    return f"the default, as no system runs in {shown(folder)}", run
