"""Whether a report counts, and the sentence that it rests on."""

from services.messages import COUNTED_STANCES, BlockReports, ClaimReport, Evidence
from services.text.rule_names import rule_name


def is_counted(report: ClaimReport) -> bool:
    """True if a report says whether its event happens."""
    return report.stance in COUNTED_STANCES


def evidence(article: BlockReports, report: ClaimReport) -> Evidence:
    """Return the sentence of a report, with its trigger marked."""
    offset = report.sentence[0]
    speakers = (speaker.label for speaker in report.speakers if speaker.label)
    return Evidence(
        article_id=article.article_id,
        version=article.version,
        report_id=report.report_id,
        outlet=article.outlet,
        url=article.url,
        at=article.dated_at,
        quote=report.quote,
        mark=(report.trigger[0] - offset, report.trigger[1] - offset),
        speaker=next(speakers, None),
        rule=rule_name(report.rule),
    )
