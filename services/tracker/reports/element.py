"""Elements: the reports of an article, each with the news time from which it is said.

An edit may withdraw a report. Its element stays as evidence, with the time of the withdrawal.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.messages import BlockArticle, BlockReports, ClaimReport
from services.tracker.reports.evidence import is_counted

LATEST = datetime.max.replace(tzinfo=UTC)
"""The place in the canonical order of what has no time: behind everything else."""


@dataclass(frozen=True)
class Element:
    """A report, from the last version of its article that contains it.

    `at` is the news time of the first version with the report. `withdrawn_at` is the news time of
    the version that left it out, if it is no longer `live`. `incident` is the first id that its
    incident had; "" for a report without incident, of an older version of the program.

    The desk may say that it never counts (`silenced`), and that its article `repeats` another one,
    so that its origin never adds.
    """

    article: BlockReports
    report: ClaimReport
    live: bool
    at: datetime | None
    withdrawn_at: datetime | None
    incident: str = ""
    silenced: bool = False
    repeats: bool = False

    @property
    def order(self) -> tuple[datetime, str]:
        """Its place in the canonical order: news time, then report id."""
        return (self.at or LATEST, self.report.report_id)


def article_ids(elements: Iterable[Element]) -> list[str]:
    """Return the ids of the articles, each once, in order of the elements."""
    return list(dict.fromkeys(element.article.article_id for element in elements))


def incident_ids(elements: Iterable[Element]) -> list[str]:
    """Return the ids that the incidents had in any version, each once, in order."""
    found: dict[str, None] = {}
    for element in elements:
        found |= dict.fromkeys((element.incident, element.report.incident_id))
    return list(filter(None, found))


def articles_of(elements: Iterable[Element]) -> list[BlockReports]:
    return [element.article for element in elements]


def report_ids(elements: Iterable[Element]) -> list[str]:
    return [element.report.report_id for element in elements]


def reports_of(elements: Iterable[Element]) -> list[ClaimReport]:
    return [element.report for element in elements]


def of_article(article: BlockArticle) -> list[Element]:
    """Return the counted reports of one article, withdrawn ones too."""
    versions = _without_repeated_silence(article.versions)
    found: dict[str, Element] = {}
    for version, at in zip(versions, _times(versions), strict=True):
        said = {report.report_id: report for report in version.reports if is_counted(report)}
        first_ids = _first_ids(said.values(), found)
        for report_id, report in said.items():
            since = found[report_id].at if report_id in found else at
            incident = first_ids[report.incident_id]
            found[report_id] = Element(version, report, True, since, None, incident)
        _withdraw(found, said, at)
    return list(found.values())


def _first_ids(said: Iterable[ClaimReport], before: Mapping[str, Element]) -> dict[str, str]:
    """Return incident id to the id that the incident had in an earlier version.

    It is the same incident if they share a report. Of two parts of one, the first keeps the id.
    """
    found: dict[str, str] = {}
    for report in said:
        known = before.get(report.report_id)
        if known and report.incident_id not in found and known.incident not in found.values():
            found[report.incident_id] = known.incident
    for report in said:
        found.setdefault(report.incident_id, report.incident_id)
    return found


def _withdraw(found: dict[str, Element], said: Collection[str], at: datetime | None) -> None:
    """Mark the live elements as withdrawn whose report ids are not among those said."""
    for report_id, known in found.items():
        if known.live and report_id not in said:
            found[report_id] = replace(known, live=False, withdrawn_at=at)


def _without_repeated_silence(versions: Sequence[BlockReports]) -> list[BlockReports]:
    """Return the versions in order, without empty ones that change nothing.

    An empty version changes something only behind a version with reports: it withdraws them.
    """
    kept: list[BlockReports] = []
    for version in sorted(versions, key=lambda v: v.version):
        if version.reports or (kept and kept[-1].reports):
            kept.append(version)
    return kept


def _times(versions: Sequence[BlockReports]) -> list[datetime | None]:
    """Return the news time of each version, never before that of the version before it.

    A first version has the time of its publication. An edit has the time at which it was seen.
    """
    times: list[datetime | None] = []
    for version in versions:
        at = version.dated_at
        if (times or version.is_edit) and version.seen_at:
            at = max(filter(None, (at, version.seen_at)))
        if times and at and times[-1]:
            at = max(at, times[-1])
        times.append(at)
    return times
