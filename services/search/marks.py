"""Where a query's words stand in a document that was found, by the offsets of our own tokens.

Elasticsearch's highlighter would mark other words: it does not know our segments, distances, and
normalised letters.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from services.query.ast import Node
from services.query.document import Document
from services.query.evaluate import spans
from services.text.tokens import Span, Tokens, tokens

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


def marks_in_article(node: Node, text: str, title_end: int, matched: Sequence[str]) -> list[Span]:
    """Return the spans of a query's words in an article's text, in text order.

    - `matched`: the words of its segments, joined by blanks, as the index has them: all but
      boilerplate. Each is a run of the text's words.
    """
    title = tokens(text, 0, title_end)
    rest = [*matched]
    if rest and rest[0] == " ".join(title.words):
        rest = rest[1:]
    else:
        title = Tokens([], [])  # the title is boilerplate, or empty
    pieces = [title, *_segments(tokens(text, title_end), rest)]
    return spans((node,), Document(pieces, len(title.words)))


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


def _segments(body: Tokens, runs: Sequence[str]) -> Iterator[Tokens]:
    """Yield the tokens of each run, found in the body one behind the other.

    Blanks around each word keep a run from beginning or ending inside a word.
    """
    whole = f" {' '.join(body.words)} "
    starts = [*accumulate((len(word) + 1 for word in body.words), initial=0)]
    at = 0
    for run in runs:
        place = whole.find(f" {run} ", at)
        if place < 0:
            continue
        first = bisect_left(starts, place)
        n = run.count(" ") + 1
        yield Tokens(body.words[first : first + n], body.spans[first : first + n])
        at = place + len(run) + 1
