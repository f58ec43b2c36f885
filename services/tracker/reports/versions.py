"""The versions of an article in one block: of the older ones only what may still count is kept whole.

A report counts as the last version has it that says it; older versions only tell since when it is said. So they keep of such
a report its id and stance, and whole those reports that no later version says: these were withdrawn, and are evidence.
"""

from collections.abc import Sequence

import msgspec

from services.messages import BlockArticle, BlockReports, ClaimReport
from services.tracker.reports.evidence import counts

MAX_VERSIONS = 8
"""Versions kept an article and block: the latest ones, so that what an edit withdrew stays as evidence."""


def with_version(entry: BlockArticle | None, said: BlockReports) -> BlockArticle:
    """Return what an article has said, with one version more: the same in whatever order they come."""
    versions = {v.version: v for v in (entry.versions if entry else ())} | {said.version: said}
    kept = [versions[number] for number in sorted(versions)[-MAX_VERSIONS:]]
    return BlockArticle(block=said.block, versions=tuple(slim(kept)))


def slim(versions: Sequence[BlockReports]) -> list[BlockReports]:
    """Return versions, the oldest first, without the words of what a later one says again."""
    found: list[BlockReports] = []
    said_later: set[str] = set()
    for version in reversed(versions):
        is_last = version is versions[-1]
        reports = tuple(r if is_last or _may_count(r, said_later) else _stub(r) for r in version.reports)
        found.append(version if reports == version.reports else _with(version, reports))
        said_later |= {r.report_id for r in version.reports if counts(r)}
    return found[::-1]


def _may_count(report: ClaimReport, said_later: set[str]) -> bool:
    return counts(report) and report.report_id not in said_later


def _stub(report: ClaimReport) -> ClaimReport:
    """Return a report of which only is known that it was said."""
    return ClaimReport(
        report_id=report.report_id,
        event=report.event,
        plover=report.plover,
        stance=report.stance,
        quote="",
        sentence=(0, 0),
        trigger=(0, 0),
        rule=report.rule,
    )


def _with(version: BlockReports, reports: tuple[ClaimReport, ...]) -> BlockReports:
    return msgspec.structs.replace(version, reports=reports)
