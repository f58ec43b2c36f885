"""The atoms of a query: its single conditions on an article, in the watch language."""

from collections.abc import Iterator

from services.query.ast import And, Atom, Field, Near, Node, Not, Or, Phrase, Prefix
from services.query.document import facet_of_key


def atoms(node: Node) -> Iterator[tuple[Atom, bool]]:
    """Yield every atom with whether it is excluded (under a NOT), in order of evaluation."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from atoms(part)
        case Not(part):
            yield from ((atom, not excluded) for atom, excluded in atoms(part))
        case _:
            yield node, False


def asked_by_key(node: Node) -> dict[str, str]:
    """Return key facet to written facet, for names that are looked up by id and by key.

    `actor:jana-wirth` asks for the id and for the key of the name, but means one actor.
    """
    facets = {atom.facet for atom, _ in atoms(node) if isinstance(atom, Field)}
    return {
        key: facet
        for facet in sorted(facets)
        if (key := facet_of_key(facet)) != facet and key in facets
    }


def written(atom: Atom) -> str:
    """Return an atom in the watch language, in normalised words."""
    field = "title:" if getattr(atom, "title", False) else ""
    match atom:
        case Phrase(words):
            return field + (words[0] if len(words) == 1 else f'"{" ".join(words)}"')
        case Near(words, slop):
            return f'{field}"{" ".join(words)}"~{slop}'
        case Prefix(stem):
            return f"{field}{stem}*"
        case Field(facet):
            return facet


OF_THE_TAGGER = ("actor:", "event:", "stance:", "place:")
"""Beginnings of facets that only the tagger finds."""


def asks_the_tagger(node: Node) -> bool:
    """Return True if a query needs facets that only the tagger finds."""
    return any(
        isinstance(atom, Field) and atom.facet.startswith(OF_THE_TAGGER) for atom, _ in atoms(node)
    )
