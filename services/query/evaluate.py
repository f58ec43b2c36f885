"""Does a query match a text, and where: exact, by token positions."""

from collections.abc import Sequence

from services.query.ast import And, Node, Not, Or, Phrase, Prefix
from services.text.tokens import Token

Segment = Sequence[Token]
Spans = list[tuple[int, int]]


def evaluate(node: Node, segments: Sequence[Segment]) -> Spans | None:
    """Return the spans of all matched atoms in text order (none under NOT), or None where the query does not match.

    Phrases never cross from one segment into the next.
    """
    found = _evaluate(node, segments)
    return None if found is None else sorted(set(found))


def _evaluate(node: Node, segments: Sequence[Segment]) -> Spans | None:
    match node:
        case Phrase(words):
            return _phrase(words, segments) or None
        case Prefix(stem):
            return [(t.start, t.end) for segment in segments for t in segment if t.text.startswith(stem)] or None
        case Not(part):
            return [] if _evaluate(part, segments) is None else None
        case Or(parts):
            hits = [hit for hit in (_evaluate(part, segments) for part in parts) if hit is not None]
            return [span for hit in hits for span in hit] if hits else None
        case And(parts):
            all_hits = [_evaluate(part, segments) for part in parts]
            return None if None in all_hits else [span for hit in all_hits for span in hit or []]


def _phrase(words: tuple[str, ...], segments: Sequence[Segment]) -> Spans:
    n = len(words)
    return [
        (segment[i].start, segment[i + n - 1].end)
        for segment in segments
        for i in range(len(segment) - n + 1)
        if segment[i].text == words[0] and tuple(t.text for t in segment[i : i + n]) == words
    ]
