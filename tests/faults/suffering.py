"""Makes the faults of a schedule happen, and ends them."""

import json
import random
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import confluent_kafka as ck
import httpx
from elastic_proxy import Answer, Cut
from faults.engines import Ours, Place
from faults.material import NOW
from faults.proxy import Proxy
from faults.schedule import GROUPS, Fault, Schedule
from faults.system import System
from faults.topics import read_again
from receivers.shore import Reply

from services.scenario.player import set_clock
from services.settings import Settings

SLOW_SECONDS = 0.15
"""What each chunk waits in a slow proxy."""

RESET_SECONDS = 0.4
"""Between two resets of all connections."""

FULL_BYTES = 4_096
"""The most that a file may have where the disk is full."""

STORM_SECONDS = 1.2
"""How long a further member stays in its group."""

BUSY = {"type": "es_rejected_execution_exception", "reason": "rejected execution"}
FAILED = {"type": "i_o_exception", "reason": "No space left on device"}


@dataclass
class Trouble:
    """What goes wrong now at the HTTP proxy of Elasticsearch, and at the receivers."""

    refuses_items: bool = False
    is_busy: bool = False
    receivers_fail: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def guard(self, _method: str, _path: str) -> Answer | Cut | None:
        """Answer in the engine's place while it is busy."""
        if not self.is_busy:
            return None
        status = self.chance.choice((429, 503))
        body = json.dumps({"error": BUSY, "status": status}).encode()
        return status, {"content-type": "application/json"}, body

    def fault(self, _method: str, path: str, status: int, body: bytes) -> Answer | Cut | None:
        """Refuse half of the items of a request, though the engine stored them."""
        if not self.refuses_items or "_bulk" not in path:
            return None
        answer = json.loads(body)
        for item in answer["items"]:
            for row in item.values():
                if self.chance.random() < 0.5:
                    code, error = self.chance.choice(((429, BUSY), (500, FAILED)))
                    row |= {"status": code, "error": error}
        answer["errors"] = True
        return status, {"content-type": "application/json"}, json.dumps(answer).encode()

    def answer(self) -> Reply | None:
        """Return what a receiver answers while it is in trouble."""
        if not self.receivers_fail:
            return None
        return self.chance.choice(
            (Reply(500), Reply(503), Reply(502), Reply(429, headers={"Retry-After": "1"}))
        )


@dataclass
class Suffering:
    """The faults of one schedule. `rival`: the naive pipeline, which suffers the same."""

    schedule: Schedule
    settings: Settings
    place: Place
    ours: Ours | None
    system: System
    rival: System | None
    trouble: Trouble
    clock: Path
    _left: list[Fault] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = [f for f in self.schedule.faults if f.kind != "killed at a point"]

    def fuses(self) -> dict[str, list[Fault]]:
        """Return where each service kills itself, one for each of its lives."""
        found: dict[str, list[Fault]] = {}
        for fault in self.schedule.faults:
            if fault.kind == "killed at a point":
                found.setdefault(fault.target, []).append(fault)
        return found

    def due(self, at: float) -> list[Fault]:
        """Return the faults that begin by now, each once."""
        now = [fault for fault in self._left if fault.at <= at]
        self._left = [fault for fault in self._left if fault.at > at]
        return now

    def begin(self, fault: Fault) -> None:
        """Let a fault happen, on a thread of its own."""
        thread = threading.Thread(target=self._suffer, args=(fault,), daemon=True)
        thread.start()
        self._threads.append(thread)

    def over(self) -> None:
        """Return once all faults are over. Raises RuntimeError if one could not be made."""
        for thread in self._threads:
            thread.join()
        if self.errors:
            raise RuntimeError(f"faults that did not happen: {self.errors}")

    def _suffer(self, fault: Fault) -> None:
        try:
            with self._made(fault):
                time.sleep(fault.seconds)
        except Exception as error:  # noqa: BLE001 - raised by `over`, on the thread of the play
            self.errors.append(f"{fault}: {type(error).__name__}: {error}")

    @contextmanager
    def _made(self, fault: Fault) -> Iterator[None]:
        engine = fault.kind.partition(" ")[0]
        match fault.kind:
            case "Kafka paused" | "Elasticsearch paused":
                assert self.ours
                with self.ours.paused(engine.lower()):
                    yield
            case "Kafka killed" | "Elasticsearch killed":
                assert self.ours
                self.ours.kill(engine.lower())
                yield
            case "Kafka slow" | "Elasticsearch slow":
                with self._weather(engine, SLOW_SECONDS):
                    yield
            case "Kafka reset" | "Elasticsearch reset":
                self._resets(engine, fault.seconds)
                yield
            case "Elasticsearch read-only":
                with self._read_only():
                    yield
            case "Elasticsearch refuses items":
                with self._troubled("refuses_items"):
                    yield
            case "Elasticsearch busy":
                with self._troubled("is_busy"):
                    yield
            case "receiver in trouble":
                with self._troubled("receivers_fail"):
                    yield
            case _:
                with self._to_services(fault):
                    yield

    @contextmanager
    def _to_services(self, fault: Fault) -> Iterator[None]:
        match fault.kind:
            case "killed at any time":
                self.system.kill(fault.target)
                if self.rival:
                    self.rival.kill("naive")
                yield
            case "rebalance storm":
                self._storm(fault)
                yield
            case "disk full for rows":
                with self._full(fault.target):
                    yield
            case "clock steps":
                set_clock(self.clock, NOW + timedelta(seconds=int(fault.target)), 0.0)
                yield
            case "replay":
                self._replay(fault.target)
                yield
            case _:
                yield  # It lies in the order of the input.

    @contextmanager
    def _weather(self, engine: str, delay: float) -> Iterator[None]:
        proxy = self._proxy(engine)
        proxy.weather.delay = delay
        try:
            yield
        finally:
            proxy.weather.delay = 0.0

    def _resets(self, engine: str, seconds: float) -> None:
        proxy, until = self._proxy(engine), time.monotonic() + seconds
        while time.monotonic() < until:
            proxy.reset()
            time.sleep(RESET_SECONDS)

    def _proxy(self, engine: str) -> Proxy:
        proxy = self.place.kafka if engine == "Kafka" else self.place.elastic
        assert proxy is not None
        return proxy

    @contextmanager
    def _read_only(self) -> Iterator[None]:
        self._block(True)
        try:
            yield
        finally:
            self._block(None)

    def _block(self, value: bool | None) -> None:
        url = f"{self.settings.elastic_url}/{self.settings.index_prefix}*/_settings"
        body = {"index.blocks.read_only_allow_delete": value}
        httpx.put(url, json=body, timeout=30).raise_for_status()

    @contextmanager
    def _troubled(self, name: str) -> Iterator[None]:
        setattr(self.trouble, name, True)
        try:
            yield
        finally:
            setattr(self.trouble, name, False)

    @contextmanager
    def _full(self, target: str) -> Iterator[None]:
        """Let no file of a service grow, with its log: as on a full disk, writes fail."""
        pid = self.system.pid(target)
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (FULL_BYTES, most))
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))

    def _storm(self, fault: Fault) -> None:
        until, n = time.monotonic() + fault.seconds, 0
        while time.monotonic() < until:
            more = self.system.one_more(fault.target)
            rival = self.rival.one_more("naive") if self.rival else None
            time.sleep(STORM_SECONDS)
            more.signal((signal.SIGTERM, signal.SIGKILL)[n % 2])
            if rival:
                rival.signal(signal.SIGKILL)
            more.ended.wait(20)
            n += 1

    def _replay(self, group: str) -> None:
        (name,) = (name for name, groups in GROUPS.items() if group in groups)
        self.system.stopped(name)
        for _ in range(30):
            try:
                read_again(self.settings, group)
                break
            except ck.KafkaException:
                time.sleep(0.5)  # The group still counts a member that was killed.
        self.system.started(name)
