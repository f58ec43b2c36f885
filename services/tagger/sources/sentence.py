"""A parsed sentence with its place in the text and the quotations of its article."""

from dataclasses import dataclass

from services.messages import Span
from services.tagger.layout.quotes import Quotes
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import is_a

_MOST_STEPS = 20
"""Steps from a token up to the head of its phrase: no noun phrase of news is deeper."""


@dataclass(frozen=True)
class QuotingSentence:
    """A sentence that may attribute something: `base` is its offset, `quotes` are the article's."""

    doc: Doc
    base: int
    quotes: Quotes

    @property
    def span(self) -> Span:
        return (self.base, self.base + len(self.doc.text))

    def is_quoted(self, token: Token) -> bool:
        """True if a token stands inside of a quotation."""
        return self.quotes.holds(self.base + token.idx)

    def subtree(self, token: Token) -> Span:
        """Return the span of a token with all that depends on it."""
        below = token.subtree
        return (place(below[0], self.base)[0], place(below[-1], self.base)[1])


def place(token: Token, base: int) -> Span:
    """Return the span of a token of a sentence that starts at `base`."""
    return (base + token.idx, base + token.idx + len(token))


def noun_phrase(head: Token, base: int) -> Span:
    """Return the span of a noun with its dependents, but for its own clauses and conjuncts."""
    inside = [token for token in head.subtree if not _is_cut(token, head)]
    return (place(inside[0], base)[0], place(inside[-1], base)[1])


def _is_cut(token: Token, head: Token) -> bool:
    """True if a token stands in a clause or conjunct of a head."""
    for _ in range(_MOST_STEPS):
        if token.i == head.i:
            return False
        is_clausal = is_a(token, "relcl", "acl", "advcl", "punct", "cc", "conj")
        if is_clausal and token.head.i == head.i:
            return True
        token = token.head
    return False
