"""What watches can ask for by name, as far as it is known where they are checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Remark(NamedTuple):
    """What is to be said of a name that is asked for; a warning leaves the watch usable."""

    what: str
    is_warning: bool = False


def _nothing(_: str) -> Remark | None:
    return None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Events of the ontology (none: any is let through), and what to say of an actor, a place, or a language.

    `is_state` tells whether an actor's id is that of a state, of which far more news tells than of others.
    """

    events: Sequence[str] = ()
    actor: Callable[[str], Remark | None] = _nothing
    place: Callable[[str], Remark | None] = _nothing
    language: Callable[[str], Remark | None] = _nothing
    is_state: Callable[[str], bool] = lambda _: False


ANY = Vocabulary()
"""Lets every name through."""
