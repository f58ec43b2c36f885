"""Incidents of an article, from its finished reports."""

from collections.abc import Callable, Sequence
from operator import itemgetter

import msgspec

from services.messages import COUNTED_STANCES, Incident, Report
from services.tagger.discourse.arguments import known
from services.tagger.discourse.blocks import claim_block, principal
from services.tagger.incidents import fields
from services.tagger.incidents.confidence import confidence, is_told
from services.tagger.incidents.grouping import Group, grouped
from services.tagger.incidents.last_word import last_word
from services.tagger.incidents.location import places
from services.tagger.incidents.tolls import tolls
from services.tagger.incidents.view import ArticleView
from services.tagger.lexicon.ontology import type_named
from services.text.hashes import digest

_MOST_CUES = 8
"""Cues that an incident lists; the others stand in its reports."""
_DIGITS = 3
"""Decimal places of a confidence: its calibration is not known any closer."""


def incidents_of(view: ArticleView) -> list[Incident]:
    """Return the incidents of an article in the order of the text; at most one is main."""
    groups = grouped(view)
    main = _main(groups, view)
    return [_incident(group, view, is_main=group is main) for group in groups]


def _incident(group: Group, view: ArticleView, *, is_main: bool) -> Incident:
    members = fields.ranked(group.members, view)
    time = fields.time(members, view)
    telling = [r for r in members if r.time == time] or members
    patients = fields.befallen(telling, view)
    voices = [*telling, *(r for r in members if r not in telling and _has_a_voice(r))]
    agents = fields.harmers(telling, patients, view)
    where = tuple(i for i in places(telling, view, is_main=is_main) if i not in agents)
    incident = Incident(
        incident_id=digest(view.article_id, "incident", group.members[0].report_id),
        main=is_main,
        events=fields.types_of(telling),
        reports=tuple(report.report_id for report in group.members),
        patient=patients,
        target=fields.targets(telling, patients, where, view),
        agent=agents,
        instrument=fields.instruments(telling),
        place=where,
        counts=tolls(telling, view),
        date=fields.day(telling, view),
        time=time,
        stance=last_word([r for r in group.members if r in voices], view),
        attribution=fields.sources(voices),
        quote=telling[0].sentence,
        confidence=0.0,
        cues=tuple(cue for report in telling for cue in report.cues)[:_MOST_CUES],
    )
    return _with_confidence(_with_block(incident, view), group.members, view)


def _with_block(incident: Incident, view: ArticleView) -> Incident:
    """Return an incident with the block that its cause and its own people give.

    A hazard is the cause of what it does: deaths in a flood at a place meet the flood, whose first
    news tells of nobody who died. Else the strongest type decides.
    """
    roles = {
        "patient": known(incident.patient, view.mentions),
        "agent": known(incident.agent, view.mentions),
        "place": known(incident.place, view.mentions),
    }
    families = [type_named(event).family for event in incident.events]
    is_of_hazard = "hazard" in families and principal("hazard", roles)
    block = claim_block("hazard" if is_of_hazard else families[0], roles)
    return msgspec.structs.replace(incident, claim_block=block)


def _has_a_voice(report: Report) -> bool:
    """True for a report that says that it happened, whenever its sentence puts that.

    "Was charged with …, police said" tells of an old act, and answers for the arrest all the same.
    A denial holds of its own time alone.
    """
    return report.stance in COUNTED_STANCES and report.stance != "denied"


def _with_confidence(incident: Incident, members: Sequence[Report], view: ArticleView) -> Incident:
    probability = round(confidence(incident, members, view), _DIGITS)
    told = _says_anything(incident) and is_told(probability, is_main=incident.main)
    return msgspec.structs.replace(incident, confidence=probability, told=told)


def _says_anything(incident: Incident) -> bool:
    """True unless nobody and nothing is known of an incident but its type ("I quit")."""
    people = incident.patient or incident.agent or incident.counts
    return bool(people or incident.target or incident.place)


def _main(groups: Sequence[Group], view: ArticleView) -> Group | None:
    """Return the group that the title tells first, else the one that the lead tells first.

    News puts the most important first (the inverted pyramid).
    """
    news = [g for g in groups if fields.time(g.members, view) == "news"]
    for tells in (view.is_title, view.is_lead):
        begun = [(min(begins), group) for group in news if (begins := _begins(group, tells))]
        if begun:
            return min(begun, key=itemgetter(0))[1]
    return None


def _begins(group: Group, is_there: Callable[[Report], bool]) -> list[int]:
    """Return where the news of a group stands in a part of the article."""
    return [r.trigger[0] for r in group.members if is_there(r) and r.time == "news"]
