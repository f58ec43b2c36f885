"""The checks of `reportedly up` before it starts an engine: files, settings, and machine.

All problems are reported at once.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from services.adapters.embedded.jdk import find_jdk
from services.commands import subscribers, watches, world
from services.commands.articles import require_model
from services.commands.feed_files import check_feed_files
from services.commands.running import is_running
from services.errors import ConfigError, FatalError
from services.notifier.service.targets import check_mail
from services.notifier.signing import read_keys
from services.runtime.channel_secrets import read_channel_secrets
from services.runtime.feed_secrets import read_secrets
from services.runtime.files import map_file
from services.settings import PREFIX, Settings
from services.tagger.lexicon.matcher import open_lexicon
from services.text.problems import Problem, errors
from services.wiring import collector

LEAST_FREE_BYTES = 1_500_000_000
"""Bytes that must be free on the disk of the data.

Elasticsearch stops writing at 500 MB and goes on at 1 GB. Kafka reserves 0.3 GB at its start.
"""


def check(
    settings: Settings,
    feed_files: Sequence[str] = (),
    watch_files: Sequence[str] = (),
    subscriber_files: Sequence[str] = (),
) -> list[Problem]:
    """Check everything that `up` needs. Nothing is started or contacted.

    Return the warnings about the files. Raises ConfigError with one line for each problem.
    """
    data = settings.data_dir.expanduser().resolve()
    if is_running(data / "run"):
        raise ConfigError(
            f"a system runs on {data} already: stop it, or name another folder in {PREFIX}DATA_DIR"
        )
    broken = lexicon_problems(settings)
    of_watches = watches.check_files(
        watch_files, msgspec.structs.replace(settings, lexicon="") if broken else settings
    )
    of_people = subscribers.check_files(subscriber_files, settings)
    of_files = [*check_feed_files(feed_files, settings), *of_people, *of_watches]
    of_machine = [line for _, look in checks(settings) for line in look()]
    if problems := [*map(str, errors(of_files)), *broken, *of_machine]:
        raise ConfigError("\n".join(problems))
    return of_files


def lexicon_problems(settings: Settings) -> list[str]:
    """Return what is wrong with the dictionaries of the settings."""
    broken: list[str] = []
    for path in filter(None, settings.lexicon.split(os.pathsep)):
        broken += _error_lines(partial(_read_lexicon, path), f"{PREFIX}LEXICON: ")
    return broken


def checks(settings: Settings) -> Iterator[tuple[str, Callable[[], list[str]]]]:
    """Yield the checks of the settings, and of this machine: what is checked, and the check.

    A check returns the lines that say what is wrong, and what to do; none if all is well.
    """
    yield f"{PREFIX}CLOCK", lambda: _error_lines(lambda: world.now(settings))
    yield from secret_checks(settings)
    yield f"{PREFIX}SMTP_URL", lambda: _error_lines(lambda: check_mail(settings))
    if settings.traces_url:
        yield f"{PREFIX}TRACES_URL", lambda: _error_lines(lambda: collector(settings))
    yield "the JDK", lambda: _error_lines(find_jdk)
    yield f"{PREFIX}SPACY_MODEL", lambda: _error_lines(lambda: require_model(settings))
    yield f"{PREFIX}API_PORT", lambda: [*_port(settings.api_host, settings.api_port)]
    yield f"{PREFIX}CACHE_DIR", lambda: [*_folder(settings.cache_dir, "CACHE_DIR")]
    yield (
        f"{PREFIX}DATA_DIR",
        lambda: [*_folder(settings.data_dir, "DATA_DIR", LEAST_FREE_BYTES)],
    )
    if log := settings.deliveries_log:
        yield f"{PREFIX}DELIVERIES_LOG", lambda: [*_folder(Path(log).parent, "DELIVERIES_LOG")]


def secret_checks(settings: Settings) -> Iterator[tuple[str, Callable[[], list[str]]]]:
    """Yield the checks of the secrets that are set. No line of theirs holds one."""
    key, feeds, channels = (
        settings.webhook_secret,
        settings.feed_secrets,
        settings.channel_secrets,
    )
    if key:
        name = f"{PREFIX}WEBHOOK_SECRET"
        yield name, lambda: _error_lines(lambda: read_keys((key,), name))
    if feeds:
        yield f"{PREFIX}FEED_SECRETS", lambda: _error_lines(lambda: read_secrets(feeds))
    if channels:
        yield (
            f"{PREFIX}CHANNEL_SECRETS",
            lambda: _error_lines(lambda: _read_channel_secrets(channels)),
        )


def _read_channel_secrets(path: str) -> None:
    for name, entry in read_channel_secrets(path).items():
        read_keys(entry.keys, f"{PREFIX}CHANNEL_SECRETS: {name}: a key")


def _error_lines(look: Callable[[], object], where: str = "") -> list[str]:
    """Return the lines of the error that a check raises."""
    try:
        look()
    except FatalError as error:
        return [where + line for line in str(error).splitlines()]
    return []


def _read_lexicon(path: str) -> None:
    open_lexicon(map_file(path), path)


def _port(host: str, port: int) -> Iterator[str]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        why = str(error.strerror or error).partition(" (")[0]
        yield f"{PREFIX}API_PORT: can't listen on {host}:{port}: {why}; set it to a free port"


def _folder(folder: Path, setting: str, least_free_bytes: int = 0) -> Iterator[str]:
    """Create a folder if it does not exist, and try to write to it."""
    path = folder.expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"x")
    except OSError as error:
        yield f"{PREFIX}{setting}: {path} can't be written: {error.strerror}"
        return
    free = shutil.disk_usage(path).free
    if free < least_free_bytes:
        yield (
            f"{PREFIX}{setting}: {free / 1e9:.1f} GB are free on the disk of {path}, "
            f"{least_free_bytes / 1e9:.1f} GB are needed: "
            "free some, or name a folder on another disk"
        )
