"""The finished article that incidents are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.messages import Mention, Report, Time
from services.tagger.discourse.arguments import identity, known

LEAD_SENTENCES = 2
"""Sentences of the body that are the lead: the inverted pyramid puts the news there."""


@dataclass(frozen=True)
class ArticleView:
    """An article after its last pass over reports.

    - `mentions`: by id. `text`: canonical; all spans count its code points.
    - `title_end`: where the title ends; 0 without a title.
    - `published`: the day of publication, None if it is not known.
    """

    article_id: str
    text: str
    title_end: int
    published: date | None
    reports: Sequence[Report]
    mentions: Mapping[str, Mention]

    def is_title(self, report: Report) -> bool:
        return report.sentence[1] <= self.title_end

    def is_lead(self, report: Report) -> bool:
        """True for a report of the title, or of the first sentences of the body."""
        return report.sentence_index < LEAD_SENTENCES + (self.title_end > 0)

    def people(self, ids: Sequence[str]) -> set[str]:
        """Return the identities of mentions that refer to somebody in particular."""
        return {identity(m) for m in known(ids, self.mentions) if m.is_named}


def time_of(report: Report) -> Time:
    """Return when a report puts its event; its stance says so where its time does not."""
    if report.time != "news":
        return report.time
    if report.stance == "hypothetical":
        return "planned"
    return "old" if report.in_passing or report.stance == "background" else "news"
