"""A rule id is for people: no code asks one what something is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import services

ROOT = Path(services.__file__).parent
FOLDERS = (ROOT, ROOT.parent / "bench")
COMPARING = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
READING = (
    "startswith",
    "endswith",
    "replace",
    "split",
    "partition",
    "removeprefix",
    "removesuffix",
)


def _is_rule(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "rule"


def asked(code: str) -> Iterator[int]:
    """Yield the lines that compare a field called `rule`, or look into it."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Compare) and any(isinstance(op, COMPARING) for op in node.ops):
            if any(map(_is_rule, (node.left, *node.comparators))):
                yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in READING and _is_rule(node.func.value):
                yield node.lineno
        elif isinstance(node, ast.Subscript) and _is_rule(node.value):
            yield node.lineno


def test_no_code_asks_a_rule_id_what_something_is():
    found = []
    for path in (path for folder in FOLDERS for path in sorted(folder.rglob("*.py"))):
        found += [f"{path}:{line}" for line in asked(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        'report.rule.endswith("-noun@1")',
        'm.rule == "phrase/noun@1"',
        "x in cue.rule",
        "cue.rule[:5]",
    ],
)
def test_what_would_ask_is_seen(code):
    assert list(asked(code)) == [1]


def test_what_only_passes_an_id_on_is_not():
    assert list(asked("f(rule=report.rule); report.rule is not None")) == []
