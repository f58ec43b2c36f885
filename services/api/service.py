"""The API's process: uvicorn over the routes, with a heartbeat while it serves."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import structlog
import uvicorn

from services.api.access.gate import Access
from services.api.desk import Desk
from services.api.feeds.routes import Cap
from services.api.guard import names_of, public_name
from services.api.links import LinkRoutes
from services.api.routes import make_app
from services.api.sender import Sender
from services.api.stream.live import Live
from services.api.stream.seats import MOST_LISTENERS
from services.api.tables import Tables
from services.api.verdict_metrics import follow_verdicts
from services.api.websub import Callbacks
from services.errors import FatalError
from services.runtime import metrics
from services.runtime.health import Heartbeat
from services.runtime.world import World

LONGEST_STEP_SECONDS = 30.0
"""The longest time between two beats, in seconds.

The loop beats five times a second; requests to engines wait in threads.
"""

LOOPBACK = ("127.0.0.1", "::1")
"""Addresses that only this machine reaches."""

MOST_CONNECTIONS = MOST_LISTENERS + 100
"""Connections at the same time: all listeners, and some more.

uvicorn answers further ones with 503.
"""

READER_SECONDS = 5.0
"""Seconds that the process waits at its end for the reader of the live stream.

The reader checks `stop` ten times a second.
"""

DEAD_PEER_MILLISECONDS = 60_000
"""Time without acknowledgement after which a connection counts as dead (TCP_USER_TIMEOUT).

The system's own limit is about a quarter of an hour, for which dead listeners would hold places.
"""

_log = structlog.get_logger()


def run(world: World) -> None:
    """Serve until told to stop. Raises FatalError if the address can't be bound."""
    settings, live = world.settings, Live(world.broker, world.stop)
    hosts = tuple(names_of(settings.api_host, settings.api_hosts))
    metrics.follow("reportedly_live_listeners", lambda: live.n_listeners)
    callbacks = (
        Callbacks(
            world.broker,
            settings.websub_secret,
            world.clock.now,
            public_name(settings.public_url),
        )
        if settings.websub_secret
        else None
    )
    # A virtual clock plays a made-up story or an old one: its messages are only tests.
    sends_cap = Cap(settings.cap_sender, bool(settings.clock)) if settings.cap_sender else None
    desk = _desk(world)
    desk.tables.start()
    follow_verdicts(desk.tables)
    app = make_app(
        desk,
        Access(desk.tables, settings.api_login),
        live,
        hosts,
        callbacks=callbacks,
        sends_cap=sends_cap,
        links=_links(world),
    )
    with _listen(settings.api_host, settings.api_port) as listening:
        if listening.getsockname()[0] not in LOOPBACK:
            _log.warning(
                "the API listens beyond loopback without TLS: tokens and articles can be read on "
                "the way, so let only a trusted network or a proxy with TLS reach it",
                hosts=hosts,
            )
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # who asks is the peer, whatever a header says
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=3,
        )
        asyncio.run(_serve(_Server(config), listening, world))
    if not live.wait_closed(READER_SECONDS):
        _log.warning(
            "the reader of the live stream has not let go of Kafka in time", seconds=READER_SECONDS
        )


def _desk(world: World) -> Desk:
    return Desk(
        search=world.search,
        broker=world.broker,
        sender=Sender(world.broker),
        tables=Tables(world.broker, world.stop),
        now=world.clock.now,
        settings=world.settings,
        fetcher=world.fetcher,
        world=world,
    )


def _links(world: World) -> LinkRoutes | None:
    """Return what answers the links of messages; None if none are made."""
    settings = world.settings
    if not (settings.public_url and settings.link_secret):
        return None
    name = public_name(settings.public_url)
    return LinkRoutes(world.broker, world.search, settings.link_secret, world.clock.now, name)


class _Server(uvicorn.Server):
    """uvicorn's server without its signal handlers; runtime.shutdown has them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        why = str(error.strerror).partition(" (")[0]
        raise FatalError(
            f"can't listen on {host}:{port}: {why}; set REPORTEDLY_API_PORT to a free port"
        ) from error
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux only; connections inherit it from this socket
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_PEER_MILLISECONDS)
    return listening


async def _serve(server: uvicorn.Server, listening: socket.socket, world: World) -> None:
    heartbeat = Heartbeat(world.settings.run_dir, "api", longest_step_seconds=LONGEST_STEP_SECONDS)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not serving.done() and not world.stop.is_set():
            heartbeat.beat()
            await asyncio.sleep(0.2)
        server.should_exit = True
        await serving
    finally:
        heartbeat.remove()
