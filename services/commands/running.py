"""The addresses of a running system, in a file, so that commands in the same folder find it."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from services.errors import ConfigError
from services.settings import PREFIX, Settings

FILE = "system.json"
LOCK = "system.lock"

ENGINES_LOCK = "engines.lock"
"""A lock in the data folder, held from before the engines start until they have ended."""

DEMOS = "demo-*"
"""The folders of demos in the data folder."""

State = Literal["starting", "ended", "none"]

ADDRESSES = ("kafka_bootstrap", "elastic_url")
"""Settings that name another system. If one is set, none is looked for."""

FULL_BYTES = 500 * 1024 * 1024
"""Free bytes below which the Elasticsearch of `up` refuses to write: its flood stage."""

SHARED = (
    *ADDRESSES, "topic_prefix", "index_prefix", "partitions",
    "data_dir", "run_dir", "clock", "api_host", "api_port",
)  # fmt: skip
"""The settings that a command needs to find a system. None is a secret."""


@contextmanager
def announced(settings: Settings) -> Iterator[None]:
    """Write the addresses of this system to its run folder (mode 0600) during the context."""
    path = settings.run_dir / FILE
    with (settings.run_dir / LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rows = {PREFIX + name.upper(): str(getattr(settings, name)) for name in SHARED}
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        private = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(private, "w", encoding="utf-8") as file:
            file.write(json.dumps(rows, indent=2) + "\n")
        fresh.replace(path)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Found:
    """The system found in the data folder.

    - `folder`: the data folder, or that of a demo in it.
    - `variables`: the settings of the running system, without those already set; empty if none
      runs.
    - `demos`: the folders of all running demos, if nothing else runs.
    """

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    demos: tuple[Path, ...] = ()


def find(environ: Mapping[str, str]) -> Found | None:
    """Return the system in the data folder; None if an address is set, so that nobody looks.

    `up` comes before a demo. Raises ConfigError for an unreadable file.
    """
    if any(PREFIX + name.upper() in environ for name in ADDRESSES):
        return None
    folder = Path(environ.get(f"{PREFIX}DATA_DIR") or Settings().data_dir).expanduser()
    if is_running(folder / "run"):
        return Found(folder, _variables(folder, environ))
    demos = tuple(path for path in sorted(folder.glob(DEMOS)) if is_running(path / "run"))
    if len(demos) == 1:
        return Found(demos[0], _variables(demos[0], environ), demos)
    return Found(folder, demos=demos)


def _variables(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    path = folder / "run" / FILE
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        # The system is about to start or to end.
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{path} can't be read: {getattr(error, 'strerror', None) or error}"
        ) from error
    # A named folder means the system in it, also if that is a demo inside.
    kept = {name for name in environ if name != f"{PREFIX}DATA_DIR"}
    return {name: str(value) for name, value in rows.items() if name not in kept}


def state_of(folder: Path) -> tuple[State, Path]:
    """Return why no system runs in a data folder, and the folder of the last one.

    That may be the folder of a demo.
    """
    folders = [folder, *sorted(folder.glob(DEMOS), reverse=True)]
    starting = (one for one in folders if _is_held(one / ENGINES_LOCK))
    ended = (one for one in folders if (one / "run" / LOCK).exists())
    if (one := next(starting, None)) is not None:
        return "starting", one
    return ("ended", one) if (one := next(ended, None)) is not None else ("none", folder)


def shown(path: Path) -> str:
    """Return a path that is also valid in another folder."""
    return str(path.expanduser().absolute())


def free_bytes(settings: Settings) -> int | None:
    """Return the free bytes on the disk of a system on this machine; None if it runs elsewhere."""
    if settings.run_dir != settings.data_dir / "run" or not is_running(settings.run_dir):
        return None
    return shutil.disk_usage(settings.data_dir).free


def is_running(run_dir: Path) -> bool:
    """Return True if a system holds its lock. The lock of a killed one is free."""
    return _is_held(run_dir / LOCK)


def _is_held(path: Path) -> bool:
    try:
        with path.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except BlockingIOError:
        return True
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}") from error
    return False
