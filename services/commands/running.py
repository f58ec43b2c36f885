"""The addresses of a running `reportedly up`, written down so that commands in the same folder find it."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from services.errors import ConfigError
from services.settings import PREFIX, Settings

FILE = "system.json"
LOCK = "system.lock"

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


def addresses(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of the system that runs in the data folder; none if none runs, or if an address is set already.

    Variables that are set stay as they are. Raises ConfigError for a file that can't be read.
    """
    if any(PREFIX + name.upper() in environ for name in ADDRESSES):
        return {}
    run_dir = Path(environ.get(f"{PREFIX}DATA_DIR") or Settings().data_dir).expanduser() / "run"
    if not is_running(run_dir):
        return {}
    try:
        rows = json.loads((run_dir / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        # It is about to start, or to end.
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{run_dir / FILE} can't be read: {getattr(error, 'strerror', None) or error}") from error
    return {name: str(value) for name, value in rows.items() if name not in environ}


def free_bytes(settings: Settings) -> int | None:
    """Return what is free on the disk of a system that runs here; None if it runs elsewhere."""
    if settings.run_dir != settings.data_dir / "run" or not is_running(settings.run_dir):
        return None
    return shutil.disk_usage(settings.data_dir).free


def is_running(run_dir: Path) -> bool:
    """Tell whether a system holds its lock: the lock of one that was killed is free."""
    try:
        with (run_dir / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except BlockingIOError:
        return True
    except OSError as error:
        raise ConfigError(f"{run_dir / LOCK} can't be read: {error.strerror}") from error
    return False
