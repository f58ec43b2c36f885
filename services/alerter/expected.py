"""How many alerts a day a watch is expected to bring: rough, and only to warn of watches that nobody could read.

Every number here is an assumption; `services/query/frequency.py` has those about words.
"""

from collections.abc import Callable, Mapping, Sequence

from services.messages import LEVELS, ClaimCondition
from services.query.ast import And, Field, Node, Not, Or
from services.query.atoms import asked_by_key
from services.query.frequency import share

ARTICLES_A_DAY = 10_000
"""Articles a day that are assumed: what a few hundred feeds of agencies and newspapers bring."""

ARTICLES_A_STORY = 4
"""Articles that one alert stands for, as an alert is about a story: wire copies and follow-ups come on top of the first."""

MANY_A_DAY = 20
"""Alerts a day from which a watch is warned of: more than one an hour of a waking day."""

_STATE = 0.03
_OTHER_ACTOR = 0.004
"""Shares of articles that name one given state, and one given person or group."""

_ANY_EVENT, _ONE_EVENT = 0.5, 0.05
"""Shares of articles with a report of any event, and of one type."""

_ANOTHER_VOICE = 0.3
"""Share of claims that get one more independent voice; a status above `reported` counts as one."""

IsState = Callable[[str], bool]


def alerts_a_day(query: Node | None, condition: ClaimCondition | None, is_state: IsState) -> float:
    """Return about how many alerts a day a watch brings at ARTICLES_A_DAY, where both it and the news are ordinary."""
    shares = [
        *([_query_share(query, is_state, asked_by_key(query))] if query is not None else []),
        *(_condition_shares(condition, is_state) if condition is not None else []),
    ]
    return min(shares, default=1.0) * _voices(condition) * ARTICLES_A_DAY / ARTICLES_A_STORY


def _query_share(node: Node, is_state: IsState, keys: Mapping[str, str]) -> float:
    """`keys` are facets that stand beside the one that was written, and add nothing to it."""
    match node:
        case Field(name) if name in keys:
            return 0.0
        case Field(name) if name.startswith("actor:"):
            return _actors_share([name.partition(":")[2]], is_state)
        case And(parts):
            return min(_query_share(part, is_state, keys) for part in parts)
        case Or(parts):
            return min(1.0, sum(_query_share(part, is_state, keys) for part in parts))
        case Not(part):
            return 1.0 - _query_share(part, is_state, keys)
    return share(node)


def _condition_shares(condition: ClaimCondition, is_state: IsState) -> list[float]:
    events = min(_ANY_EVENT, _ONE_EVENT * len(condition.event)) if condition.event else _ANY_EVENT
    return [events, *([_actors_share(condition.actor, is_state)] if condition.actor else [])]


def _actors_share(actors: Sequence[str], is_state: IsState) -> float:
    return min(1.0, sum(_STATE if is_state(actor) else _OTHER_ACTOR for actor in actors))


def _voices(condition: ClaimCondition | None) -> float:
    if condition is None:
        return 1.0
    by_status = LEVELS.index(condition.status) if condition.status else 0
    return float(_ANOTHER_VOICE ** max(condition.independent - 1, min(by_status, 1), 0))
