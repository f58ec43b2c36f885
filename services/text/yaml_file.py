"""YAML files of users. No tree is built before the file is known to be small and flat.

The parser keeps its stack on the heap and yields one event at a time, so even the deepest file is
harmless to it. Building a tree is recursive and ends the process some ten thousand levels deep.
With aliases, a few hundred bytes can stand for millions of values; aliases, anchors, merge keys,
and tags are refused.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml

from services.text.problems import FileProblems, Problem, errors

MAX_BYTES = 16 * 1024 * 1024
"""Bytes of a YAML file: about a hundred thousand watches."""

MAX_DEPTH = 20
"""Nested lists and mappings; a watch file needs five."""

MAX_NODES = 500_000
"""Values, keys, lists, and mappings of a file.

Each takes about 0.3 kB and 15 µs to build, so a file takes at most 150 MB.
"""

MAX_PROBLEMS = 100
"""Mistakes of a file that are reported; with so many, some are corrected first."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_SYNTAX = {
    "mapping values are not allowed": (
        "a colon stands where none can stand: put a text that holds a colon in single quotes "
        "('…'), and let all fields of one entry begin in the same column"
    ),
    "found unexpected ':'": (
        "a colon stands where none can stand: put a text that holds a colon in single quotes ('…')"
    ),
    "did not find expected key": (
        "text follows a closing quotation mark, or a field begins in another column than the one "
        "above it: put a text that begins with a quotation mark in single quotes as a whole, such "
        "as '\"a b\" OR c'"
    ),
    "did not find expected ',' or ']'": (
        "a [ is never closed, or a comma is missing: put a text that holds brackets in quotes"
    ),
    "did not find expected ',' or '}'": (
        "a { is never closed, or a comma is missing: put a text that holds brackets in quotes"
    ),
    "did not find expected node content": "a [ or { is never closed",
    "cannot start any token": (
        "no text can begin with this character (@ % ` or a tab): put the text in single quotes "
        "('…'), and indent with blanks"
    ),
    "tab character that violates": "a tab stands here: indent with blanks",
    "found unexpected end of stream": "a quotation mark is opened here and never closed",
    "could not find expected ':'": (
        "a line without a colon stands here or above: write field: value"
    ),
    "did not find expected '-' indicator": (
        "this line begins in a column where only - can begin an entry: indent it like the fields "
        "above it"
    ),
    "did not find expected <document start>": (
        "the list ends above, and more follows: a file holds one list (JSON Lines is none)"
    ),
    "unknown escape character": (
        "\\ has a meaning of its own between double quotes: put the text in single quotes ('…')"
    ),
}
"""A part of the parser's message to advice for a person."""


_XML = re.compile(r"\s*<[?!a-zA-Z]")


class YamlFile(NamedTuple):
    """The tree of a file, and its mistakes so far.

    The tree is None for an empty file, or one that must not be built.
    """

    root: yaml.Node | None
    problems: list[Problem]


def read_yaml(content: bytes | str, name: str) -> YamlFile:
    """Return the tree of a YAML file and its mistakes. Raises nothing."""
    scan = _Scan(name)
    try:
        text = _decoded(content, name)
        if _XML.match(text):
            return YamlFile(None, [Problem(name, 1, "this is XML or HTML: YAML is expected")])
        for event in yaml.parse(text, Loader=LOADER):
            scan.take(event)
        if scan.is_usable:
            return YamlFile(yaml.compose(text, Loader=LOADER), scan.problems)
    except FileProblems as error:
        return YamlFile(None, [*scan.problems, *error.problems])
    except yaml.MarkedYAMLError as error:
        return YamlFile(None, [*scan.problems, _syntax(error, name)])
    except yaml.reader.ReaderError as error:
        what = f"a character that no YAML file may hold (code {error.character})"
        return YamlFile(None, [Problem(name, text.count("\n", 0, error.position) + 1, what)])
    return YamlFile(None, scan.problems)


def compose_yaml(content: bytes | str, name: str) -> yaml.Node | None:
    """Return the tree of a YAML file; None for an empty one. Raises FileProblems."""
    root, problems = read_yaml(content, name)
    if errors(problems):
        raise FileProblems(problems)
    return root


def line_of(node: yaml.Node) -> int:
    """Return the line of a node, counted from 1."""
    line: int = node.start_mark.line + 1
    return line


def is_empty(node: yaml.Node) -> bool:
    """Return True if a field has no value, or `null` or `~`."""
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("", "~", "null")


def _decoded(content: bytes | str, name: str) -> str:
    """Return the text of a file. Raises FileProblems for one that is too large or not in UTF-8."""
    if len(content) > MAX_BYTES:
        raise FileProblems(
            [
                Problem(
                    name,
                    1,
                    f"the file is larger than {MAX_BYTES // 2**20} MB: make several files of it",
                )
            ]
        )
    if isinstance(content, str):
        return content.encode("utf-8", "replace").decode()  # a lone surrogate would end the parser
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileProblems(
            [Problem(name, line, "the file is not in UTF-8: save it with this encoding")]
        ) from error


def _syntax(error: yaml.MarkedYAMLError, name: str) -> Problem:
    """Return the mistake that stopped the parser, in words for a person.

    Its line is where something was opened that is never closed, if that is the mistake.
    """
    problem = error.problem or "this is no YAML"
    mark = error.problem_mark
    if "end of stream" in problem and error.context_mark:
        mark = error.context_mark
    hint = next(
        (hint for part, hint in _SYNTAX.items() if part in problem), f"this is no YAML: {problem}"
    )
    return Problem(name, mark.line + 1 if mark else 1, hint)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


@dataclass
class _Open:
    """An open list or mapping.

    Of a mapping: its keys with their lines, and whether the next node is a key.
    """

    keys: dict[str, int] | None = None
    is_at_key: bool = False


@dataclass
class _Scan:
    """Counts the events of one file. `is_usable`: a tree may be built of them."""

    name: str
    problems: list[Problem] = field(default_factory=list)
    is_usable: bool = True
    _open: list[_Open] = field(default_factory=list)
    _n_nodes: int = 0
    _n_documents: int = 0

    def take(self, event: yaml.Event) -> None:
        """Process one event. Raises FileProblems if reading must end."""
        match event:
            case yaml.DocumentStartEvent():
                self._n_documents += 1
                if self._n_documents > 1:
                    self._end(
                        event, "a second document begins here (---): put each in a file of its own"
                    )
            case yaml.AliasEvent():
                self._refuse(
                    event,
                    f"*{event.anchor:.40} can't be read: put a text that begins with * in quotes, "
                    "and write out repetitions",
                )
                self._node(event)
            case yaml.NodeEvent():
                self._node(event)
                self._check_marks(event)
                if isinstance(event, yaml.CollectionStartEvent):
                    self._enter(event)
            case yaml.CollectionEndEvent():
                self._open.pop()

    def _enter(self, event: yaml.Event) -> None:
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._open.append(_Open({} if is_mapping else None, is_mapping))
        if len(self._open) > MAX_DEPTH:
            self._end(
                event, f"lists and mappings stand more than {MAX_DEPTH} deep inside each other"
            )

    def _node(self, event: yaml.Event) -> None:
        self._n_nodes += 1
        if self._n_nodes > MAX_NODES:
            self._end(
                event, f"the file holds more than {MAX_NODES:,} values: make several files of it"
            )
        around = self._open[-1] if self._open else None
        if around is None or around.keys is None:
            return
        if around.is_at_key:
            self._key(event, around.keys)
        around.is_at_key = not around.is_at_key

    def _key(self, event: yaml.Event, seen: dict[str, int]) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self._end(
                event,
                "the name of a field must be a word: write field: value, and put a text with "
                "brackets in quotes",
            )
        elif event.value == "<<":
            self._refuse(event, "<< can't be read: write the fields out")
        elif event.value in seen:
            first = seen[event.value]
            self._say(
                event, f"{event.value:.40} is given twice, first in line {first}: keep one of them"
            )
        else:
            seen[event.value] = _line(event)

    def _check_marks(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            self._refuse(
                event,
                f"&{event.anchor:.40} can't be read: leave it out, or put a text that begins with "
                "& in quotes",
            )
        if getattr(event, "tag", None) is not None:
            self._refuse(
                event,
                "a tag (!…) can't be read: leave it out, or put a text that begins with ! in "
                "quotes",
            )

    def _say(self, event: yaml.Event, what: str) -> None:
        problem = Problem(self.name, _line(event), what)
        if len(self.problems) < MAX_PROBLEMS and problem not in self.problems:
            self.problems.append(problem)

    def _refuse(self, event: yaml.Event, what: str) -> None:
        self.is_usable = False
        self._say(event, what)

    def _end(self, event: yaml.Event, what: str) -> None:
        raise FileProblems([Problem(self.name, _line(event), what)])
