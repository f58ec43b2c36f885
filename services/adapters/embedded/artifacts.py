"""The engines' files: fetched once by Maven coordinates, verified by SHA-256, and cached."""

import fcntl
import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jgo.maven import MavenContext, PythonResolver

from services.errors import FatalError


@dataclass(frozen=True)
class Pinned:
    """A file by its Maven coordinates, with its SHA-256 and its size in bytes."""

    group: str
    artifact: str
    version: str
    type: str
    sha256: str
    n_bytes: int

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}:{self.type}"


Fetch = Callable[[Pinned], Path]

Arrived = Callable[[int], None]
"""Called with the number of bytes that have arrived since the last call."""

Tell = Callable[[str, str], None]
"""Called with the present step and its progress ("" if that is unknown)."""


def tell_nobody(_step: str, _detail: str) -> None:
    """Ignore a step."""


def pinned() -> list[Pinned]:
    """Return all files of engines.lock."""
    lock = files("services.adapters.embedded") / "engines.lock"
    return read_lock(lock.read_text(encoding="ascii"))


def read_lock(text: str) -> list[Pinned]:
    """Return the files of a lock, one a line: `group:artifact:version:type sha256 bytes`."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    rows = [line.replace(":", " ").split() for line in lines]
    return [
        Pinned(group, artifact, version, kind, sha256, int(n_bytes))
        for group, artifact, version, kind, sha256, n_bytes in rows
    ]


def maven_fetch(cache: Path, arrived: Arrived, remotes: dict[str, str] | None = None) -> Fetch:
    """Return a fetcher that keeps files in `cache` and downloads only missing ones.

    `remotes` are repositories by name, in place of Maven Central.
    """

    @contextmanager
    def counted(_name: str, _size: int) -> Iterator[Arrived]:
        yield arrived

    resolver = PythonResolver(progress_callback=counted)
    context = MavenContext(resolver, repo_cache=cache / "maven", remote_repos=remotes, timeout=120)

    def fetch(file: Pinned) -> Path:
        artifact = (
            context.project(file.group, file.artifact)
            .at_version(file.version)
            .artifact(packaging=file.type)
        )
        try:
            return Path(artifact.resolve())
        except BaseException:
            # A partial file, after a failed network or Ctrl-C, would count as the file next time.
            Path(artifact.cached_path).unlink(missing_ok=True)
            raise

    return fetch


@contextmanager
def alone(lock: Path, busy: str = "") -> Iterator[None]:
    """Hold `lock` inside the context, so that one process runs it at a time.

    With `busy`, don't wait, but raise FatalError with that text.
    """
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


def fetch_all(
    wanted: Sequence[Pinned], fetcher: Callable[[Arrived], Fetch], tell: Tell = tell_nobody
) -> list[Path]:
    """Return the verified files in order. Report the progress of downloads.

    Raises FatalError for a file that can't be fetched, or has another content (it is deleted).
    """
    total = sum(file.n_bytes for file in wanted)
    n_here = 0

    def arrived(n_bytes: int) -> None:
        nonlocal n_here
        n_here += n_bytes
        tell("fetch Kafka and Elasticsearch, once", f"{n_here / 1e6:.0f} of {total / 1e6:.0f} MB")

    fetch = fetcher(arrived)
    found = []
    for number, file in enumerate(wanted, 1):
        found.append(_verified(file, fetch))
        n_here = sum(file.n_bytes for file in wanted[:number])
    return found


def _verified(file: Pinned, fetch: Fetch) -> Path:
    try:
        path = fetch(file)
    except (OSError, RuntimeError) as error:
        raise FatalError(
            f"{file} can't be fetched: {error}; check the network, or use docker compose"
        ) from error
    actual = _sha256(path)
    if actual != file.sha256:
        path.unlink()
        raise FatalError(
            f"{file} is not the file that was pinned (SHA-256 {actual}, expected {file.sha256}); "
            "it was deleted, try again"
        )
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unpack(archive: Path, target: Path, tell: Tell = tell_nobody) -> Path:
    """Unpack a zip of one top folder into `target`, once. Return that folder.

    Modes of scripts are kept. Raises FatalError if somebody else can write to `target`: its content
    would be executed.
    """
    with alone(target.with_name(f"{target.name}.lock")):
        if not target.exists():
            tell(f"unpack Elasticsearch into {target}, once", "")
            # Renamed when complete, so that the rest of an interrupted run is never used.
            fresh = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
            try:
                _extract(archive, fresh)
                fresh.rename(target)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
    for folder in (target.parent, target):
        if folder.stat().st_uid not in (0, os.geteuid()) or folder.stat().st_mode & 0o002:
            raise FatalError(
                f"{folder} belongs to, or can be written by, somebody else: remove it, and start "
                "again"
            )
    return next(path for path in target.iterdir() if path.is_dir())


def _extract(archive: Path, target: Path) -> None:
    target.chmod(0o755)
    with zipfile.ZipFile(archive) as content:
        for member in content.infolist():
            path = Path(content.extract(member, target))
            mode = member.external_attr >> 16
            path.chmod(0o755 if path.is_dir() or mode & 0o111 else 0o644)
