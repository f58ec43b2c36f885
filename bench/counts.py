"""Counts what makes code hard to live in, on one or more checkouts, side by side.

The code is parsed, never imported, so that any commit can be counted.
"""

import argparse
import ast
import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

EXAMPLES = """\
examples:
  python -m bench.counts                 this checkout
  git worktree add /tmp/old 40f869c
  python -m bench.counts /tmp/old .      an old commit, and the files as they are
"""
LONG_LINE, LONG_FUNCTION, WORDS = 100, 40, 3
"""Columns of a line and lines of a function that are allowed; words that make a word list."""
TESTS = ("startswith", "endswith", "removeprefix", "removesuffix", "replace", "split", "partition")
WORD = re.compile(r"[a-z][a-z’'-]*")
LABELS = """root acl acomp advcl advmod agent amod appos attr aux auxpass case cc ccomp compound
    conj csubj csubjpass dative dep det dobj expl intj mark meta neg nmod npadvmod nsubj nsubjpass
    nummod oprd parataxis pcomp pobj poss preconj predet prep prt punct quantmod relcl xcomp"""
"""Labels of the dependency tree: no words of a text."""
Trees = Mapping[Path, ast.Module]
Counts = dict[str, object]


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m bench.counts", description=__doc__, epilog=EXAMPLES)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", nargs="*", type=Path, help="a checkout; default: this one")
    folders = parser.parse_args(words).folder or [Path(__file__).parents[1]]
    for folder in folders:
        if not (folder / "services" / "tagger").is_dir():
            parser.error(f"{folder} is no checkout: it has no services/tagger")
    columns = [_counts(folder / "services") for folder in folders]
    print(" " * 40, *(f"{folder.resolve().name[-16:]:>16}" for folder in folders))
    for name in columns[0]:
        print(f"{name:<40}", *(f"{column[name]:>16}" for column in columns))


def _counts(services: Path) -> Counts:
    """Return the counts of a checkout by their names."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(services.rglob("*.py"))}
    tagger = _below(services / "tagger", trees)
    found: Counts = {}
    for stage in ("tagger", "tracker", "alerter"):
        found |= _rooms(services / stage, _below(services / stage, trees))
    for name, part in (("services", trees), ("tagger", tagger)):
        found |= {f"{name}: {what}": count for what, count in _shape(part).items()}
    ontology = next(services.rglob("lexicon/events.yaml")).read_text("utf-8")
    events = set(re.findall(r"- event: ([\w-]+)", ontology))
    messages = _nodes(_below(services / "messages", trees).values())
    fields = [node.target for node in messages if isinstance(node, ast.AnnAssign)]
    no_words = {*LABELS.split(), *_values_of_types(trees.values())}.union(*map(_names, fields))
    lists = list(_word_lists(tagger.values(), no_words))
    return found | {
        "rule ids read as types": sum(map(_reads_rule, _nodes(trees.values()))),
        "event names compared in code": sum(_names_event(t, events) for t in trees.values()),
        "tagger: word lists in code (words)": f"{len(lists)} ({sum(map(len, lists))})",
    }


def _below(folder: Path, trees: Trees) -> Trees:
    return {path: tree for path, tree in trees.items() if path.is_relative_to(folder)}


def _nodes(trees: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for tree in trees:
        yield from ast.walk(tree)


def _rooms(stage: Path, trees: Trees) -> Counts:
    """Count rooms: a room is a folder of a stage, or a module beside its folders."""
    rooms = {path: path.relative_to(stage).parts[0].removesuffix(".py") for path in trees}
    sizes = Counter(room for path, room in rooms.items() if path.name != "__init__.py")
    below: defaultdict[str, set[str]] = defaultdict(set)
    for path, room in rooms.items():
        targets = set(_imports(trees[path], f"services.{stage.name}."))
        below[room] |= targets & sizes.keys() - {room}
    largest, modules = max(sizes.items(), key=lambda item: item[1])
    return {
        f"{stage.name}: modules, rooms": f"{sizes.total()}, {len(sizes)}",
        f"{stage.name}: modules a room": f"{sizes.total() / len(sizes):.1f}",
        f"{stage.name}: modules of the largest": f"{modules} ({largest})",
        f"{stage.name}: arrows between rooms": sum(map(len, below.values())),
        f"{stage.name}: floors": _floors(sizes, below) or "circular",
    }


def _imports(tree: ast.Module, prefix: str) -> Iterator[str]:
    """Yield the rooms below a package that a module imports."""
    for node in ast.walk(tree):
        for alias in node.names if isinstance(node, ast.ImportFrom) else ():
            target = f"{getattr(node, 'module', '')}.{alias.name}"
            if target.startswith(prefix):
                yield target.removeprefix(prefix).split(".")[0]


def _floors(rooms: Iterable[str], below: Mapping[str, set[str]]) -> int:
    """Return the number of rooms on the longest way down, 0 where the arrows make a circle."""
    floors, waiting = 0, set(rooms)
    while waiting:
        ready = {room for room in waiting if not below[room] & waiting}
        if not ready:
            return 0
        waiting -= ready
        floors += 1
    return floors


def _shape(trees: Trees) -> Counts:
    nodes = list(_nodes(trees.values()))
    lines = [line for path in trees for line in path.read_text("utf-8").splitlines()]
    functions = [n for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    comprehensions = [n for n in nodes if hasattr(n, "generators")]
    marks = [node.annotation for node in nodes if isinstance(node, ast.arg)]
    annotated = [mark for mark in (*marks, *(f.returns for f in functions)) if mark is not None]
    with_any = sum("Any" in _names(mark) for mark in annotated)
    comments, long = sum(map(_comments, trees)), sum(len(line) > LONG_LINE for line in lines)
    lengths = [(f.end_lineno or f.lineno) - f.lineno + 1 for f in functions]
    return {
        "lines, functions": f"{len(lines)}, {len(functions)}",
        "Any in signatures": f"{with_any} ({with_any / len(annotated):.1%})",
        "comprehensions a function": f"{len(comprehensions) / len(functions):.2f}",
        "comprehensions that are nested": sum(map(_is_nested, comprehensions)),
        "lines with a comment": f"{comments} ({comments / len(lines):.1%})",
        f"lines over {LONG_LINE} columns": f"{long} ({long / len(lines):.1%})",
        f"functions over {LONG_FUNCTION} lines": sum(n > LONG_FUNCTION for n in lengths),
    }


def _is_nested(node: ast.AST) -> bool:
    """True if a comprehension has several loops, or another comprehension in it."""
    return sum(isinstance(inner, ast.comprehension) for inner in ast.walk(node)) > 1


def _comments(path: Path) -> int:
    with path.open("rb") as file:
        return sum(part.type == tokenize.COMMENT for part in tokenize.tokenize(file.readline))


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _strings(node: ast.AST) -> list[str]:
    constants = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    return [value for value in constants if isinstance(value, str)]


def _is_attribute(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == name


def _reads_rule(node: ast.AST) -> bool:
    """True if a rule's id is compared with a string, or taken apart."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in TESTS and _is_attribute(node.func.value, "rule")
    is_test = isinstance(node, ast.Compare) and _is_attribute(node.left, "rule")
    return is_test and bool(_strings(node))


def _names_event(tree: ast.Module, events: set[str]) -> int:
    """Return how often `.event` is compared with names, or with a constant that holds some."""
    named = [n for n in tree.body if isinstance(n, ast.Assign) and events.intersection(_strings(n))]
    names = events.union(*map(_names, named))
    tests = (n for n in ast.walk(tree) if isinstance(n, ast.Compare))
    of_event = (test for test in tests if _is_attribute(test.left, "event"))
    return sum(not names.isdisjoint((*_strings(test), *_names(test))) for test in of_event)


def _values_of_types(trees: Iterable[ast.Module]) -> Iterator[str]:
    """Yield the values of all Literal types: no words of a text either."""
    for node in _nodes(trees):
        if isinstance(node, ast.Subscript) and "Literal" in _names(node.value):
            yield from _strings(node.slice)


def _word_lists(trees: Iterable[ast.Module], no_words: set[str]) -> Iterator[list[str]]:
    """Yield the words of each literal, call, and split string that holds words of a text alone."""
    for node in _nodes(trees):
        words: list[str] = []
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            words = [str(getattr(part, "value", "")) for part in node.elts]
        elif isinstance(node, ast.Call) and _is_attribute(node.func, "split"):
            words = " ".join(_strings(node.func)).split()
        elif isinstance(node, ast.Call):
            words = [str(part.value) for part in node.args if isinstance(part, ast.Constant)]
        if len(words) >= WORDS and all(map(WORD.fullmatch, words)) and set(words) - no_words:
            yield words


if __name__ == "__main__":
    main()
