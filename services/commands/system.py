"""The whole system on one machine: embedded engines, topics, templates, and all seven services."""

import os
import secrets
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import structlog

from services.adapters.embedded import Engines, Tell, leash, tell_nobody
from services.commands import running, templates, topics
from services.commands.service_watch import ServiceWatch, verdicts
from services.errors import ConfigError, TransientError
from services.runtime.metrics_http import serve_metrics
from services.runtime.private import (
    private_file,
    private_folder,
    secret_files,
    warn_of_exposed_secrets,
)
from services.runtime.program import program
from services.runtime.shutdown import SignalStop, install_stop
from services.runtime.supervisor import Supervisor, service_command
from services.runtime.watchdog import HeartbeatWatch
from services.settings import MOST_PORT, PREFIX, Settings

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

SETUP_TRIES = 30
"""Tries at topics or templates while an engine that has started is not ready.

Each try itself waits for seconds.
"""

END_SECONDS = 60.0
"""Seconds from Ctrl-C to the end of the process.

Services and engines are given 15 s each. Those that are left end with the process, by their leash.
"""

DISK_LOOK_SECONDS = 30.0
"""Seconds between two looks at the disk."""

LOGIN = f"{PREFIX}API_LOGIN"

_log = structlog.get_logger()


@dataclass
class System:
    """A running system: `settings` hold its real addresses."""

    settings: Settings
    stop: SignalStop
    disk: "DiskWatch" = field(default_factory=lambda: DiskWatch())
    has_services: bool = True

    def in_another_shell(self, command: str) -> str:
        """Return the line that runs a sub-command on this system from another shell here."""
        own = Settings().data_dir.resolve()
        data = self.settings.data_dir
        line = f"{program()} {command}"
        return line if data == own else f"{PREFIX}DATA_DIR={shlex.quote(str(data))} {line}"

    def tell_addresses(self) -> None:
        """Log where the API and the engines are, once the steps of the start have been shown."""
        live = self.settings
        _log.info(
            "running",
            api=f"http://{live.api_host}:{live.api_port}",
            elasticsearch=live.elastic_url,
            kafka=live.kafka_bootstrap,
        )

    def wait(self) -> None:
        """Return when Ctrl-C or SIGTERM comes; until then report trouble of services and disk."""
        services = ServiceWatch(lambda: verdicts(self.settings.run_dir))
        while not self.stop.wait(1.0):
            if self.has_services:
                services.look(time.monotonic())
            self.disk.look(time.monotonic(), lambda: shutil.disk_usage(self.settings.data_dir).free)


@dataclass
class DiskWatch:
    """Reports once that the disk is nearly full, and once that it has space again."""

    is_full: bool = False
    _looked_at: float = -DISK_LOOK_SECONDS

    def look(self, now: float, free_bytes: Callable[[], int]) -> None:
        """Look, unless that was done a moment ago; `now` is monotonic."""
        if now - self._looked_at < DISK_LOOK_SECONDS:
            return
        self._looked_at = now
        free = free_bytes()
        if free < running.FULL_BYTES and not self.is_full:
            _log.error(
                "the disk is nearly full: Elasticsearch takes no more documents until 1 GB is "
                "free; free some space",
                free_mb=free // 1_000_000,
            )
        elif free >= running.FULL_BYTES and self.is_full:
            _log.info("the disk has room again", free_mb=free // 1_000_000)
        self.is_full = free < running.FULL_BYTES


@contextmanager
def running_system(
    settings: Settings, tell: Tell = tell_nobody, services: Mapping[str, str] = SERVICES
) -> Iterator[System]:
    """Run everything inside the context; data, logs, and heartbeats stay under `settings.data_dir`.

    `services`: those to run, all of them by default.

    `tell` is called with the steps of start and end. Ctrl-C and SIGTERM while the engines start
    raise KeyboardInterrupt; from then on they set `stop`. The process ends within `END_SECONDS`.
    """
    stop = install_stop(interrupts=True, end_seconds=END_SECONDS)
    ports = metrics_ports(settings.metrics_port)
    warn_of_exposed_secrets(os.environ)
    data = settings.data_dir.expanduser().resolve()
    with Engines(data, settings.cache_dir, tell) as addresses:
        stop.interrupts = False
        live = msgspec.structs.replace(
            settings,
            kafka_bootstrap=addresses.kafka_bootstrap,
            # The engines of this process take no login.
            kafka_protocol="plaintext",
            kafka_user="",
            kafka_password="",
            kafka_authorities="",
            elastic_url=addresses.elastic_url,
            data_dir=data,
            run_dir=(data / "run"),
            cache_dir=settings.cache_dir.expanduser(),
            websub_secret=settings.websub_secret or _own_secret(settings, data / "websub.key"),
            link_secret=settings.link_secret or _own_secret(settings, data / "links.key"),
        )
        _clear(live.run_dir)
        tell("make Kafka's topics", "")
        patiently(lambda: topics.apply(live))
        tell("make Elasticsearch's indices", "")
        patiently(lambda: templates.apply(live))
        serve_metrics(msgspec.structs.replace(live, metrics_port=ports["up"]), "up")
        with secret_files(live, data / "secrets") as files:
            if services:
                tell("start the services", "")
            with running.announced(live), _supervisor(live, files, ports, services):
                try:
                    yield System(live, stop, has_services=bool(services))
                finally:
                    tell("stop the services and the engines", "")


def _supervisor(
    settings: Settings,
    files: Mapping[str, Path],
    ports: Mapping[str, int],
    services: Mapping[str, str],
) -> Supervisor:
    """Return the supervisor of services. `ports`: service to the port of its metrics."""
    own_variables = {name: {f"{PREFIX}METRICS_PORT": str(port)} for name, port in ports.items()}
    # Who works on this machine needs no token for the API of this system, unless they want one.
    own_variables.setdefault("api", {})[LOGIN] = os.environ.get(LOGIN, "loopback")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return Supervisor(
        {name: service_command(verb) for name, verb in services.items()},
        inherited | settings.environment(files),
        settings.data_dir / "logs",
        [sys.executable, "-I", str(leash.__file__), ""],
        hung=HeartbeatWatch(settings.run_dir).hung,
        own=own_variables,
    )


def _own_secret(settings: Settings, path: Path) -> str:
    """Return the secret in a file, made at the first start; "" if nobody reaches the API."""
    if not settings.public_url:
        return ""
    if not path.exists():
        with open(path, "x", encoding="ascii", opener=private_file) as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii")


def patiently(step: Callable[[], object]) -> None:
    """Run a repeatable step until an engine is ready. Raises the last TransientError."""
    for tries in range(1, SETUP_TRIES + 1):
        try:
            step()
            return
        except TransientError as error:
            if tries == SETUP_TRIES:
                raise
            _log.warning(
                "an engine is not ready yet, it is asked again",
                reason=" ".join(str(error).splitlines()),
            )
            time.sleep(1.0)


def metrics_ports(first: int) -> dict[str, int]:
    """Return the metrics port of each service and of `up`, in sequence; all 0 if `first` is.

    Raises ConfigError if there are too few ports.
    """
    names = [*SERVICES, "up"]
    if first + len(names) - 1 > MOST_PORT:
        raise ConfigError(
            f"{PREFIX}METRICS_PORT is {first}: `up` takes {len(names)} ports from there on; at "
            f"most {MOST_PORT - len(names) + 1}"
        )
    return {name: first and first + n for n, name in enumerate(names)}


def _clear(run_dir: Path) -> None:
    """Remove heartbeats that a former run left behind."""
    private_folder(run_dir)
    for old in run_dir.glob("*.json"):
        old.unlink()
