"""The third pass: what only the whole article tells of its reports.

    antecedents ─► kinds ─► own counts ─► scene ─► perpetrators ─► generality ─► passing reports
        ─► speaker lines ─► unnamed groups and pronouns ─► who is responsible
        ─► labels ─► ids and links

Clusters are found three times, since what parts them changes: by the scene for its days, with
these days before generality is judged, and once events spoken of in passing have joined.

The first half completes the reports that count as news of the article; events that are spoken of
in passing join them afterwards, so that nothing is carried over from one to the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from services.messages import Report, SentenceReport, Span
from services.messages.tagged import AttributionSpan
from services.tagger.discourse.antecedents import with_antecedents
from services.tagger.discourse.clusters import Cluster, clusters
from services.tagger.discourse.elided import with_kinds, with_own_counts
from services.tagger.discourse.linking import linked
from services.tagger.discourse.perpetrators import with_perpetrators
from services.tagger.discourse.scene import with_own_places, with_scene
from services.tagger.models.responsibility import with_responsible
from services.tagger.models.specificity import with_generalities
from services.tagger.names.labels import add_labels
from services.tagger.names.mentions import Mentions
from services.tagger.names.unnamed import add_unnamed
from services.tagger.sources.lines import find_speaker_lines
from services.tagger.steps import Fact, Step, take
from services.tagger.timing.article import with_times
from services.tagger.timing.clock import Moments


@dataclass
class ReportWork:
    """The work of the third pass. `dateline` is the span of the dateline's place; `text` is the
    article as it was published, which ids are made of (what is read may be truecased)."""

    article_id: str
    text: str
    mentions: Mentions
    sentences: Sequence[Span]
    dateline: Span | None
    published: date | None
    reports: list[SentenceReport]
    passing: list[SentenceReport]
    moments: Moments
    sources: dict[Span, AttributionSpan]
    clusters: list[Cluster] = field(default_factory=list)
    """Of `reports` as they stood at the last of the steps that assign clusters."""
    linked: list[Report] = field(default_factory=list)
    """The result: the reports with ids, blocks, and links."""


def complete(work: ReportWork) -> None:
    """Complete the reports and the attributions of an article in place."""
    take(STEPS, work)


def _antecedents(work: ReportWork) -> None:
    work.reports = with_antecedents(work.reports, work.mentions)


def _kinds(work: ReportWork) -> None:
    work.reports = with_kinds(work.reports, work.mentions)


def _own_counts(work: ReportWork) -> None:
    work.reports = with_own_counts(work.reports, work.mentions)


def _scene(work: ReportWork) -> None:
    work.reports = with_scene(
        work.reports, work.mentions, work.sentences, work.dateline, work.published
    )


def _perpetrators(work: ReportWork) -> None:
    work.reports = with_perpetrators(work.reports, work.mentions)


def _clusters(work: ReportWork) -> None:
    work.clusters = clusters(work.reports, work.mentions.by_id, work.mentions.text)


def _generality(work: ReportWork) -> None:
    work.reports = with_generalities(work.reports, work.clusters, work.mentions)


def _passing(work: ReportWork) -> None:
    passing = with_own_places(work.passing, work.mentions, work.sentences)
    work.reports = sorted([*work.reports, *passing], key=lambda report: report.trigger)


def _speaker_lines(work: ReportWork) -> None:
    for line in find_speaker_lines(work.mentions.text, work.mentions):
        work.sources.setdefault(line.cue, line)


def _unnamed(work: ReportWork) -> None:
    add_unnamed(work.mentions)


def _labels(work: ReportWork) -> None:
    add_labels(work.mentions)


def _responsible(work: ReportWork) -> None:
    work.reports = with_responsible(work.reports, work.clusters, work.mentions)


def _times(work: ReportWork) -> None:
    work.reports = with_times(work.reports, work.moments, work.mentions)


def _ids(work: ReportWork) -> None:
    work.linked = linked(work.reports, work.clusters, work.text, work.article_id, work.mentions)


GIVEN: tuple[Fact, ...] = (
    "text",
    "dateline",
    "names:recognised",
    "names:short-forms",
    "places:owned",
    "mentions:roles",
    "reports:read",
    "sources:read",
)

STEPS: tuple[Step[ReportWork], ...] = (
    Step(
        _antecedents,
        ("reports:read", "names:short-forms"),
        ("reports:antecedents",),
        'Whom "the senator" means must be known before reports are compared by their people.',
    ),
    Step(
        _kinds,
        ("reports:antecedents",),
        ("reports:kinds",),
        'A number alone ("12 were hurt") takes the people counted before it.',
    ),
    Step(
        _own_counts,
        ("reports:kinds",),
        ("reports:counts",),
        "Counts are parted among people once these are complete.",
    ),
    Step(
        _scene,
        ("reports:counts", "dateline", "places:owned"),
        ("reports:scene",),
        "A place is carried over within a cluster, which people and counts tell apart.",
    ),
    Step(
        _perpetrators,
        ("reports:scene",),
        ("reports:perpetrators",),
        "A culprit is carried over within a cluster at one place.",
    ),
    Step(
        _clusters,
        ("reports:scene",),
        ("clusters:told",),
        "The scene gives places and days, which part clusters; it looks for its own before that.",
    ),
    Step(
        _generality,
        ("reports:perpetrators", "clusters:told"),
        ("reports:generality",),
        "Whether a report is of one event is judged by all that is known of it.",
    ),
    Step(
        _passing,
        ("reports:generality", "places:owned"),
        ("reports:passing",),
        "What is only spoken of gives nothing to, and takes nothing from, what is news.",
    ),
    Step(
        _speaker_lines,
        ("sources:read", "names:short-forms"),
        ("sources:lines",),
        "The layout names a speaker only where the sentences have named none.",
    ),
    Step(
        _unnamed,
        ("names:recognised", "reports:passing"),
        ("names:unnamed",),
        "Groups and pronouns that no event made a mention of come after all names.",
    ),
    Step(
        _clusters,
        ("reports:passing",),
        ("clusters:all",),
        "Denials in passing join; what is background by now leaves. No later step changes them.",
    ),
    Step(
        _responsible,
        ("reports:passing", "clusters:all", "names:unnamed"),
        ("reports:responsible",),
        "The fitted model looks at all groups of the article, unnamed ones too.",
    ),
    Step(
        _labels,
        ("names:unnamed",),
        ("names:labels",),
        "An actor has one label, so all mentions of it must be there.",
    ),
    Step(
        _times,
        ("reports:passing", "reports:generality"),
        ("reports:time",),
        "A past goes on from report to report, those in passing too, and what is general is none.",
    ),
    Step(
        _ids,
        ("reports:time", "reports:responsible", "clusters:all", "mentions:roles"),
        ("reports:ids",),
        "The id and the block of a report follow from its people, so they come last.",
    ),
)
