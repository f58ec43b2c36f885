"""Perpetrators that an event's own clause leaves open.

Nameless rebels are resolved to the armed group in their sentence, else to the last of the article.
Who strikes is who makes demands right behind (PLOVER: a strike is a PROTEST, which has demands).
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import attrgetter

import msgspec

from services.messages import Mention, SentenceReport
from services.tagger.discourse.arguments import ids_of, known, words_of
from services.tagger.lexicon.ontology import type_named
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions

_MOST_GROUPS = 2
"""Armed groups named in an article up to which nameless rebels are resolved to one of them."""
_DEMANDS_WITHIN = 2
"""Sentences behind a stoppage of work in which its demands are told. Set by hand."""


def with_perpetrators(
    reports: Sequence[SentenceReport], mentions: Mentions
) -> list[SentenceReport]:
    """Return the reports with a named group as agent where the text leaves little doubt which."""
    armed = _Armed(mentions)
    return [_by_who_demands(armed.with_group(report), reports) for report in reports]


def _by_who_demands(report: SentenceReport, reports: Sequence[SentenceReport]) -> SentenceReport:
    """Return a report of a stoppage that names nobody, as one by those who make demands nearby."""
    if report.agent or not type_named(report.event).presses:
        return report
    at = report.sentence_index
    demands = (r for r in reports if type_named(r.event).family == "demand" and r.agent)
    near = (r for r in demands if at <= r.sentence_index <= at + _DEMANDS_WITHIN)
    agent = next((demand.agent for demand in near), ())
    return msgspec.structs.replace(report, agent=agent)


class _Armed:
    """The armed groups that an article names."""

    def __init__(self, mentions: Mentions) -> None:
        self._by_id = mentions.by_id
        is_armed = mentions.actors.is_armed
        groups = (m for m in mentions.in_order() if m.type == "group")
        self._groups = [group for group in groups if is_armed(group.actor_id)]

    def with_group(self, report: SentenceReport) -> SentenceReport:
        """Return a report with a group in place of its nameless rebels."""
        agents = known(report.agent, self._by_id)
        is_open = any(map(_is_rebel, agents)) and not any(map(_is_particular, agents))
        if not is_open or not type_named(report.event).is_deed:
            return report
        group = self._in_sentence(report) or self._nearest(report)
        if group is None:
            return report
        # Its nameless "guerrilla units" are the group.
        people = (agent for agent in agents if agent.type == "person")
        return msgspec.structs.replace(report, agent=(*ids_of(people), group.id))

    def _in_sentence(self, report: SentenceReport) -> Mention | None:
        """Return the one armed group in a report's sentence that is neither patient nor source."""
        patients = known((*report.patient, *report.target), self._by_id)
        excluded = _actors([*patients, *self._other_sources(report)])
        start, end = report.sentence
        here = (group for group in self._groups if start <= group.start < end)
        fitting = [group for group in here if group.actor_id not in excluded]
        return fitting[0] if len(_actors(fitting)) == 1 else None

    def _other_sources(self, report: SentenceReport) -> list[Mention]:
        """Return the sources of a report that do not claim the deed as their own."""
        ids = (a.mention for a in report.attribution if a.mention is not None and a.kind != "self")
        return known(ids, self._by_id)

    def _nearest(self, report: SentenceReport) -> Mention | None:
        """Return the group named last before a trigger, else the first; None among many."""
        if not 0 < len(_actors(self._groups)) <= _MOST_GROUPS:
            return None
        before = bisect_left(self._groups, report.trigger[0], key=attrgetter("start"))
        return self._groups[max(0, before - 1)]


def _actors(mentions: Iterable[Mention]) -> set[str | None]:
    return set(map(attrgetter("actor_id"), mentions))


def _is_particular(agent: Mention) -> bool:
    """True if an agent is a state, a known actor, or a group other than nameless rebels."""
    if agent.type in ("state", "nationality") or agent.actor_id is not None:
        return True
    return agent.type == "group" and not _is_rebel(agent)


def _is_rebel(mention: Mention) -> bool:
    return not cues().rebels.isdisjoint(words_of(mention))
