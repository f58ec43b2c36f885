"""Files and folders for their owner alone."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog

from services.settings import PREFIX, SECRETS, Settings

MOUNTED = "/run/secrets/"
"""Where container runtimes mount secrets: readable by all in a container, which is one service."""

_log = structlog.get_logger()


def private_folder(path: Path) -> None:
    """Make a folder of ours, or take an existing one, and close it to all but its owner."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)


def private_file(path: str, flags: int) -> int:
    """Open a file that only its owner may read and write, also one that was made otherwise; an opener for `open`."""
    file = os.open(path, flags, 0o600)
    os.fchmod(file, 0o600)
    return file


@contextmanager
def secret_files(settings: Settings, folder: Path) -> Iterator[dict[str, Path]]:
    """Write the secrets among settings to files (mode 0600), by name of the setting; they go with the context.

    A process's environment is shown to its whole family, and by crash reports; a file is not.
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
    """Warn of each secret's file that every user of this machine may read."""
    for name in SECRETS:
        path = environ.get(f"{PREFIX}{name.upper()}_FILE", "")
        if path and not path.startswith(MOUNTED) and Path(path).stat().st_mode & 0o004:
            _log.warning("every user of this machine can read a secret: chmod 600 its file", file=path)
