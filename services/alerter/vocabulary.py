"""The names that watches can use, as far as they are known where watches are checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Remark(NamedTuple):
    """A remark on a name in a watch. A warning leaves the watch usable."""

    what: str
    is_warning: bool = False


def _nothing(_: str) -> Remark | None:
    return None


def _no_event(_: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The events of the ontology, and remarks on an actor, a place, or a language.

    Without events, any event is allowed. `events_of` gives the events that a word of texts may
    mean ("murdered": killed). `is_state` says whether an actor's id is that of a state,
    which is in far more news than other actors.
    """

    events: Sequence[str] = ()
    events_of: Callable[[str], Sequence[str]] = _no_event
    actor: Callable[[str], Remark | None] = _nothing
    place: Callable[[str], Remark | None] = _nothing
    language: Callable[[str], Remark | None] = _nothing
    is_state: Callable[[str], bool] = lambda _: False


ANY = Vocabulary()
"""Allows every name."""
