"""What a search asks: words in the watch language, filters, and of which kind of documents."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

import msgspec

from services.errors import ConfigError
from services.messages import ClaimCondition, Level, Stance, Status, Time
from services.messages.events import EVENTS
from services.query.ast import Node
from services.query.document import facet
from services.query.parse import parse
from services.query.scan import mistaken
from services.text.choices import not_allowed

Kind = Literal["articles", "incidents", "claims"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What documents must have: one of the values of each filter that is given, and each bound.

    - `event`, `actor`, `place`, `stance`, `source`, `lang`: as in the watch language.
    - `patient`, `agent`: whom it befell, and who did it, by id or by name.
    - `status`: of a claim as it stands. `level`: the lowest level of a claim.
    - `time`: when an incident is, against the article's own news.
    - `independent`, `killed`, `confidence`: at least so many, and so sure.
    - `since`, `until`: from the first on, and before the second.
    """

    event: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    patient: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    stance: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    lang: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    level: Level | None = None
    independent: int = 0
    killed: int = 0
    confidence: float = 0.0
    since: datetime | None = None
    until: datetime | None = None

    @property
    def given(self) -> list[str]:
        """The names of the filters that are given."""
        names = self.__struct_fields__
        defaults = Filters()
        return [name for name in names if getattr(self, name) != getattr(defaults, name)]


CHOICES: dict[str, tuple[str, ...]] = {
    "event": EVENTS,
    "stance": get_args(Stance),
    "status": get_args(Status),
    "time": get_args(Time),
}
"""Filters with a closed list of values."""

IN_WORDS = ("event", "actor", "place", "stance", "source", "lang")
"""Filters that the watch language has a field for."""

_DATES = ("since", "until")
TAKES: dict[Kind, tuple[str, ...]] = {
    "articles": (*IN_WORDS, *_DATES),
    "incidents": (*IN_WORDS, "patient", "agent", "time", "killed", "confidence", *_DATES),
    "claims": (
        "event", "actor", "patient", "agent", "place", "status", "level", "independent", "killed",
        "confidence", *_DATES,
    ),
}  # fmt: skip
"""The filters that each kind of document knows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search that can be run. `node`: its words; None for none. `condition`: of claims."""

    kind: Kind
    query: str = ""
    filters: Filters = field(default_factory=Filters)
    node: Node | None = None
    condition: ClaimCondition | None = None


def asked(kind: Kind, query: str, filters: Filters) -> Asked:
    """Return the search. Raises ConfigError: what is wrong, where, and what to do instead."""
    for problem in _problems(kind, filters):
        raise ConfigError(problem)
    query = query.strip()
    if wrong := mistaken(query):
        raise wrong
    node = parse(query, {"event": frozenset(EVENTS)}) if query else None
    return Asked(kind, query, filters, node, condition(filters) if kind == "claims" else None)


def in_words(query: str, filters: Filters) -> str:
    """Return a query with the filters that the watch language has a field for."""
    parts = [_one(name, getattr(filters, name)) for name in IN_WORDS if getattr(filters, name)]
    if not parts:
        return query
    return " AND ".join([f"({query})", *parts] if query else parts)


def condition(filters: Filters) -> ClaimCondition:
    """Return the condition of a watch on claims that these filters are, but for status and dates.

    No confidence is asked for unless the filters do.
    """
    return ClaimCondition(
        event=filters.event,
        actor=filters.actor,
        patient=filters.patient,
        agent=filters.agent,
        place=filters.place,
        status=filters.level,
        independent=filters.independent,
        killed=filters.killed,
        confidence=filters.confidence,
    )


def _problems(kind: Kind, filters: Filters) -> Iterator[str]:
    for name in filters.given:
        if name not in TAKES[kind]:
            others = " or ".join(each for each in KINDS if name in TAKES[each])
            yield f"{name}: {kind} have none: search in {others}"
    for name, allowed in CHOICES.items():
        refused = [value for value in getattr(filters, name) if value not in allowed]
        yield from (f"{name}: {not_allowed(value, allowed)}" for value in refused)
    for name in IN_WORDS:
        empty = [v for v in getattr(filters, name) if facet(name, v) == f"{name}:"]
        yield from (f"{name}: {v!r:.40} holds no letter or digit" for v in empty)
    yield from _out_of_bounds(filters)


def _out_of_bounds(filters: Filters) -> Iterator[str]:
    if not 0 <= filters.confidence <= 1:
        yield "confidence: it is a probability: give a number from 0 to 1"
    for name in ("killed", "independent"):
        if getattr(filters, name) < 0:
            yield f"{name}: it counts people or voices: give 0 or more"
    if filters.since and filters.until and filters.since >= filters.until:
        yield (
            f"from {filters.since:%Y-%m-%d %H:%M} is not before to "
            f"{filters.until:%Y-%m-%d %H:%M}: nothing would be found"
        )


def _one(name: str, values: tuple[str, ...]) -> str:
    """Return the condition on a field: `actor:"jana wirth"`, `event:("killed" OR "wounded")`."""
    quoted = [f'"{value}"' for value in map(_unquoted, values)]
    return f"{name}:{quoted[0]}" if len(quoted) == 1 else f"{name}:({' OR '.join(quoted)})"


def _unquoted(value: str) -> str:
    """Return a value that can stand in quotation marks."""
    return value.translate({ord('"'): " ", ord("\\"): " ", ord("*"): " ", ord("?"): " "}).strip()
