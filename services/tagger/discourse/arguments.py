"""Arguments: the mentions that fill the roles of reports (patient, target, agent, place)."""

from collections.abc import Iterable, Mapping
from itertools import chain
from operator import attrgetter
from typing import Literal

from services.messages import Mention, SentenceReport
from services.text.names import fold

Role = Literal["patient", "target", "agent", "place"]
"""A field of a report that holds ids of mentions."""


def known(ids: Iterable[str], by_id: Mapping[str, Mention]) -> list[Mention]:
    """Return the mentions of ids, in their order; an id without a mention is left out."""
    return [by_id[i] for i in ids if i in by_id]


def fillers(
    reports: Iterable[SentenceReport], role: Role, by_id: Mapping[str, Mention]
) -> list[Mention]:
    """Return the mentions that fill a role in any of the reports, report by report."""
    return known(chain.from_iterable(map(attrgetter(role), reports)), by_id)


def ids_of(mentions: Iterable[Mention]) -> tuple[str, ...]:
    """Return the ids of mentions in their order, each once."""
    return tuple(dict.fromkeys(mention.id for mention in mentions))


def identity(mention: Mention) -> str:
    """Return what two mentions of one actor share: its id, or the key of its name."""
    return mention.actor_id or mention.key


def words_of(mention: Mention) -> set[str]:
    """Return the words of a mention, folded as names are compared."""
    return set(fold(mention.surface).split())
