"""The engines' files: fetched once by Maven coordinates, verified by SHA-256, kept in the user's cache folder."""

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import structlog
from jgo.maven import MavenContext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from services.errors import FatalError

SECONDS_BETWEEN_LINES = 5.0
"""How often a log line tells how far fetching is, where there is no terminal for a bar."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Pinned:
    """A file by its Maven coordinates and the SHA-256 it must have."""

    group: str
    artifact: str
    version: str
    type: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}:{self.type}"


Fetch = Callable[[Pinned], Path]


def pinned() -> list[Pinned]:
    """Return all files of engines.lock."""
    lines = (files("services.adapters.embedded") / "engines.lock").read_text(encoding="ascii").splitlines()
    rows = [line.replace(":", " ").split() for line in lines if line and not line.startswith("#")]
    return [Pinned(group, artifact, version, kind, sha256) for group, artifact, version, kind, sha256 in rows]


def maven_fetch(cache: Path) -> Fetch:
    """Return a fetcher that keeps files in `cache` and asks the network only for what is not there."""
    context = MavenContext(repo_cache=cache / "maven", timeout=120)

    def fetch(file: Pinned) -> Path:
        artifact = context.project(file.group, file.artifact).at_version(file.version).artifact(packaging=file.type)
        try:
            return Path(artifact.resolve())
        except BaseException:
            # What came before the network failed, or before Ctrl-C, would count as the file next time.
            Path(artifact.cached_path).unlink(missing_ok=True)
            raise

    return fetch


@contextmanager
def alone(lock: Path, busy: str = "") -> Iterator[None]:
    """Hold `lock` inside the context: one process at a time. With `busy` don't wait, but raise FatalError saying so."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = lock.open("ab")
    except OSError as error:
        raise FatalError(f"{lock} can't be written: {error.strerror}") from error
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError as error:
            raise FatalError(busy) from error
        yield


def fetch_all(wanted: Sequence[Pinned], fetch: Fetch) -> list[Path]:
    """Return the verified files in order, with a progress bar on a terminal while they come.

    Raises FatalError for a file that can't be had, or whose content is not what it must be (it is deleted).
    """
    columns = (TextColumn("Fetching the engines"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[name]}"))
    on_terminal, told_at, found = sys.stderr.isatty(), time.monotonic(), []
    with Progress(*columns, console=Console(stderr=True), disable=not on_terminal, transient=True) as progress:
        task = progress.add_task("", total=len(wanted), name="")
        for number, file in enumerate(wanted):
            progress.update(task, name=file.artifact)
            if not on_terminal and time.monotonic() - told_at > SECONDS_BETWEEN_LINES:
                _log.info("fetching the engines", file=str(file), done=number, of=len(wanted))
                told_at = time.monotonic()
            found.append(_verified(file, fetch))
            progress.advance(task)
    return found


def _verified(file: Pinned, fetch: Fetch) -> Path:
    try:
        path = fetch(file)
    except (OSError, RuntimeError) as error:
        raise FatalError(f"{file} can't be fetched: {error}; check the network, or use docker compose") from error
    actual = _sha256(path)
    if actual != file.sha256:
        path.unlink()
        raise FatalError(
            f"{file} is not the file that was pinned (SHA-256 {actual}, expected {file.sha256}); it was deleted, try again"
        )
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unpack(archive: Path, target: Path) -> Path:
    """Unpack a zip of one top folder into `target` (once) and return that folder; modes of scripts are kept.

    Raises FatalError for a `target` that somebody else made: what lies there would be run as it is.
    """
    with alone(target.with_name(f"{target.name}.lock")):
        if not target.exists():
            _log.info("unpacking", archive=archive.name, to=str(target))
            # Renamed when whole: what an interrupted run left is never taken for the server.
            fresh = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
            try:
                _extract(archive, fresh)
                fresh.rename(target)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
    for folder in (target.parent, target):
        if folder.stat().st_uid not in (0, os.geteuid()) or folder.stat().st_mode & 0o002:
            raise FatalError(f"{folder} belongs to, or can be written by, somebody else: remove it, and start again")
    return next(path for path in target.iterdir() if path.is_dir())


def _extract(archive: Path, target: Path) -> None:
    target.chmod(0o755)
    with zipfile.ZipFile(archive) as content:
        for member in content.infolist():
            path = Path(content.extract(member, target))
            mode = member.external_attr >> 16
            path.chmod(0o755 if path.is_dir() or mode & 0o111 else 0o644)
