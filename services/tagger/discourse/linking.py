"""Ids and links of an article's reports: the block of each, and the report that it follows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from services.messages import Mention, Report, SentenceReport
from services.tagger.discourse.arguments import known
from services.tagger.discourse.blocks import claim_block, principal
from services.tagger.discourse.clusters import Cluster
from services.tagger.lexicon.ontology import type_named
from services.tagger.names.mentions import Mentions
from services.text.hashes import digest
from services.text.names import fold


def linked(
    reports: Sequence[SentenceReport],
    found: Iterable[Cluster],
    text: str,
    article_id: str,
    mentions: Mentions,
) -> list[Report]:
    """Return the reports with their blocks, links, and ids; `found` are their clusters.

    A report that names none of its people takes the block of one of its cluster that does. So an
    airstrike attributed to an air force meets the death that it caused. The id holds no offsets and
    no version.
    """
    done: list[Report] = []
    ordinals: Counter[tuple[str, str, str]] = Counter()
    for report in reports:
        family, roles = type_named(report.event).family, _roles(report, mentions.by_id)
        sentence = fold(text[report.sentence[0] : report.sentence[1]])
        key = (report.event, principal(family, roles), sentence)
        report_id = digest(article_id, *key, ordinals[key])
        ordinals[key] += 1
        fields = msgspec.structs.asdict(report)
        done.append(Report(**fields, report_id=report_id, claim_block=claim_block(family, roles)))
    return _with_links(done, found, mentions.by_id)


def _roles(report: SentenceReport, by_id: Mapping[str, Mention]) -> dict[str, list[Mention]]:
    return {
        "patient": known(report.patient, by_id),
        "agent": known(report.agent, by_id),
        "place": known(report.place, by_id),
    }


def _with_links(
    reports: Sequence[Report], found: Iterable[Cluster], by_id: Mapping[str, Mention]
) -> list[Report]:
    """Return the reports with those that name none of their people linked to their anchors."""
    done = list(reports)
    for cluster in found:
        families: defaultdict[str, list[int]] = defaultdict(list)
        for number in cluster.members:
            families[type_named(reports[number].event).family].append(number)
        for members in families.values():
            anchor = _anchor([reports[number] for number in members], by_id)
            for number in members:
                if anchor is not None and _follows(reports[number], anchor, by_id):
                    done[number] = msgspec.structs.replace(
                        reports[number], linked=anchor.report_id, claim_block=anchor.claim_block
                    )
    return done


def _anchor(members: Sequence[Report], by_id: Mapping[str, Mention]) -> Report | None:
    """Return the report whose block a cluster meets in.

    The first that names its people, else the first with a place.
    """
    named = (r for r in members if _names_people(r, by_id))
    placed = filter(_has_principal, members)
    return next(named, None) or next(placed, None)


def _has_principal(report: Report) -> bool:
    return not report.claim_block.endswith(":?")


def _follows(report: Report, anchor: Report, by_id: Mapping[str, Mention]) -> bool:
    return report.report_id != anchor.report_id and not _names_people(report, by_id)


def _names_people(report: SentenceReport, by_id: Mapping[str, Mention]) -> bool:
    family = type_named(report.event).family
    return bool(principal(family, {"patient": known(report.patient, by_id)}))
