"""A rough guess of a watch's alerts a day, to warn of watches with more than anybody could read.

All numbers here are guesses. `services/query/frequency.py` has those about words.
"""

from collections.abc import Callable, Mapping, Sequence

from services.messages import LEVELS, ClaimCondition
from services.query.ast import And, Field, Node, Not, Or
from services.query.atoms import asked_by_key
from services.query.frequency import share

ARTICLES_A_DAY = 10_000
"""Articles a day: those of a few hundred feeds of agencies and newspapers."""

ARTICLES_A_STORY = 4
"""Articles of one alert: the first of a story, its wire copies, and its follow-ups."""

MANY_A_DAY = 20
"""Alerts a day above which a watch gets a warning: more than one an hour of a waking day."""

_STATE = 0.03
_OTHER_ACTOR = 0.004
"""Shares of articles that name a given state, and a given person or group."""

_COUNTRY, _OTHER_PLACE = 0.02, 0.002
"""Shares of articles with an event in a given country, and in a given region or town."""

_BY_DEAD = ((50, 0.02), (10, 0.1), (3, 0.3), (1, 0.5))
"""Shares of deadly events with at least so many dead."""


_ANY_EVENT, _ONE_EVENT = 0.5, 0.05
"""Shares of articles with a report of any event, and of one type."""

_ANOTHER_VOICE = 0.3
"""Share of claims that get one more independent voice; a status above `reported` counts as one."""

IsState = Callable[[str], bool]


def alerts_a_day(
    query: Node | None,
    condition: ClaimCondition | None,
    is_state: IsState,
    is_country: IsState = lambda _: False,
) -> float:
    """Return about how many alerts a day a watch brings at ARTICLES_A_DAY."""
    shares: list[float] = []
    if query is not None:
        shares.append(_query_share(query, is_state, asked_by_key(query)))
    if condition is not None:
        shares += _condition_shares(condition, is_state, is_country)
    share = min(shares, default=1.0) * _voices(condition) * _dead(condition)
    return share * ARTICLES_A_DAY / ARTICLES_A_STORY


def _query_share(node: Node, is_state: IsState, keys: Mapping[str, str]) -> float:
    """Return the share of articles that match a query.

    `keys` are facets that were added beside a written one; they match nothing more.
    """
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


def _condition_shares(
    condition: ClaimCondition, is_state: IsState, is_country: IsState
) -> list[float]:
    shares = [_ANY_EVENT]
    if condition.event:
        shares.append(_ONE_EVENT * len(condition.event))
    if condition.killed:
        shares.append(_ONE_EVENT)
    roles = filter(None, (condition.actor, condition.patient, condition.agent))
    shares += (_actors_share(actors, is_state) for actors in roles)
    if condition.place:
        places = (_COUNTRY if is_country(place) else _OTHER_PLACE for place in condition.place)
        shares.append(min(1.0, sum(places)))
    return shares


def _dead(condition: ClaimCondition | None) -> float:
    """Return the share of events with as many dead as a condition asks for."""
    killed = condition.killed if condition else 0
    return next((share for least, share in _BY_DEAD if killed >= least), 1.0)


def _actors_share(actors: Sequence[str], is_state: IsState) -> float:
    return min(1.0, sum(_STATE if is_state(actor) else _OTHER_ACTOR for actor in actors))


def _voices(condition: ClaimCondition | None) -> float:
    if condition is None:
        return 1.0
    by_status = LEVELS.index(condition.status) if condition.status else 0
    return float(_ANOTHER_VOICE ** max(condition.independent - 1, min(by_status, 1), 0))
