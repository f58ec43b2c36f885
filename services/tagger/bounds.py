"""Bounds of reading: time, groups of articles, and the size of the result.

reports in order of text ─► mentions in them, then the others in order of text ─► attributions,
boilerplate
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

import msgspec

from services.messages import Article, Boilerplate, Incident, Mention, Report
from services.messages.limits import (
    ATTRIBUTIONS_BYTES,
    BOILERPLATE_BYTES,
    INCIDENTS_BYTES,
    MENTIONS_BYTES,
    REPORTS_BYTES,
    within,
)
from services.messages.tagged import AttributionSpan

READ = 100_000
"""Characters of a text that are read for events; the rest is searched for names only.

Twice the longest news there is. At worst it is ten seconds' work.
"""

FIRST_SECONDS, SECONDS_A_CHARACTER = 5.0, 50e-6
"""CPU seconds for reading a text: a constant, and for each character. Ten at most.

The articles behind it wait as long. Measured: news takes 20 to 50 µs a character, a text of
quotation marks 55 to 80, one of casualty figures 165. The latter is given up from 43,000 characters
on.
"""

READ_TOGETHER = 100_000
"""Characters of the articles that are read together.

Some seconds' work, so that the articles of a group wait for each other no longer.
"""

LONG = 20_000
"""Characters above which an article is read apart, so that no other waits for it.

Of the densest text, 165 µs a character, these are three seconds' work. One news article in hundreds
is longer.
"""


def allowed_seconds(articles: Sequence[Article]) -> float:
    """Return the CPU seconds that articles may take together; at most 10 for each."""
    return FIRST_SECONDS + SECONDS_A_CHARACTER * sum(
        min(_length(article), READ) for article in articles
    )


def is_long(article: Article) -> bool:
    """Return True if an article is read apart from others."""
    return _length(article) > LONG


def groups(articles: Sequence[Article]) -> list[list[int]]:
    """Return the indices of articles that are read together, in order. None of them is long."""
    found: list[list[int]] = []
    left = 0
    for i, article in enumerate(articles):
        length = _length(article)
        if length > left:
            found.append([])
            left = READ_TOGETHER
        found[-1].append(i)
        left -= length
    return found


def _length(article: Article) -> int:
    return len(article.title) + len(article.text)


@dataclass(frozen=True)
class Findings:
    """The findings in an article, in order of text. `notes`: what was left out."""

    reports: Sequence[Report]
    mentions: Sequence[Mention]
    attributions: Sequence[AttributionSpan]
    boilerplate: Sequence[Boilerplate]
    notes: tuple[str, ...] = ()


def bounded_findings(found: Findings) -> Findings:
    """Return the findings within the bounds of a tagged article, nearly always all of them."""
    reports = within(found.reports, REPORTS_BYTES)
    mentions = _mentions(found.mentions, reports)
    attributions = within(found.attributions, ATTRIBUTIONS_BYTES)
    boilerplate = within(found.boilerplate, BOILERPLATE_BYTES)
    left_out = {
        "reports": len(found.reports) - len(reports),
        "mentions": len(found.mentions) - len(mentions),
        "attributions": len(found.attributions) - len(attributions),
        "boilerplate": len(found.boilerplate) - len(boilerplate),
    }
    notes = tuple(f"{name}: the last {n:,} of too many" for name, n in left_out.items() if n)
    return Findings(_with_links(reports), mentions, attributions, boilerplate, notes)


def bounded_incidents(found: Sequence[Incident]) -> tuple[list[Incident], tuple[str, ...]]:
    """Return the incidents within their bound, the main one and news first, and what to note."""
    by_use = sorted(found, key=lambda incident: (not incident.main, incident.time != "news"))
    kept = within(by_use, INCIDENTS_BYTES)
    n_left_out = len(found) - len(kept)
    ids = {incident.incident_id for incident in kept}
    notes = (f"incidents: the last {n_left_out:,} of too many",) if n_left_out else ()
    return [incident for incident in found if incident.incident_id in ids], notes


def _mentions(found: Sequence[Mention], reports: Sequence[Report]) -> list[Mention]:
    """Return the mentions that fit, in order of text. Those in reports have precedence."""
    kept = within(found, MENTIONS_BYTES)
    if len(kept) == len(found):
        return kept
    named = set(chain.from_iterable(map(_named, reports)))
    by_use = sorted(found, key=lambda mention: mention.id not in named)
    return sorted(within(by_use, MENTIONS_BYTES), key=attrgetter("start", "end"))


def _named(report: Report) -> tuple[str, ...]:
    roles = (report.patient, report.target, report.agent, report.instrument, report.place)
    sources = (said.mention for said in report.attribution if said.mention)
    return (*chain.from_iterable(roles), *sources)


def _with_links(reports: Sequence[Report]) -> list[Report]:
    """Return the reports, without links to reports that were left out."""
    ids = {report.report_id for report in reports}
    kept: list[Report] = []
    for report in reports:
        is_lost = report.linked is not None and report.linked not in ids
        kept.append(msgspec.structs.replace(report, linked=None) if is_lost else report)
    return kept
