"""What a search found: each document with the words that matched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.ports import JsonObject
from services.query.ast import Node
from services.search.asked import Kind
from services.search.bodies import IDS, NOT_SHOWN
from services.search.marks import Excerpt, excerpts, marks_in_article, marks_in_lines
from services.text.tokens import Span


@dataclass(frozen=True, slots=True)
class Row:
    """A document that was found.

    - `document`: its fields, as Kibana shows them.
    - `marks`: spans of the words that matched, in code points of its text; of an incident, of its
      title. `excerpts`: stretches of the text with them; of a claim, of an article's headline.
    """

    kind: Kind
    document: JsonObject
    marks: tuple[Span, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()

    @property
    def id(self) -> str:
        return str(self.document.get(IDS[self.kind], ""))

    def as_json(self) -> JsonObject:
        """Return the row as an object: the document, its marks, and its excerpts."""
        marked: JsonObject = {"kind": self.kind, **self.document, "marks": [*map(list, self.marks)]}
        marked["excerpts"] = [
            {"start": each.start, "text": each.text, "marks": [*map(list, each.marks)]}
            for each in self.excerpts
        ]
        return marked


def row(kind: Kind, node: Node | None, source: Mapping[str, Any]) -> Row:
    """Return a document of the index with what matched in it."""
    if kind == "articles":
        return _article(node, source)
    document = dict(source)
    if kind == "claims" or node is None:
        return Row(kind, document)
    title, line = str(source.get("title", "")), str(source.get("quote", ""))
    in_title, in_line = marks_in_lines(node, title, line)
    shown = excerpts(line, in_line) or excerpts(title, in_title)
    return Row(kind, document, tuple(in_title), tuple(shown))


def _article(node: Node | None, source: Mapping[str, Any]) -> Row:
    document = {name: value for name, value in source.items() if name not in NOT_SHOWN}
    text, title = str(source.get("text", "")), str(source.get("title", ""))
    if node is None:
        return Row("articles", document)
    given = source.get("match") or []
    matched = [given] if isinstance(given, str) else given
    starts, ends = source.get("boilerplate_starts") or [], source.get("boilerplate_ends") or []
    cuts = zip(starts, ends, strict=True)
    marks = marks_in_article(node, text, len(title), cuts, matched)
    return Row("articles", document, tuple(marks), tuple(excerpts(text, marks)))
