"""The API of a test: its desk over stand-ins, and who may use it."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from builders import START
from fastapi import FastAPI
from stand_ins import stand_in
from starlette.types import ASGIApp

from services.adapters.memory import MemoryBroker
from services.api.access.gate import Access
from services.api.desk import Desk
from services.api.guard import LOCAL
from services.api.routes import make_app, make_routes
from services.api.sender import Sender
from services.api.stream.live import Live
from services.api.tables import Tables
from services.ports import Stop
from services.runtime.shutdown import SignalStop
from services.settings import Settings


def desk_of(
    search: object = None,
    broker: MemoryBroker | None = None,
    stop: Stop | None = None,
    now: Callable[[], datetime] = lambda: START,
    **settings: Any,
) -> Desk:
    """A desk that reads its tables whenever it is asked, so a test waits for no thread."""
    broker = broker or MemoryBroker()
    return Desk(
        search=stand_in(search),
        broker=broker,
        sender=Sender(broker),
        tables=Tables(broker, stop or SignalStop()),
        now=now,
        settings=Settings(**settings),
    )


def open_access(desk: Desk) -> Access:
    """Lets everybody on this machine do everything, as `reportedly up` does."""
    return Access(desk.tables, "loopback")


def open_app(
    search: object = None,
    broker: MemoryBroker | None = None,
    stop: Stop | None = None,
    hosts: Collection[str] = LOCAL,
    live: Live | None = None,
    **more: Any,
) -> ASGIApp:
    """The whole API for a local operator."""
    desk = desk_of(search, broker, stop)
    live = live or Live(desk.broker, stop or SignalStop())
    return make_app(desk, open_access(desk), live, hosts, **more)


def open_routes(search: object = None, broker: MemoryBroker | None = None, **more: Any) -> FastAPI:
    """Its routes for a local operator, under any host name."""
    desk = desk_of(search, broker)
    return make_routes(desk, open_access(desk), Live(desk.broker, SignalStop()), **more)
