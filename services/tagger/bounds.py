"""What of an article's findings its message holds, so that it is below the broker's limit whatever the text.

reports in order of text ─► mentions that they name, then the others in order of text ─► attributions, boilerplate
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from services.messages import Boilerplate, Mention, Report
from services.messages.limits import ATTRIBUTIONS_BYTES, BOILERPLATE_BYTES, MENTIONS_BYTES, REPORTS_BYTES, within
from services.messages.tagged import AttributionSpan


@dataclass(frozen=True)
class Findings:
    """What was found in an article, in order of text. `notes` says what was left out."""

    reports: Sequence[Report]
    mentions: Sequence[Mention]
    attributions: Sequence[AttributionSpan]
    boilerplate: Sequence[Boilerplate]
    notes: tuple[str, ...] = ()


def bounded_findings(all: Findings) -> Findings:
    """Return the findings that are within the bounds of a tagged article, nearly always all of them."""
    reports = within(all.reports, REPORTS_BYTES)
    mentions = _mentions(all.mentions, reports)
    attributions = within(all.attributions, ATTRIBUTIONS_BYTES)
    boilerplate = within(all.boilerplate, BOILERPLATE_BYTES)
    left_out = {
        "reports": len(all.reports) - len(reports),
        "mentions": len(all.mentions) - len(mentions),
        "attributions": len(all.attributions) - len(attributions),
        "boilerplate": len(all.boilerplate) - len(boilerplate),
    }
    notes = tuple(f"{name}: the last {n:,} of too many" for name, n in left_out.items() if n)
    return Findings(_with_links(reports), mentions, attributions, boilerplate, notes)


def _mentions(all: Sequence[Mention], reports: Sequence[Report]) -> list[Mention]:
    """Return the mentions that fit, those in reports before the others, in order of text."""
    kept = within(all, MENTIONS_BYTES)
    if len(kept) == len(all):
        return kept
    named = {i for report in reports for i in _named(report)}
    first = [m for m in all if m.id in named]
    kept = within([*first, *(m for m in all if m.id not in named)], MENTIONS_BYTES)
    return sorted(kept, key=lambda m: (m.start, m.end))


def _named(report: Report) -> tuple[str, ...]:
    roles = (report.patient, report.target, report.agent, report.instrument, report.place)
    return (*(i for role in roles for i in role), *(said.mention for said in report.attribution if said.mention))


def _with_links(reports: Sequence[Report]) -> list[Report]:
    """Return the reports without links to reports that were left out."""
    ids = {report.report_id for report in reports}
    return [r if r.linked is None or r.linked in ids else msgspec.structs.replace(r, linked=None) for r in reports]
