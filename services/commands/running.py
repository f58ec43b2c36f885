"""The addresses of a running `reportedly up`, written down so that commands in the same folder find it."""

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
"""Held in the data folder from before the engines start until they have ended."""

DEMOS = "demo-*"
"""The folders of demos in the data folder."""

State = Literal["starting", "ended", "none"]

ADDRESSES = ("kafka_bootstrap", "elastic_url")
"""Whoever sets one of these means another system."""

FULL_BYTES = 500 * 1024 * 1024
"""When less is free on the disk, the Elasticsearch of `up` refuses to write: its flood stage."""

SHARED = (
    *ADDRESSES, "topic_prefix", "index_prefix", "partitions", "data_dir", "run_dir", "clock", "api_host", "api_port",
)  # fmt: skip
"""The settings that a command needs to find a system. No secret is among them."""


@contextmanager
def announced(settings: Settings) -> Iterator[None]:
    """Write the addresses of this system to its run folder (mode 0600) while the context lasts."""
    path = settings.run_dir / FILE
    with (settings.run_dir / LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rows = {PREFIX + name.upper(): str(getattr(settings, name)) for name in SHARED}
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(rows, indent=2) + "\n")
        fresh.replace(path)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Found:
    """What was found in the data folder: `variables` are those of the system that runs there, none if none does.

    `folder` is the data folder, or that of a demo that runs in it. `demos` are the folders of all demos that run
    there, if nothing else does.
    """

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    demos: tuple[Path, ...] = ()


def find(environ: Mapping[str, str]) -> Found | None:
    """Return what runs in the data folder, or None if an address is set already: nobody looks then.

    The system itself comes before a demo. Raises ConfigError for a file that can't be read.
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


def addresses(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables of the system that runs in the data folder; none if none runs, or if an address is set already.

    Variables that are set stay as they are. Raises ConfigError for a file that can't be read.
    """
    found = find(environ)
    return found.variables if found else {}


def _variables(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    path = folder / "run" / FILE
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        # It is about to start, or to end.
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} can't be read: {getattr(error, 'strerror', None) or error}") from error
    # Who looks into a folder by its name means what runs there, also where that is a demo inside it.
    kept = {name for name in environ if name != f"{PREFIX}DATA_DIR"}
    return {name: str(value) for name, value in rows.items() if name not in kept}


def state_of(folder: Path) -> tuple[State, Path]:
    """Return what has become of the system of a data folder where none runs, and its folder: it may be that of a demo."""
    folders = [folder, *sorted(folder.glob(DEMOS), reverse=True)]
    starting = (one for one in folders if _is_held(one / ENGINES_LOCK))
    ended = (one for one in folders if (one / "run" / LOCK).exists())
    if (one := next(starting, None)) is not None:
        return "starting", one
    return ("ended", one) if (one := next(ended, None)) is not None else ("none", folder)


def shown(path: Path) -> str:
    """Return a path as a person in another folder can use it."""
    return str(path.expanduser().absolute())


def free_bytes(settings: Settings) -> int | None:
    """Return what is free on the disk of a system that runs here; None if it runs elsewhere."""
    if settings.run_dir != settings.data_dir / "run" or not is_running(settings.run_dir):
        return None
    return shutil.disk_usage(settings.data_dir).free


def is_running(run_dir: Path) -> bool:
    """Tell whether a system holds its lock: the lock of one that was killed is free."""
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
