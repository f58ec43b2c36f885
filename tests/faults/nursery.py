"""Starts services in no time: a process that has imported them all, and forks.

Seven imports of the services take seconds of CPU; a fork takes some milliseconds. The parent's side
is `Nursery`; `python -m faults.nursery` is the other. They talk in lines of JSON.

    {"job": 3, "run": "tracker", "env": {…}, "log": "…", "point": "sent", "nth": 2, "file_bytes": 0}
    {"job": 3, "pid": 4711}
    {"job": 3, "pid": 4711, "code": -9}
"""

import ctypes
import importlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from services.ports import JsonObject

RUNS = ("tagger", "tracker", "indexer", "alerter", "notifier")
"""The services that are imported before anything is forked."""

FURTHER = (
    *(f"services.adapters.{name}" for name in ("kafka", "elastic", "http", "apprise")),
    *(f"services.runtime.{name}" for name in ("logs", "watchdog", "data_version", "shutdown")),
    "services.adapters.sqlite_rows",
    "services.wiring",
    "faults.deadly",
    "faults.naive",
)
"""What they import only once they run."""

START_SECONDS = 300.0
"""Until the first fork: all imports, on a busy machine."""

_TESTS = Path(__file__).parents[1]
"""The folder of this package: pytest alone looks for packages there by itself."""

_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process. `code`: of its end; None while it runs. A signal's number is negative."""

    pid: int
    code: int | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.code is None:
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return


class Nursery:
    """A context in which `start` forks services."""

    def __init__(self) -> None:
        self._jobs: dict[int, Child] = {}
        self._forked: dict[int, threading.Event] = {}
        self._lock = threading.Lock()
        self._n = 0

    def __enter__(self) -> Self:
        path = os.pathsep.join((str(_TESTS), *filter(None, [os.environ.get("PYTHONPATH")])))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "faults.nursery"],
            env=os.environ | {"PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, name="nursery", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> None:
        """Kill it. All that it has forked dies with it."""
        self._process.kill()
        self._process.wait()

    def start(
        self,
        run: str,
        env: Mapping[str, str],
        log: Path,
        *,
        point: str = "",
        nth: int = 0,
        file_bytes: int = 0,
    ) -> Child:
        """Fork a service.

        `point`, `nth`: where it kills itself. `file_bytes`: the most that any file of it may have.
        """
        with self._lock:
            self._n += 1
            job = self._n
            self._forked[job] = threading.Event()
        order = {"job": job, "run": run, "env": dict(env), "log": str(log)}
        order |= {"point": point, "nth": nth, "file_bytes": file_bytes}
        assert self._process.stdin
        with self._lock:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
        if not self._forked[job].wait(START_SECONDS):
            raise RuntimeError("the process that forks services does not answer")
        return self._jobs[job]

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            told = json.loads(line)
            job = told["job"]
            if "code" in told:
                child = self._jobs[job]
                child.code = told["code"]
                child.ended.set()
            else:
                self._jobs[job] = Child(told["pid"])
                self._forked[job].set()


def main() -> None:
    """Fork what is asked for, and tell of ends, until standard input closes."""
    for name in RUNS:
        importlib.import_module(f"services.{name}.service")
    for name in FURTHER:
        importlib.import_module(name)
    jobs: dict[int, int] = {}
    buffer = b""
    while True:
        if select.select([0], [], [], 0.02)[0]:
            read = os.read(0, 65536)
            if not read:
                break
            buffer += read
        *lines, buffer = buffer.split(b"\n")
        for line in lines:
            order = json.loads(line)
            jobs[pid := _forked(order)] = order["job"]
            _tell({"job": order["job"], "pid": pid})
        while jobs:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            code = os.waitstatus_to_exitcode(status)
            _tell({"job": jobs.pop(pid), "pid": pid, "code": code})
    for pid in jobs:
        os.kill(pid, signal.SIGKILL)


def _tell(row: JsonObject) -> None:
    os.write(1, json.dumps(row).encode() + b"\n")


def _forked(order: JsonObject) -> int:
    """Return the pid of the child; the child never returns."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        for fd, copy in ((null, 0), (log, 1), (log, 2)):
            os.dup2(fd, copy)
        code = _serve(order)
    except BaseException:  # noqa: BLE001 - the child of a fork must never return
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _serve(order: JsonObject) -> int:
    from faults import naive
    from faults.deadly import Fuse, armed

    from services.errors import ReportedlyError
    from services.runtime import data_version, metrics
    from services.runtime.logs import configure
    from services.runtime.shutdown import install_stop
    from services.runtime.watchdog import Watchdog
    from services.settings import Settings
    from services.wiring import connect

    if order["file_bytes"]:
        # A write beyond this fails with EFBIG, as one on a full disk does with ENOSPC.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_bytes"],) * 2)
    os.environ.update(order["env"])
    if order["run"] == "naive":
        naive.run(os.environ, order["nth"])
        return 0
    settings = Settings.parse(os.environ)
    configure(settings, service=order["run"])
    metrics.name_process(order["run"])
    Watchdog().start()
    try:
        world = armed(connect(settings, install_stop()), Fuse(order["point"], order["nth"]))
        data_version.check(world, order["run"])
        importlib.import_module(f"services.{order['run']}.service").run(world)
    except ReportedlyError as error:
        print(f"reportedly: {error}", file=sys.stderr)  # noqa: T201 - as the command line does
        return 2
    return 0


if __name__ == "__main__":
    main()
