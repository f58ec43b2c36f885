"""The API's process: uvicorn over the routes, with a heartbeat while it serves."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from services.api.routes import make_app
from services.errors import FatalError
from services.runtime.health import Heartbeat
from services.runtime.world import World

LONGEST_STEP_SECONDS = 30.0
"""The longest time between two beats: the loop comes round five times a second, requests of the engines wait in threads."""


def run(world: World) -> None:
    """Serve until told to stop. Raises FatalError when the address can't be had."""
    app = make_app(world.search, world.broker, world.stop)
    with _listen(world.settings.api_host, world.settings.api_port) as listening:
        config = uvicorn.Config(app, log_config=None, log_level="warning", access_log=False, timeout_graceful_shutdown=3)
        asyncio.run(_serve(_Server(config), listening, world))


class _Server(uvicorn.Server):
    """Signals are the process's own: see runtime.shutdown."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = str(error.strerror).partition(" (")[0]
        raise FatalError(f"can't listen on {host}:{port}: {why}; set REPORTEDLY_API_PORT to a free port") from error


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
