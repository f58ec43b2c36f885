"""Nodes of a YAML file to the values of a message type, with all mistakes.

The type decides how a word is read: `id: 2031` is the text "2031" for a text field, and `from:
22:00` is a time of day, which YAML itself reads as a number of minutes. One value where a list is
expected is a list of one.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

import msgspec
import msgspec.inspect as types
import yaml

from services.text.choices import nearest
from services.text.problems import Problem, instead
from services.text.yaml_file import MAX_PROBLEMS, is_empty, line_of

_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{0,18})?")
_UNREADABLE = object()

Row = dict[str, Any]
"""Field name to value: text, number, flag, a list of these, or another row.

Unreadable ones are missing.
"""


def read_row(
    node: yaml.Node,
    kind: type,
    what: str,
    name: str,
    *,
    without: Sequence[str] = (),
    optional: Sequence[str] = (),
    examples: Mapping[str, str] | None = None,
) -> tuple[Row, list[Problem]]:
    """Return the values of a node as fields of the Struct `kind`, and its mistakes.

    `what` names the Struct in messages. `without`: fields that a file can't give. `optional`:
    fields that it may leave out although the Struct requires them. `examples`: values of fields
    (`deliver.to`) that messages show.
    """
    reader = _Reader(name, frozenset(without), frozenset(optional), examples or {})
    row = reader.row(node, _type_of(kind), (what,))
    return row, reader.problems


@cache
def _type_of(kind: type) -> types.Type:
    return types.type_info(kind)


def mistyped(node: yaml.MappingNode, kind: type[msgspec.Struct]) -> set[str]:
    """Return the fields of a Struct that unknown names of the mapping probably mean.

    Only the first hundred names are looked at.
    """
    strange = (key.value for key, _ in node.value if key.value not in kind.__struct_encode_fields__)
    return {
        near
        for name in islice(strange, MAX_PROBLEMS)
        for near in nearest(name, kind.__struct_encode_fields__)
    }


class _Reader:
    def __init__(
        self,
        name: str,
        without: frozenset[str],
        optional: frozenset[str],
        examples: Mapping[str, str],
    ) -> None:
        self.problems: list[Problem] = []
        self._name, self._without, self._optional = name, without, optional
        self._examples = examples

    def row(
        self, node: yaml.Node, kind: types.Type, path: tuple[str, ...], *, is_listed: bool = False
    ) -> Row:
        """Return the fields of a mapping. `path` names what they belong to, the outermost first.

        `is_listed`: it is one of a list.
        """
        assert isinstance(kind, types.StructType)
        is_outer = len(path) == 1
        fields = {
            f.encode_name: f
            for f in kind.fields
            if not (is_outer and f.encode_name in self._without)
        }
        if not isinstance(node, yaml.MappingNode):
            sketch = _sketch(fields, path, self._examples, is_listed=is_listed)
            self._say(node, f"{_of(path)} is written as fields and values: {sketch}")
            return {}
        row: Row = {}
        # a mistyped field is reported as such, not as missing
        given = {key.value for key, _ in node.value} | mistyped(node, kind.cls)
        for key, value in node.value:
            field = fields.get(key.value)
            if field is None:
                self._say(
                    key,
                    f"{key.value:.40} is no field of {_of(path)}; "
                    f"{instead(key.value, fields, 'fields')}",
                )
            elif not (is_empty(value) and _may_be_empty(field.type)):
                found = self._value(value, field.type, (*path, key.value))
                if found is not _UNREADABLE:
                    row[key.value] = found
        self._say_missing(node, fields, given, path)
        return row

    def _say_missing(
        self,
        node: yaml.Node,
        fields: Mapping[str, types.Field],
        given: set[str],
        path: tuple[str, ...],
    ) -> None:
        may_lack = given | self._optional if len(path) == 1 else given
        for name, field in fields.items():
            if field.required and name not in may_lack:
                self._say(node, f"{name} is missing: {_of(path)} needs {name}: …")

    def _value(
        self, node: yaml.Node, kind: types.Type, path: tuple[str, ...], *, is_listed: bool = False
    ) -> Any:
        match kind:
            case types.UnionType(types=options):
                return self._value(
                    node, next(o for o in options if not isinstance(o, types.NoneType)), path
                )
            case types.StructType():
                return self.row(node, kind, path, is_listed=is_listed)
            case types.VarTupleType(item_type=item):
                parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
                found = [self._value(part, item, path, is_listed=True) for part in parts]
                read = [value for value in found if value is not _UNREADABLE]
                return read if read or not found else _UNREADABLE  # not empty in the file
        if not isinstance(node, yaml.ScalarNode):
            return self._say(node, f"{path[-1]} takes {_wanted(kind)}, not a list or fields")
        return self._word(node, kind, path)

    def _word(self, node: yaml.ScalarNode, kind: types.Type, path: tuple[str, ...]) -> Any:
        """Return the value of a scalar."""
        text = node.value
        match kind:
            case types.StrType():
                return text
            case types.LiteralType(values=values) if text in values:
                return text
            case types.LiteralType(values=values):
                return self._say(
                    node, f"{text:.40} can't be given for {path[-1]}; {_instead(text, values)}"
                )
            case types.BoolType() if text.lower() in _FLAGS:
                return _FLAGS[text.lower()]
            case types.IntType() if _WHOLE.fullmatch(text):
                return int(text)
            case types.FloatType() if _NUMBER.fullmatch(text):
                return float(text)
        return self._say(node, f"{text!r:.40} can't be given for {path[-1]}: write {_wanted(kind)}")

    def _say(self, node: yaml.Node, what: str) -> Any:
        self.problems.append(Problem(self._name, line_of(node), what))
        return _UNREADABLE


def _may_be_empty(kind: types.Type) -> bool:
    return isinstance(kind, types.UnionType) and any(
        isinstance(option, types.NoneType) for option in kind.types
    )


def _instead(text: str, values: Sequence[object]) -> str:
    return instead(text, [str(value) for value in values], "allowed values")


def _of(path: Sequence[str]) -> str:
    """Return `claim of a watch` for the path (a watch, claim)."""
    return " of ".join(reversed(path))


def _sketch(
    fields: Mapping[str, types.Field],
    path: Sequence[str],
    examples: Mapping[str, str],
    *,
    is_listed: bool,
) -> str:
    needed = [name for name, field in fields.items() if field.required] or list(fields)[:2]
    values = ", ".join(f"{name}: {examples.get(f'{path[-1]}.{name}', '…')}" for name in needed)
    inside = f"{{{values}}}"
    if len(path) == 1:
        return f"- {inside}"
    return f"{path[-1]}: [{inside}]" if is_listed else f"{path[-1]}: {inside}"


def _wanted(kind: types.Type) -> str:
    match kind:
        case types.BoolType():
            return "true or false"
        case types.IntType():
            return "a whole number, such as 2"
        case types.FloatType():
            return "a number, such as 60"
        case types.LiteralType(values=values):
            return f"one of {', '.join(map(str, values))}"
    return "a text"
