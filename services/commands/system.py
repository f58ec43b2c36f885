"""The whole system on one machine: embedded engines, topics, templates, and all seven services."""

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from services.adapters.embedded import Engines, leash
from services.commands import templates, topics
from services.runtime.logs import configure
from services.runtime.shutdown import SignalStop, install_stop
from services.runtime.supervisor import Supervisor, service_command
from services.runtime.watchdog import HeartbeatWatch
from services.settings import PREFIX, Settings

SERVICES = {
    "poller": "poll",
    "tagger": "tag-stream",
    "tracker": "track",
    "indexer": "index",
    "alerter": "alert",
    "notifier": "notify",
    "api": "api",
}
"""Service to sub-command."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class System:
    """A running system: `settings` hold its real addresses."""

    settings: Settings
    stop: SignalStop

    def in_another_shell(self, command: str) -> str:
        """Return the line that runs a command on this system, from a shell that knows nothing of it."""
        needed = {PREFIX + name for name in ("KAFKA_BOOTSTRAP", "ELASTIC_URL", "RUN_DIR", "CLOCK")}
        told = (f"{name}={shlex.quote(value)}" for name, value in self.settings.environment().items() if name in needed)
        return " ".join([*told, command])

    def wait(self) -> None:
        """Return when Ctrl-C or SIGTERM comes."""
        while not self.stop.wait(1.0):
            pass


@contextmanager
def running_system(settings: Settings) -> Iterator[System]:
    """Run everything inside the context; data, logs, and heartbeats stay under `settings.data_dir`.

    Ctrl-C while the engines come raises KeyboardInterrupt, as ever; from then on it sets `stop`.
    """
    configure(settings, service="up")
    data = settings.data_dir.expanduser().resolve()
    with Engines(data, settings.cache_dir) as addresses:
        stop = install_stop()
        live = msgspec.structs.replace(
            settings,
            kafka_bootstrap=addresses.kafka_bootstrap,
            elastic_url=addresses.elastic_url,
            data_dir=data,
            run_dir=(data / "run"),
            cache_dir=settings.cache_dir.expanduser(),
        )
        _clear(live.run_dir)
        topics.apply(live)
        templates.apply(live)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        commands = {name: service_command(verb) for name, verb in SERVICES.items()}
        on_leash = [sys.executable, "-I", str(leash.__file__), ""]
        watch = HeartbeatWatch(live.run_dir)
        with Supervisor(commands, inherited | live.environment(), data / "logs", on_leash, hung=watch.hung):
            _log.info(
                "running",
                api=f"http://{live.api_host}:{live.api_port}",
                elasticsearch=live.elastic_url,
                kafka=live.kafka_bootstrap,
            )
            yield System(live, stop)


def _clear(run_dir: Path) -> None:
    """Take away heartbeats of processes that a former run left behind."""
    run_dir.mkdir(parents=True, exist_ok=True)
    for old in run_dir.glob("*.json"):
        old.unlink()
