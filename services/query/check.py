"""Refuses a query that can never match, matches nearly everything, or costs too much."""

from collections.abc import Iterator

from services.query.ast import And, Field, Near, Node, Not, Or, Phrase, Prefix
from services.query.clauses import clauses, cost
from services.query.compile import MAX_ORDERS, orders
from services.query.document import Document
from services.query.evaluate import holds
from services.query.frequency import share
from services.query.scan import QueryError
from services.text.tokens import Tokens

MAX_SHARE = 0.6
"""Expected share of all articles above which a query is refused."""

MAX_COST = 3.0
"""Atoms looked up and positions visited for an article, above which a query is refused.

All articles are assumed to be about the query's subject. A plain watch takes about one.
"""


def check(node: Node) -> None:
    """Raise QueryError with the reason for a query that can't be a watch."""
    found = clauses(node)
    if not found:
        raise QueryError("the query matches nearly everything: it needs a word that must occur")
    if not _possible(node, (), ()):
        raise QueryError("the query can never match: what it asks for is what it excludes")
    if orders(node) > MAX_ORDERS:
        raise QueryError(
            'the query costs too much: a word stands twice in a long "…"~n; name it once there'
        )
    expected = share(node)
    if expected > MAX_SHARE:
        raise QueryError(
            f"the query matches nearly everything (about {expected:.0%} of articles): add a rarer "
            "word with AND"
        )
    if (work := cost(found)) > MAX_COST:
        raise QueryError(
            f"the query costs too much: about {work:.1f} look-ups an article, the limit is "
            f"{MAX_COST:.0f}; "
            "use rarer words, or make several watches of it"
        )


def _possible(node: Node, required: tuple[Node, ...], forbidden: tuple[Node, ...]) -> bool:
    """Return True if some text can match, as far as the required parts decide it.

    The smallest text with all required parts is built. No excluded part may hold in it. Each
    alternative is tried with the parts around it, not with other alternatives, so a contradiction
    between two of them is not found.
    """
    parts = node.parts if isinstance(node, And) else (node,)
    required += tuple(part for part in parts if not isinstance(part, Or | Not))
    forbidden += tuple(
        part.part for part in parts if isinstance(part, Not) and _is_monotone(part.part)
    )
    smallest = _smallest(required)
    languages = {f for f in smallest.facets if f.startswith("lang:")}
    if len(languages) > 1 or any(holds(part, smallest) for part in forbidden):
        return False
    for choice in parts:
        if isinstance(choice, Or):
            tried = (_possible(branch, required, forbidden) for branch in choice.parts)
            if not any(tried):
                return False
    return True


def _is_monotone(node: Node) -> bool:
    """Return True if more text can only help the query to match: nothing in it is excluded."""
    match node:
        case And(parts) | Or(parts):
            return all(_is_monotone(part) for part in parts)
        case Not():
            return False
    return True


def _smallest(required: tuple[Node, ...]) -> Document:
    """Return a text in which the atoms hold, and nothing that they don't imply."""
    in_title: list[tuple[str, ...]] = []
    in_body: list[tuple[str, ...]] = []
    for node in required:
        (in_title if getattr(node, "title", False) else in_body).extend(_pieces(node))
    facets = frozenset(node.facet for node in required if isinstance(node, Field))
    return Document(
        map(_segment, in_title + in_body), sum(len(piece) + 1 for piece in in_title), facets
    )


def _pieces(node: Node) -> Iterator[tuple[str, ...]]:
    match node:
        case Phrase(words):
            yield words
        case Near(words):
            yield from ((word,) for word in words)
        case Prefix(stem):
            yield (stem + "\0",)  # begins with it, and is no word of any query


def _segment(words: tuple[str, ...]) -> Tokens:
    return Tokens(list(words), [(0, 0)] * len(words))
