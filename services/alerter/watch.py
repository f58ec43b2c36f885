"""A watch ready to work: its query read, its condition checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.errors import ConfigError
from services.messages import Watch
from services.query.ast import Node
from services.query.parse import parse


@dataclass(frozen=True, slots=True)
class CompiledWatch:
    """A watch with its query read."""

    watch: Watch
    query: Node | None


def compile_watch(watch: Watch, known: Mapping[str, Sequence[str]] | None = None) -> CompiledWatch:
    """Return the watch ready to match. Raises ConfigError for a watch that could never alert.

    `known` are the values that query fields can have, where that is known.
    """
    if watch.query is None and watch.claim is None:
        raise ConfigError(f"watch {watch.id}: it needs a query, a claim condition, or both")
    values = {name: frozenset(of) for name, of in (known or {}).items()}
    return CompiledWatch(watch, parse(watch.query, values) if watch.query is not None else None)


def compile_all(watches: Sequence[Watch]) -> dict[str, CompiledWatch]:
    """Return the enabled watches by id."""
    return {watch.id: compile_watch(watch) for watch in watches if watch.enabled}
