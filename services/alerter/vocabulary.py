"""The names that watches can use, as far as they are known where watches are checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.ports import JsonObject


class Remark(NamedTuple):
    """A remark on a name in a watch. A warning leaves the watch usable."""

    what: str
    is_warning: bool = False


def _nothing(_: str) -> Remark | None:
    return None


def _none(_: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The events of the ontology, and remarks on an actor, a place, or a language.

    - `events`: without any, every event is allowed. `events_of`: the events that a word of texts
      may mean ("murdered": killed).
    - `ids_of`: the ids of the actors that have a name, as people write it, or that id.
    - `actor`, `place`: remarks on a name in a query, or on one that `ids_of` does not know.
      `scene`: on a place in a claim condition, where states are places, too.
    - `name_of`: the name of an actor by its id; "" for others.
    - `row_of`: what the dictionaries know of an actor by its id, as a row of theirs; {} for others.
      `id_made_of`: the id that a new name would have.
    - `is_rule`: whether a rule of the tagger has a name, which has no version. `rule_says`: what it
      means, in words; "" for others.
    - `is_state`, `is_country`: whether an actor's id, or a place, is that of a state, which is in
      far more news than other actors and places.
    """

    events: Sequence[str] = ()
    events_of: Callable[[str], Sequence[str]] = _none
    ids_of: Callable[[str], Sequence[str]] = _none
    name_of: Callable[[str], str] = lambda _: ""
    actor: Callable[[str], Remark | None] = _nothing
    place: Callable[[str], Remark | None] = _nothing
    scene: Callable[[str], Remark | None] = _nothing
    language: Callable[[str], Remark | None] = _nothing
    row_of: Callable[[str], JsonObject] = lambda _: {}
    id_made_of: Callable[[str], str] = lambda _: ""
    is_rule: Callable[[str], bool] = lambda _: True
    rule_says: Callable[[str], str] = lambda _: ""
    is_state: Callable[[str], bool] = lambda _: False
    is_country: Callable[[str], bool] = lambda _: False


ANY = Vocabulary()
"""Allows every name."""
