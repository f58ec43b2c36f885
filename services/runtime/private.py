"""Files and folders that only their owner can read."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog

from services.settings import PREFIX, SECRETS, Settings

MOUNTED = "/run/secrets/"
"""Where container runtimes mount secrets.

Everybody in the container can read them, but it holds one service.
"""

_log = structlog.get_logger()


def private_folder(path: Path) -> None:
    """Create a folder if it does not exist, and close it to everybody but its owner."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)


def private_file(path: str, flags: int) -> int:
    """Open a file with mode 0600, also one that had another mode. An opener for `open`."""
    file = os.open(path, flags, 0o600)
    os.fchmod(file, 0o600)
    return file


@contextmanager
def secret_files(settings: Settings, folder: Path) -> Iterator[dict[str, Path]]:
    """Write the secrets of the settings to files (mode 0600). Yields setting name to file.

    The files are removed with the context. Child processes and crash reports show the environment
    of a process, but not a file.
    """
    private_folder(folder)
    files = {name: folder / name for name in SECRETS if getattr(settings, name)}
    try:
        for name, path in files.items():
            path.unlink(missing_ok=True)
            with open(path, "x", encoding="utf-8", opener=private_file) as file:
                file.write(getattr(settings, name))
        yield files
    finally:
        for path in files.values():
            path.unlink(missing_ok=True)


def warn_of_exposed_secrets(environ: Mapping[str, str]) -> None:
    """Warn of each secret's file that every user of this machine can read."""
    for name in SECRETS:
        path = environ.get(f"{PREFIX}{name.upper()}_FILE", "")
        if path and not path.startswith(MOUNTED) and Path(path).stat().st_mode & 0o004:
            _log.warning(
                "every user of this machine can read a secret: chmod 600 its file", file=path
            )
