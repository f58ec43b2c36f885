"""For tests of child processes: what a child does.

Every child imports this file to find its work, so it imports little itself.
"""

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.errors import ConfigError

_kept: list[bytes] = []


def prepare(folder: str) -> None:
    os.chdir(folder)


def prepare_badly(_folder: str) -> None:
    raise ConfigError("people.yaml:3: no such type")


def die(_folder: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def prepare_once(folder: str) -> None:
    os.chdir(folder)
    if Path("prepared").exists():
        raise ConfigError("people.yaml:3: no such type")
    Path("prepared").touch()


def double(items: Sequence[Any]) -> list[Any]:
    """Double numbers; `die` kills the worker, `die-once` the first time only,
    `hang` never ends, `fill` takes 80 MB, `keep` and `add` take 20 and 12 MB for good, `who` is
    the process's id.

    What hangs leaves a mark of each try.
    """
    for item in items:
        if item in ("hang", "sleep"):
            with Path("tries").open("a") as tries:
                tries.write(f"{item} of {len(items)}\n")
        if item == "die" or (item == "die-once" and not Path("died").exists()):
            Path("died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if item == "fill":
            item.join([item] * 5_000_000)
        if item in ("keep", "add"):
            _kept.append(b"." * (20_000_000 if item == "keep" else 12_000_000))
        while item == "hang":
            time.monotonic()
        if item == "sleep":
            time.sleep(60)
    return [os.getpid() if item == "who" else item * 2 for item in items]
