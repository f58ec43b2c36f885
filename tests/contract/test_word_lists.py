"""Lists of words stand in the lexicon, and lemmas are compared with lemmas only."""

import ast
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import yaml

import services
from services.tagger.lexicon.lists import Forms
from services.tagger.models.logistic import read_weights
from services.tagger.parse.labels import Label

SERVICES = Path(services.__file__).parent
TAGGER = SERVICES / "tagger"

MOST_IN_A_CALL = 2
"""Words that a call may give ("from", "by"): a line about English; more are a list."""

_WORD = re.compile(r"'?[a-z][a-z'’-]*\.?(?: [a-z][a-z'’-]*)*")


def _files() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(TAGGER.rglob("*.py")):
        yield path.relative_to(TAGGER).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _vocabulary() -> set[str]:
    """Return the words that are ours: values of types, names of fields and of features."""
    ours = set(get_args(Label))
    for path in SERVICES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
                ours |= set(_constants([node.slice, *getattr(node.slice, "elts", ())]))
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                ours.add(node.target.id)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__slots__":
                ours |= set(_constants(ast.walk(node.value)))
    fitted = ("responsibility.yaml", "specificity.yaml", "confidence.yaml")
    return ours.union(*map(read_weights, fitted))


def _constants(nodes: typing.Iterable[ast.AST]) -> list[str]:
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def _lists(tree: ast.Module) -> Iterator[tuple[int, list[str]]]:
    """Yield the collections of strings of a module: line and strings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Set | ast.List | ast.Tuple):
            yield node.lineno, _constants(node.elts)
        elif isinstance(node, ast.Dict):
            yield node.lineno, _constants(k for k in node.keys if k is not None)
        elif isinstance(node, ast.Call):
            words = _constants(node.args)
            yield node.lineno, words if len(words) > MOST_IN_A_CALL else []
            of = node.func.value if isinstance(node.func, ast.Attribute) else None
            if (
                isinstance(of, ast.Constant)
                and isinstance(of.value, str)
                and ast.unparse(node.func).endswith("split")
            ):
                yield node.lineno, of.value.split()


def _word_lists(tree: ast.Module, ours: set[str]) -> list[str]:
    found = []
    for line, strings in _lists(tree):
        words = [text for text in strings if _WORD.fullmatch(text)]
        if len(words) > 1 and not ours.issuperset(words):
            found.append(f"{line}: {' '.join(words)}")
    return found


def test_no_list_of_words_stands_in_code():
    ours = _vocabulary()
    assert {name: lists for name, tree in _files() if (lists := _word_lists(tree, ours))} == {}


def test_a_list_of_words_is_seen_in_whatever_form():
    forms = (
        'x in ("of", "for")',
        '{"a": 1, "an": 2}',
        'has_called(x, "a", "an", "the")',
        '"a an the".split()',
    )
    assert all(_word_lists(ast.parse(form), set()) for form in forms)
    others = (
        'x in ("of",)',
        'behind(x, "from", "by")',
        'x in ("NOUN", "VERB")',
        'f("event/killed", "is")',
    )
    assert not any(_word_lists(ast.parse(form), set()) for form in others)
    assert not _word_lists(ast.parse('is_a(x, "dobj", "prep", "pobj")'), set(get_args(Label)))


# Keys.


def _twice(text: str) -> list[str]:
    """Return the keys of a YAML text that a mapping has twice: the last one silently wins."""
    found, nodes = list[str](), [yaml.compose(text)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.SequenceNode):
            nodes += node.value
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            found += sorted({key for key in keys if keys.count(key) > 1})
            nodes += [value for _, value in node.value]
    return found


def test_no_file_of_words_has_a_key_twice():
    paths = sorted(SERVICES.rglob("*.yaml"))
    assert len(paths) > 10
    assert {p.name: twice for p in paths if (twice := _twice(p.read_text("utf-8")))} == {}


def test_a_key_that_stands_twice_is_seen():
    assert _twice("a: [{b: 1, b: 2}]\na: 3\nc: 4") == ["a", "b"]


# Lemmas.

_LEMMAS = re.compile(r"\b(?:lemma_of|lemmas_of|lemmas_in|tokens_of_lemma)\(|\blemma\b|\.lemma_\b")
_FORMS = re.compile(rf"\bforms\(\)\.(?:{'|'.join(Forms.__struct_fields__)})\b")


def _mixed(tree: ast.Module) -> list[str]:
    """Return the comparisons and set operations of a lemma with a class of forms alone.

    `in` and `==` are also held by the types; set operations take anything.
    """
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare | ast.BinOp | ast.Call):
            text = ast.unparse(node)
            parts = [ast.unparse(part) for part in _operands(node)]
            lemma = [part for part in parts if _LEMMAS.search(part) and not _FORMS.search(part)]
            form = [part for part in parts if _FORMS.search(part) and not _LEMMAS.search(part)]
            if lemma and any("lemmas()" not in part and "cues()" not in part for part in form):
                found.append(text)
    return found


def _operands(node: ast.Compare | ast.BinOp | ast.Call) -> list[ast.expr]:
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    is_set_operation = isinstance(node.func, ast.Attribute) and node.func.attr in (
        "isdisjoint",
        "intersection",
    )
    return [node.func, *node.args] if is_set_operation else []


def test_a_lemma_is_never_compared_with_forms():
    assert {name: mixed for name, tree in _files() if (mixed := _mixed(tree))} == {}


def test_a_lemma_among_forms_is_seen():
    name = Forms.__struct_fields__[0]
    for bad in (f"lemmas_of(x) & forms().{name}", f"forms().{name}.isdisjoint(lemmas_of(x))"):
        assert _mixed(ast.parse(bad)) == [bad]
    assert _mixed(ast.parse(f"forms_of(x) & forms().{name}")) == []


def test_only_the_tree_reads_the_lemma_of_a_token():
    readers = {name for name, tree in _files() for n in ast.walk(tree) if _is_lemma(n)}
    assert readers - {"parse/doc.py", "parse/tree.py"} == set()


def _is_lemma(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("lemma_", "lemma")
