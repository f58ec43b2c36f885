"""A YAML file that is a list of rows with ids: its usable rows, and all mistakes."""

from collections.abc import Callable
from typing import Any, TypeVar

import yaml

from services.text.problems import Problem, errors
from services.text.yaml_file import line_of, read_yaml

T = TypeVar("T")

Reader = Callable[[yaml.Node], tuple[T | None, list[Problem]]]
"""Reads one row; None if it can't be used."""


def read_list(
    content: bytes | str, name: str, what: str, read: Reader[T]
) -> tuple[list[T], list[Problem]]:
    """Return the usable rows, each id once, and the problems in order of lines. Raises nothing.

    `what`: what the rows are, in the plural.
    """
    root, problems = read_yaml(content, name)
    if errors(problems) and root is None:
        return [], problems
    if not isinstance(root, yaml.SequenceNode) or not root.value:
        line = line_of(root) if root else 1
        expected = f"a list of {what} was expected, each beginning with - id: …"
        return [], [*problems, Problem(name, line, expected)]
    found: list[T] = []
    lines: dict[str, int] = {}
    for node in root.value:
        row, of_row = read(node)
        problems += of_row
        id = _given(node, "id")
        if isinstance(id, str) and id in lines:
            twice = f"the id {id} is given twice, first in line {lines[id]}"
            problems.append(Problem(name, line_at(node, ".id"), twice))
        else:
            lines |= {id: line_of(node)} if isinstance(id, str) else {}
            found += [row] if row is not None else []
    return found, sorted(problems)


def line_at(node: yaml.Node, path: str = "") -> int:
    """Return the line of a part of a row, by its path (`.claim.status`, `.deliver[0].to`)."""
    line = line_of(node)
    for step in path.replace("[", ".").replace("]", "").split(".")[1:]:
        if isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
            node = node.value[int(step)]
        elif isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), node)
        line = line_of(node)
    return line


def _given(node: yaml.Node, field: str) -> Any:
    """Return the text of a field of a mapping; None if there is none."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == field:
                return value.value if isinstance(value, yaml.ScalarNode) else None
    return None
