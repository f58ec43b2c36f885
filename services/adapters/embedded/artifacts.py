"""The engines' files: fetched once by Maven coordinates, verified by SHA-256, kept in the user's cache folder."""

import hashlib
import shutil
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import structlog
from jgo.maven import MavenContext
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from services.errors import FatalError

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
        project = context.project(file.group, file.artifact)
        return Path(project.at_version(file.version).artifact(packaging=file.type).resolve())

    return fetch


def fetch_all(wanted: Sequence[Pinned], fetch: Fetch) -> list[Path]:
    """Return the verified files in order, with a progress bar on a terminal while they come.

    Raises FatalError for a file that can't be had, or whose content is not what it must be (it is deleted).
    """
    columns = (TextColumn("Fetching the engines"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[name]}"))
    found = []
    with Progress(*columns, disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task("", total=len(wanted), name="")
        for file in wanted:
            progress.update(task, name=file.artifact)
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
    """Unpack a zip of one top folder into `target` (once) and return that folder; modes of scripts are kept."""
    done = target / ".complete"
    if not done.exists():
        _log.info("unpacking", archive=archive.name, to=str(target))
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True, mode=0o755)
        with zipfile.ZipFile(archive) as content:
            for member in content.infolist():
                path = Path(content.extract(member, target))
                mode = member.external_attr >> 16
                path.chmod(0o755 if path.is_dir() or mode & 0o111 else 0o644)
        done.touch()
    return next(path for path in target.iterdir() if path.is_dir())
