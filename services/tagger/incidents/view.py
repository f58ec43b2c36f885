"""The finished article that incidents are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.messages import Mention, Report, Span

LEAD_SENTENCES = 2
"""Sentences of the body that are the lead: the inverted pyramid puts the news there."""


@dataclass(frozen=True)
class ArticleView:
    """An article after its last pass over reports.

    - `mentions`: by id. `text`: canonical; all spans count its code points.
    - `title_end`: where the title ends; 0 without a title.
    - `published`: the day of publication, None if it is not known.
    - `dateline`: the span of the dateline's place, None without one.
    """

    article_id: str
    text: str
    title_end: int
    published: date | None
    reports: Sequence[Report]
    mentions: Mapping[str, Mention]
    dateline: Span | None = None

    def is_title(self, report: Report) -> bool:
        return report.sentence[1] <= self.title_end

    def is_lead(self, report: Report) -> bool:
        """True for a report of the title, or of the first sentences of the body."""
        return report.sentence_index < LEAD_SENTENCES + (self.title_end > 0)
