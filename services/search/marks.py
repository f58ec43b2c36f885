"""Where a query's words stand in a document that was found, by the offsets of our own tokens.

Elasticsearch's highlighter would mark other words: it does not know our segments, distances, and
normalised letters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.query.ast import Node
from services.query.document import Document, stretches_between
from services.query.evaluate import spans
from services.text.tokens import Span, Tokens, tokens, word_spans

AROUND = 160
"""Characters of an excerpt on each side of a mark at most: two lines of a terminal."""

MOST_EXCERPTS = 3
"""Excerpts of a document."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of a text. `start`: its place there. `marks`: spans of words, counted inside it."""

    start: int
    text: str
    marks: tuple[Span, ...]


def marks_in_article(
    node: Node, text: str, title_end: int, cuts: Iterable[Span], matched: Sequence[str]
) -> list[Span]:
    """Return the spans of a query's words in an article's text, in text order.

    - `cuts`: its boilerplate.
    - `matched`: the words of its segments with words, joined by blanks, as the index has them.
    """
    stretches = stretches_between(cuts, title_end, len(text))
    title, *body = _matched(text, stretches, matched) or [tokens(text, *each) for each in stretches]
    segments = [title, *(segment for segment in body if segment.words)]
    return spans((node,), Document(segments, len(title.words)))


def _matched(text: str, stretches: Sequence[Span], matched: Sequence[str]) -> list[Tokens]:
    """Return the words of each stretch as the index has them; nothing if they can't be placed.

    Where a stretch has as many words as the index has of it, each is the word at its place, and
    none has to be normalised again. It has fewer if a word has no letter.
    """
    found = [word_spans(text, *each) for each in stretches]
    runs = [run.split(" ") for run in matched]
    if [*map(len, runs)] != [len(each) for each in found if each]:
        return []
    words = iter(runs)
    return [Tokens(next(words) if each else [], each) for each in found]


def marks_in_lines(node: Node, title: str, line: str) -> tuple[list[Span], list[Span]]:
    """Return the spans of a query's words in a title, and in a sentence beside it."""
    first, second = tokens(title), tokens(line)
    away = len(title) + 1
    shifted = Tokens(second.words, [(a + away, b + away) for a, b in second.spans])
    found = spans((node,), Document([first, shifted], len(first.words)))
    in_line = [(a - away, b - away) for a, b in found if a >= away]
    return [span for span in found if span[1] <= len(title)], in_line


def excerpts(text: str, marks: Sequence[Span]) -> list[Excerpt]:
    """Return the first stretches of a text with marks, each of one line."""
    found: list[Excerpt] = []
    left = [*marks]
    while left and len(found) < MOST_EXCERPTS:
        start, end = _around(text, left[0])
        inside = [span for span in left if span[0] >= start and span[1] <= end]
        found.append(
            Excerpt(start, text[start:end], tuple((a - start, b - start) for a, b in inside))
        )
        left = [span for span in left if span[0] >= end]
    return found


def _around(text: str, span: Span) -> Span:
    """Return the stretch around a span that is shown: of its line, from blank to blank."""
    start = max(text.rfind("\n", 0, span[0]) + 1, span[0] - AROUND)
    line_end = text.find("\n", span[1])
    end = min(line_end if line_end >= 0 else len(text), span[1] + AROUND)
    if start and text[start - 1] not in " \n":
        start = min(text.find(" ", start, span[0]) + 1 or start, span[0])
    if end < len(text) and text[end] not in " \n":
        end = max(text.rfind(" ", span[1], end), span[1])
    return start, end
