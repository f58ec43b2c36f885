"""Watch files: YAML in, checked watches out, errors with file and line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import yaml

from services.errors import ConfigError
from services.messages import Watch
from services.query.ast import Node
from services.query.parse import parse


@dataclass(frozen=True)
class CompiledWatch:
    """A watch with its query read."""

    watch: Watch
    query: Node | None


def read_watches(text: str, name: str) -> list[Watch]:
    """Return the watches of a YAML (or JSON) list. Raises ConfigError as `name:line: what is wrong`."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{name}:{line}: {error.problem}") from error
    if not isinstance(root, yaml.SequenceNode):
        raise ConfigError(f"{name}:1: expected a list of watches, each `- id: …`")
    return [_watch(node, name) for node in root.value]


def compile_watch(watch: Watch) -> CompiledWatch:
    """Return the watch ready to match. Raises ConfigError for a watch that could never alert."""
    if watch.query is None and watch.claim is None:
        raise ConfigError(f"watch {watch.id}: it needs a query, a claim condition, or both")
    return CompiledWatch(watch, parse(watch.query) if watch.query is not None else None)


def compile_all(watches: Sequence[Watch]) -> dict[str, CompiledWatch]:
    """Return the enabled watches by id."""
    return {watch.id: compile_watch(watch) for watch in watches if watch.enabled}


def _watch(node: yaml.Node, name: str) -> Watch:
    line = node.start_mark.line + 1
    value: Any = _plain(node)
    try:
        watch = msgspec.convert(value, Watch)
        unknown = sorted(set(value) - set(Watch.__struct_fields__))
        if unknown:
            raise ConfigError(f"{unknown[0]!r} is no field of a watch; known are {', '.join(Watch.__struct_fields__)}")
        compile_watch(watch)
    except (msgspec.ValidationError, ConfigError) as error:
        raise ConfigError(f"{name}:{line}: {error}") from error
    return watch


def _plain(node: yaml.Node) -> Any:
    return yaml.safe_load(yaml.serialize(node))
