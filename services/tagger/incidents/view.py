"""The finished article that incidents are made of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.messages import Count, Mention, Report, Span, Time
from services.tagger.discourse.arguments import identity, known

LEAD_SENTENCES = 2
"""Sentences of the body that are the lead: the inverted pyramid puts the news there."""

_PART_BEFORE = re.compile(
    r"\b(?:including|among them|of them|of whom)(?: at least)? $", re.IGNORECASE
)
_BEFORE = 24
"""Characters before a number that the words of a part take."""


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

    def is_part(self, count: Count) -> bool:
        """True for a number of some of those counted before it ("including three children")."""
        return (
            _PART_BEFORE.search(self.text, max(0, count.span[0] - _BEFORE), count.span[0])
            is not None
        )

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
