"""Ids and links of an article's reports: the block that each meets others in, and the report that it follows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from services.messages import Mention, Report, SentenceReport
from services.tagger.discourse.blocks import claim_block, principal
from services.tagger.discourse.incidents import Incident
from services.tagger.lexicon.ontology import type_named
from services.tagger.names.mentions import Mentions
from services.text.hashes import digest
from services.text.names import fold


def linked(
    reports: Sequence[SentenceReport], found: Iterable[Incident], text: str, article_id: str, mentions: Mentions
) -> list[Report]:
    """Return the reports with their blocks, links, and ids; `found` are their incidents.

    A report without a principal of its own takes the block of one in its sentence that has one: so the airstrike laid
    at one air force's door and the death that it brought meet. The id holds no offsets and no version.
    """
    by_id = mentions.by_id
    placed = [(r, _people(r, by_id)) for r in reports]
    done: list[Report] = []
    ordinals: Counter[tuple[str, str, str]] = Counter()
    for report, roles in placed:
        family = type_named(report.event).family
        sentence = fold(text[report.sentence[0] : report.sentence[1]])
        key = (report.event, principal(family, roles), sentence)
        report_id = digest(article_id, *key, ordinals[key])
        ordinals[key] += 1
        fields = msgspec.structs.asdict(report)
        done.append(Report(**fields, report_id=report_id, claim_block=claim_block(family, roles)))
    return _joined(done, found, by_id)


def _people(report: SentenceReport, by_id: Mapping[str, Mention]) -> dict[str, list[Mention]]:
    return {slot: [by_id[i] for i in getattr(report, slot) if i in by_id] for slot in ("patient", "agent", "place")}


def _joined(reports: Sequence[Report], found: Iterable[Incident], by_id: Mapping[str, Mention]) -> list[Report]:
    """Return the reports with those that name none of their people linked to one of their incident that does."""
    done = list(reports)
    for incident in found:
        kin: dict[str, list[Report]] = {}
        for i in incident.members:
            kin.setdefault(type_named(reports[i].event).family, []).append(reports[i])
        anchors = {family: _anchor(members, by_id) for family, members in kin.items()}
        for i in incident.members:
            anchor = anchors[type_named(reports[i].event).family]
            if anchor is not None and not _names_people(reports[i], by_id) and reports[i].report_id != anchor.report_id:
                done[i] = msgspec.structs.replace(reports[i], linked=anchor.report_id, claim_block=anchor.claim_block)
    return done


def _anchor(members: Sequence[Report], by_id: Mapping[str, Mention]) -> Report | None:
    """Return the report whose block an incident meets in: the first that names its people, else the first with a place."""
    named = (r for r in members if _names_people(r, by_id))
    placed = (r for r in members if not r.claim_block.endswith(":?"))
    return next(named, None) or next(placed, None)


def _names_people(report: SentenceReport, by_id: Mapping[str, Mention]) -> bool:
    return bool(principal(type_named(report.event).family, {"patient": _people(report, by_id)["patient"]}))
