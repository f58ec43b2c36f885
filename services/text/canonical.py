"""The canonical text that all offsets count: title, blank line, body.

It has no invisible characters.
"""

from services.text.clean import clean
from services.text.markup import without_markup


def canonical(title: str, body: str) -> tuple[str, int]:
    """Return the canonical text and the offset at which its title ends.

    Either part may be empty.
    """
    head = " ".join(clean(without_markup(title)).split())
    tail = clean(without_markup(body)).strip("\n")
    return (f"{head}\n\n{tail}" if head and tail else head or tail), len(head)
