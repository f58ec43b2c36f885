"""The API's process: uvicorn over the routes, with a heartbeat while it serves."""

import asyncio

import uvicorn

from services.api.routes import make_app
from services.runtime.health import Heartbeat
from services.runtime.world import World


def run(world: World) -> None:
    """Serve until told to stop."""
    settings = world.settings
    app = make_app(world.search, world.broker)
    config = uvicorn.Config(app, host=settings.api_host, port=settings.api_port, log_level="warning", timeout_graceful_shutdown=3)
    asyncio.run(_serve(_Server(config), world))


class _Server(uvicorn.Server):
    """Signals are the process's own: see runtime.shutdown."""

    def install_signal_handlers(self) -> None:
        return


async def _serve(server: uvicorn.Server, world: World) -> None:
    heartbeat = Heartbeat(world.settings.run_dir, "api")
    serving = asyncio.create_task(server._serve())
    try:
        while not serving.done() and not world.stop.is_set():
            heartbeat.beat()
            await asyncio.sleep(0.2)
        server.should_exit = True
        await serving
    finally:
        heartbeat.remove()
