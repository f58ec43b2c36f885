"""What the fold works on: each report of each article, since when it is said, and since when no more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.messages import BlockArticle, BlockReports, ClaimReport
from services.tracker.reports.evidence import counts

LATEST = datetime.max.replace(tzinfo=UTC)
"""Where what has no time stands in the canonical order."""


@dataclass(frozen=True)
class Element:
    """A report in the last version of its article that says it; `withdrawn_at` is the news time of the version without it."""

    article: BlockReports
    report: ClaimReport
    live: bool
    at: datetime | None
    withdrawn_at: datetime | None

    @property
    def order(self) -> tuple[datetime, str]:
        return (self.at or LATEST, self.report.report_id)


def elements(articles: Iterable[BlockArticle]) -> list[Element]:
    """Return what counts of the articles, in canonical order."""
    return sorted((e for article in articles for e in of_article(article)), key=lambda e: e.order)


def of_article(article: BlockArticle) -> list[Element]:
    """Return what counts of one article."""
    versions = spoken(article.versions)
    times = _times(versions)
    found: dict[str, Element] = {}
    for i, version in enumerate(versions):
        said = {report.report_id: report for report in version.reports if counts(report)}
        for report_id, report in said.items():
            since = found[report_id].at if report_id in found else times[i]
            found[report_id] = Element(version, report, True, since, None)
        for report_id, known in found.items():
            if known.live and report_id not in said:
                found[report_id] = Element(known.article, known.report, False, known.at, times[i])
    return list(found.values())


def spoken(versions: Sequence[BlockReports]) -> list[BlockReports]:
    """Return the versions in order, without silence before the first word or after silence: neither says anything new."""
    kept: list[BlockReports] = []
    for version in sorted(versions, key=lambda v: v.version):
        if version.reports or (kept and kept[-1].reports):
            kept.append(version)
    return kept


def _times(versions: Sequence[BlockReports]) -> list[datetime | None]:
    """Return the news time of each version: when it was published, an edit when it was first seen; never before the last."""
    times: list[datetime | None] = []
    for version in versions:
        at = version.published_at or version.first_seen_at
        is_edit = bool(times) or (version.first_seen_at and version.seen_at and version.seen_at > version.first_seen_at)
        if is_edit and version.seen_at:
            at = max(filter(None, (at, version.seen_at)))
        if times and at and times[-1]:
            at = max(at, times[-1])
        times.append(at)
    return times
