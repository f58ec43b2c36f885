"""Boilerplate: text on the page that is not the article, left out of reports and matching.

A line is boilerplate by its words and by being short. A section heading ("Related articles") covers
the lines below it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import msgspec
import yaml

from services.messages import Boilerplate, Span
from services.tagger.layout.page_head import find_page_head
from services.tagger.lexicon.rules import rule_id
from services.tagger.lexicon.words import read_lexicon

_PROSE = re.compile(r"[.!?][”\"')]?\s+[A-Z“\"]")
_PROSE_CHARS = 300
"""Characters from which a line says too much to be boilerplate, whatever its first words."""
_PROSE_WORDS = 12
"""Words from which a line with a full stop is of the article again, below a section heading."""
_LAST_LINES = 6
"""Lines at the end that may introduce the author; further up they are news about a journalist."""


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules of boilerplate.yaml; see there."""

    words: dict[str, str]
    lines: dict[str, tuple[str, ...]]
    author: tuple[str, ...]
    sections: tuple[str, ...]


@dataclass(frozen=True)
class _Patterns:
    lines: Mapping[str, re.Pattern[str]]
    author: re.Pattern[str]
    sections: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    rules = msgspec.convert(yaml.safe_load(read_lexicon("boilerplate.yaml")), _Rules)
    lines = {kind: _any(patterns, rules.words) for kind, patterns in rules.lines.items()}
    return _Patterns(lines, _any(rules.author, rules.words), _any(rules.sections, rules.words))


def _any(patterns: Sequence[str], words: Mapping[str, str]) -> re.Pattern[str]:
    """Return one pattern for several, with the words put in for their names."""
    whole = "|".join(patterns)
    for name, word in words.items():
        whole = whole.replace(f"{{{name}}}", word)
    return re.compile(whole, re.IGNORECASE)


def find_boilerplate(text: str, title_end: int) -> tuple[Boilerplate, ...]:
    """Return the boilerplate of a canonical text, in order; the title is never one.

    A section heading covers the lines below it, up to one of two sentences or of one long one.
    """
    head = [_part(span, "page-head") for span in find_page_head(text, title_end)]
    start = head[-1].end if head else title_end
    return (*head, *_whole_lines(text, start))


def story_start(boilerplate: Sequence[Boilerplate], title_end: int) -> int:
    """Return where the story starts: behind the title, and what a page repeats behind it."""
    return max((part.end for part in boilerplate if part.kind == "page-head"), default=title_end)


def _part(span: Span, kind: str) -> Boilerplate:
    rule = rule_id(f"boilerplate/{kind}")
    return Boilerplate(start=span[0], end=span[1], kind=kind, rule=rule)


def _whole_lines(text: str, title_end: int) -> Iterator[Boilerplate]:
    """Yield the lines that are boilerplate."""
    rules, section = _patterns(), False
    lines = list(_lines(text, title_end))
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        if len(line) > _PROSE_CHARS or (section and _is_prose(line)):
            section = False
            continue
        is_heading = bool(rules.sections.match(line))
        section = section or is_heading
        near_end = number >= len(lines) - _LAST_LINES
        kind = "related" if section else _kind(line, rules, near_end=near_end)
        if kind:
            yield _part((start, end), kind)


def _lines(text: str, title_end: int) -> Iterator[Span]:
    for match in re.finditer(r"[^\s][^\n]*", text[title_end:]):
        yield title_end + match.start(), title_end + match.start() + len(match.group().rstrip())


def _is_prose(line: str) -> bool:
    ends = line.rstrip("”\"')").endswith((".", "!", "?"))
    return bool(_PROSE.search(line)) or (ends and line.count(" ") + 1 >= _PROSE_WORDS)


def _kind(line: str, rules: _Patterns, *, near_end: bool) -> str | None:
    if near_end and rules.author.match(line):
        return "bio"
    return next((kind for kind, pattern in rules.lines.items() if pattern.search(line)), None)
