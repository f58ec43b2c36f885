"""A YAML file of secrets that only its owner can read. No error quotes a value of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Generic, TypeVar

import yaml

from services.errors import ConfigError
from services.runtime.files import read_up_to
from services.runtime.private import MOUNTED
from services.text.problems import FileProblems, Problem, errors
from services.text.yaml_file import read_yaml

MAX_BYTES = 1_000_000
"""Bytes of the file: some thousand entries."""

T = TypeVar("T")

OTHERS = 0o077
"""The bits of a file's mode that let others read or write it. None may be set."""


class Entries(Generic[T]):
    """The entries of a file, read again when it changes."""

    def __init__(self, path: str, setting: str, read: Callable[[str], Mapping[str, T]]) -> None:
        self._path = path
        self._setting = setting
        self._read = read
        self._known: tuple[tuple[int, int], Mapping[str, T]] = ((0, 0), {})

    def all(self) -> Mapping[str, T]:
        """Return name to entry. Raises ConfigError for a file that can't be used."""
        now = self._stamp()
        if now != self._known[0]:
            self._known = (now, self._read(self._path))
        return self._known[1]

    def one(self, name: str) -> T:
        """Return an entry. Raises ConfigError with what to do."""
        entries = self.all()
        if name not in entries:
            raise ConfigError(f"the file of {self._setting} has no entry {name}: add it")
        return entries[name]

    def _stamp(self) -> tuple[int, int]:
        """Return what differs after a change of the file."""
        try:
            found = Path(self._path).stat()
        except OSError as error:
            raise ConfigError(f"{self._setting}: {self._path}: {error.strerror}") from error
        return found.st_mtime_ns, found.st_size


def read_secret_file(path: str, setting: str) -> yaml.Node | None:
    """Return the file as nodes; None if it is empty. `setting` names the file in errors.

    Raises ConfigError with one line a mistake, and for a file that others can read.
    """
    try:
        mode = Path(path).stat().st_mode
        content = read_up_to(path, MAX_BYTES)
    except OSError as error:
        raise ConfigError(f"{setting}: {path}: {error.strerror}") from error
    if mode & OTHERS and not path.startswith(MOUNTED):
        raise ConfigError(f"{setting}: others can read {path}: run chmod 600 {path}")
    if len(content) > MAX_BYTES:
        raise ConfigError(f"{setting}: {path} is larger than {MAX_BYTES // 1000} kB")
    root, problems = read_yaml(content, path)
    if found := errors(problems):
        # The reader's own words may quote the file.
        what = "this line can't be read as YAML: put values in single quotes ('…')"
        raise FileProblems(Problem(path, line, what) for line in sorted({p.line for p in found}))
    return root
