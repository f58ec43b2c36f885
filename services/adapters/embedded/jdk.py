"""Finds a Java for the engines."""

import os
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from services.errors import FatalError

NEEDED = 21
"""The least feature release of Java."""
_FOLDERS = ("/usr/lib/jvm", "/opt", "/Library/Java/JavaVirtualMachines")

_log = structlog.get_logger()

VersionOf = Callable[[Path], int | None]


def find_jdk() -> Path:
    """Return the home of a JDK 21 or newer in JAVA_HOME, PATH, or the usual folders.

    Raises FatalError.
    """
    return choose(_candidates(), major_version)


def choose(homes: Iterable[Path], version_of: VersionOf) -> Path:
    """Return the first home with a sufficient version. Raises FatalError with what to install."""
    seen = []
    for home in homes:
        version = version_of(home)
        if version is not None and version >= NEEDED:
            return home
        if version is not None:
            seen.append(f"{version} in {home}")
    had = f" (found only {', '.join(dict.fromkeys(seen))})" if seen else ""
    raise FatalError(
        f"a JDK {NEEDED} or newer is needed{had}: install one and set JAVA_HOME, or use docker "
        "compose"
    )


def major_version(home: Path) -> int | None:
    """Return the feature release of the Java in `home`; None without one."""
    java = home / "bin" / "java"
    if not java.is_file():
        return None
    try:
        output = subprocess.run(
            [str(java), "-version"], capture_output=True, text=True, check=False, timeout=20
        ).stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        # Built for another processor, not executable, or on a dead network drive: try the next one.
        _log.warning("a Java can't be asked for its version", java=str(java), error=str(error))
        return None
    match = re.search(r'version "(\d+)', output)
    return int(match.group(1)) if match else None


def _candidates() -> Iterable[Path]:
    if os.environ.get("JAVA_HOME"):
        yield Path(os.environ["JAVA_HOME"])
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        java = Path(folder) / "java"
        if java.is_file():
            yield java.resolve().parent.parent
    for folder in _FOLDERS:
        for home in sorted(Path(folder).glob("*"), reverse=True):
            yield home / "Contents" / "Home" if (home / "Contents").is_dir() else home
