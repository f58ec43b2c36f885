"""Perpetrators that an event's own clause leaves open: a group in its sentence, or the one that nameless rebels must be."""

from collections.abc import Sequence

import msgspec

from services.messages import Mention, SentenceReport
from services.tagger.lexicon.ontology import type_named
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions
from services.text.names import fold

_FEW = 2
"""Armed groups named in a text up to which nameless rebels are taken for one of them."""


def with_perpetrators(reports: Sequence[SentenceReport], mentions: Mentions) -> list[SentenceReport]:
    """Return the reports with a named group as agent where the text leaves little doubt which."""
    known = _Known(mentions)
    return [_with_group(r, known) if type_named(r.event).is_deed else r for r in reports]


class _Known:
    def __init__(self, mentions: Mentions) -> None:
        self.mentions = mentions
        self.by_id = mentions.by_id
        self.groups = [m for m in mentions.in_order() if m.type == "group" and mentions.actors.is_armed(m.actor_id)]
        self.n_groups = len({m.actor_id for m in self.groups})


def _with_group(report: SentenceReport, known: _Known) -> SentenceReport:
    agents = [known.by_id[i] for i in report.agent if i in known.by_id]
    if any(_is_named(a) for a in agents):
        return report
    if agents and not any(_is_rebel(a) for a in agents):
        return report
    group = (_in_sentence(report, known) or _nearest(report, known)) if agents else None
    if group is None:
        return report
    people = tuple(a.id for a in agents if a.type == "person")  # Its nameless "guerrilla units" are the group.
    return msgspec.structs.replace(report, agent=(*people, group.id))


def _is_named(agent: Mention) -> bool:
    """Tell whether an agent is somebody in particular, and no "guerrilla units"."""
    return (
        agent.type in ("state", "nationality") or agent.actor_id is not None or (agent.type == "group" and not _is_rebel(agent))
    )


def _is_rebel(mention: Mention) -> bool:
    return bool(set(fold(mention.surface).split()) & cues().rebels)


def _in_sentence(report: SentenceReport, known: _Known) -> Mention | None:
    """Return the one armed group in a report's sentence that neither suffers nor tells it."""
    suffering = {known.by_id[i].actor_id for i in (*report.patient, *report.target) if i in known.by_id}
    telling = {known.by_id[a.mention].actor_id for a in report.attribution if a.mention in known.by_id and a.kind != "self"}
    here = [g for g in known.groups if report.sentence[0] <= g.start < report.sentence[1]]
    fitting = [g for g in here if g.actor_id not in suffering | telling]
    return fitting[0] if len({g.actor_id for g in fitting}) == 1 else None


def _nearest(report: SentenceReport, known: _Known) -> Mention | None:
    if not 0 < known.n_groups <= _FEW:
        return None
    before = [g for g in known.groups if g.start < report.trigger[0]]
    return before[-1] if before else known.groups[0]
