"""A watch ready to match: its query parsed, its condition checked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from services.errors import ConfigError
from services.messages import Watch
from services.query.ast import Node
from services.query.parse import parse
from services.text.findings import waiting


@dataclass(frozen=True, slots=True)
class CompiledWatch:
    """A watch with its query parsed."""

    watch: Watch
    query: Node | None


def compile_watch(watch: Watch) -> CompiledWatch:
    """Return the watch ready to match. Raises ConfigError for a watch that could never alert."""
    if watch.query is None and watch.claim is None:
        raise ConfigError(f"watch {watch.id}: it needs a query, a claim condition, or both")
    check_policy(watch)
    return CompiledWatch(watch, parse(watch.query) if watch.query is not None else None)


def check_policy(watch: Watch) -> None:
    """Raise ConfigError for a time, zone, or length that can't be read, or endless quiet hours."""
    for found in waiting(msgspec.to_builtins(watch)):
        raise ConfigError(f"watch {watch.id}: {found.what}")


def compile_all(watches: Sequence[Watch]) -> dict[str, CompiledWatch]:
    """Return the enabled watches by id."""
    return {watch.id: compile_watch(watch) for watch in watches if watch.enabled}


def by_event(watches: Iterable[Watch]) -> dict[str | None, list[Watch]]:
    """Return the watches with a claim condition by the events they ask for; None: any event."""
    found: dict[str | None, list[Watch]] = {}
    for watch in watches:
        for event in (watch.claim.event or (None,)) if watch.claim else ():
            found.setdefault(event, []).append(watch)
    return found
