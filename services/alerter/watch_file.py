"""Watch files: YAML in, checked watches out, errors with file, line, and a suggestion; and the schema editors complete by."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import msgspec
import yaml

from services.alerter.watch import compile_watch
from services.errors import ConfigError
from services.messages import Watch
from services.query.scan import QueryError

SERVER_FIELDS = ("version", "saved_at")
"""Set when a watch is saved, so a file can't give them."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Known = Mapping[str, Sequence[str]]
"""What can be asked for by name: `event` to the events of the ontology."""


def read_watches(text: str, name: str, known: Known | None = None) -> list[Watch]:
    """Return the watches of a YAML (or JSON) list. Raises ConfigError as `name:line: what is wrong`."""
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{name}:{line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{name}:1: this is no YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(root, yaml.SequenceNode):
        raise ConfigError(f"{name}:1: expected a list of watches, each `- id: …`")
    found: dict[str, tuple[Watch, int]] = {}
    for node in root.value:
        watch, line = _watch(node, name, known or {}), node.start_mark.line + 1
        if watch.id in found:
            raise ConfigError(f"{name}:{line}: the id {watch.id} stands in line {found[watch.id][1]} already")
        found[watch.id] = watch, line
    return [watch for watch, _ in found.values()]


def file_schema(known: Known) -> dict[str, Any]:
    """Return the JSON Schema of a watch file; what is `known` by name is offered for completion."""
    schema = msgspec.json.schema(list[Watch])
    fields = schema["$defs"]["Watch"]["properties"]
    for field in SERVER_FIELDS:
        del fields[field]
    schema["$defs"]["ClaimCondition"]["properties"]["event"]["items"]["enum"] = list(known["event"])
    for definition in schema["$defs"].values():
        definition["additionalProperties"] = False
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "watch file", **schema}


def _watch(node: yaml.Node, name: str, known: Known) -> Watch:
    try:
        value = _LOADER("").construct_document(node)
        _refuse_unknown(node, Watch, [], name)
        watch = msgspec.convert(value, Watch)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        raise ConfigError(f"{name}:{_line(node, path.rstrip('`'))}: {reason}{_where(path)}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{name}:{_line(node)}: {str(error).splitlines()[0]}") from error
    for event in watch.claim.event if watch.claim else ():
        if "event" in known and event not in known["event"]:
            raise ConfigError(
                f"{name}:{_line(node, '.claim.event')}: no event is called {event}{_suggest(event, known['event'])}"
            )
    try:
        compile_watch(watch, known)
    except QueryError as error:
        raise ConfigError(f"{name}:{_line(node, '.query')}: {error}") from error
    except ConfigError as error:
        raise ConfigError(f"{name}:{_line(node)}: {error}") from error
    return watch


def _refuse_unknown(node: yaml.Node, kind: Any, path: list[str], name: str) -> None:
    """Raise ConfigError for a key that is no field: messages on the wire may run ahead of us, files of people are mistyped."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_unknown(item, kind, path, name)
    if not isinstance(node, yaml.MappingNode) or kind is None:
        return
    fields = {f.encode_name: f.type for f in msgspec.structs.fields(kind) if kind is not Watch or f.name not in SERVER_FIELDS}
    for key, value in node.value:
        if key.value not in fields:
            what = " of ".join(["field", *reversed(path), "a watch"])
            raise ConfigError(f"{name}:{key.start_mark.line + 1}: {key.value!r} is no {what}{_suggest(key.value, fields)}")
        _refuse_unknown(value, _struct_in(fields[key.value]), [*path, key.value], name)


def _struct_in(hint: Any) -> Any:
    """Return the Struct inside `X | None` and `tuple[X, …]`; None where there is none."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint
    inner = (_struct_in(part) for part in getattr(hint, "__args__", ()))
    return next((found for found in inner if found), None)


def _line(node: yaml.Node, path: str = "") -> int:
    """Return the line of the part of a watch at a path such as `.claim.status` or `.deliver[0].to`."""
    line: int = node.start_mark.line + 1
    for step in path.replace("[", ".").replace("]", "").split(".")[1:]:
        if isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
            node = node.value[int(step)]
        elif isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), node)
        line = node.start_mark.line + 1
    return line


def _where(path: str) -> str:
    field = path.strip("`.")
    return f" (in {field})" if field else ""


def _suggest(given: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    near = get_close_matches(str(given), list(known), n=1)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(known))}"
