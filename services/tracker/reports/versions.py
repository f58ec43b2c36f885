"""The versions of an article in one block. Old ones keep whole only what may still count.

The last version with a report decides what counts. Of earlier versions only the time matters, so
they keep the id and stance of such a report. A report that no later version has was withdrawn; it
is evidence, so it stays whole.
"""

from collections.abc import Collection, Sequence

import msgspec

from services.messages import BlockArticle, BlockReports, ClaimReport
from services.tracker.reports.evidence import is_counted

MAX_VERSIONS = 8
"""Versions kept of an article in a block: the latest ones.

Route remembers as many. With the bound on a version (`messages/limits.py`) it bounds a row.
"""


def with_version(entry: BlockArticle | None, said: BlockReports) -> BlockArticle:
    """Return what an article has said, with one more version. Any order gives the same."""
    versions = {v.version: v for v in (entry.versions if entry else ())}
    versions[said.version] = said
    kept = [versions[number] for number in sorted(versions)[-MAX_VERSIONS:]]
    return BlockArticle(block=said.block, versions=tuple(slim(kept)))


def slim(versions: Sequence[BlockReports]) -> list[BlockReports]:
    """Return versions, the oldest first, without the words of reports that later ones have."""
    found: list[BlockReports] = []
    said_later: set[str] = set()
    for version in reversed(versions):
        if version is not versions[-1]:
            version = _slimmed(version, said_later)
        found.append(version)
        said_later |= {r.report_id for r in version.reports if is_counted(r)}
    return found[::-1]


def _slimmed(version: BlockReports, said_later: Collection[str]) -> BlockReports:
    reports = tuple(r if _may_count(r, said_later) else _stub(r) for r in version.reports)
    if reports == version.reports:
        return version
    return msgspec.structs.replace(version, reports=reports)


def _may_count(report: ClaimReport, said_later: Collection[str]) -> bool:
    return is_counted(report) and report.report_id not in said_later


def _stub(report: ClaimReport) -> ClaimReport:
    """Return a report of which only the ids, the event, and the stance are known."""
    return ClaimReport(
        report_id=report.report_id,
        incident_id=report.incident_id,
        event=report.event,
        plover=report.plover,
        stance=report.stance,
        quote="",
        sentence=(0, 0),
        trigger=(0, 0),
        rule=report.rule,
    )
