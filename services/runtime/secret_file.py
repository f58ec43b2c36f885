"""A YAML file of secrets that only its owner can read. No error quotes a value of it."""

from pathlib import Path

import yaml

from services.errors import ConfigError
from services.runtime.files import read_up_to
from services.runtime.private import MOUNTED
from services.text.problems import FileProblems, Problem, errors
from services.text.yaml_file import read_yaml

MAX_BYTES = 1_000_000
"""Bytes of the file: some thousand entries."""

OTHERS = 0o077
"""The bits of a file's mode that let others read or write it. None may be set."""


def stamp(path: str, setting: str) -> tuple[int, int]:
    """Return what differs after a change of the file. Raises ConfigError if there is none."""
    try:
        found = Path(path).stat()
    except OSError as error:
        raise ConfigError(f"{setting}: {path}: {error.strerror}") from error
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
