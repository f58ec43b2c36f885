"""Quotations by the quotation marks of a text alone."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from operator import itemgetter

from services.messages import Span

_QUOTED = re.compile(
    r"“[^”\n]*(?:”|(?=\n|$))"
    r"|(?<![\w.,?!])\"(?=\S)[^\"\n]*(?:\"|(?=\n|$))"
    r"|``(?:(?!'').)*(?:''|(?=\n|$))"
)


@dataclass(frozen=True)
class Quotes:
    """The quotations of a text, by their spans."""

    spans: tuple[Span, ...]

    def holds(self, at: int) -> bool:
        """Return whether a character stands inside a quotation."""
        i = bisect_right(self.spans, (at, 1 << 60)) - 1
        return i >= 0 and self.spans[i][0] <= at < self.spans[i][1]

    def within(self, start: int, end: int) -> list[Span]:
        """Return the quotations that a stretch of text overlaps."""
        first = bisect_right(self.spans, start, key=itemgetter(1))
        last = bisect_left(self.spans, end, key=itemgetter(0))
        return list(self.spans[first:last])


def find_quotes(text: str) -> Quotes:
    """Return the quotations; one that is never closed runs to the end of its paragraph."""
    return Quotes(tuple(match.span() for match in _QUOTED.finditer(text)))
