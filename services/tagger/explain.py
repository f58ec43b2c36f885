"""Explains a tagged article: its passages, each with its marks and reports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Literal

from services.messages import (
    Attribution,
    Boilerplate,
    Count,
    Mention,
    Report,
    Span,
    TaggedArticle,
)
from services.tagger.layout.sentences import sentences

Family = Literal["event", "mention", "cue", "source", "count", "date", "boilerplate"]
"""The kinds of marks."""


@dataclass(frozen=True, order=True)
class Mark:
    """A span of the text, its meaning, and its rule.

    `rule` is "" if it is that of the mark's report.
    """

    start: int
    end: int
    family: Family
    label: str
    detail: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Statement:
    """A report in words: event, stance, then (name, value) of its other fields."""

    event: str
    stance: str
    parts: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """A sentence, the title, or a stretch of boilerplate."""

    start: int
    end: int
    kind: Literal["title", "sentence", "boilerplate"]
    marks: tuple[Mark, ...]
    statements: tuple[Statement, ...]


def explain(article: TaggedArticle) -> list[Passage]:
    """Return the passages in text order."""
    marks = sorted(set(_marks(article)))
    spans = sentences(article.text, article.title_end, article.boilerplate)
    passages = [_passage(article, span, marks) for span in spans]
    passages += map(_boilerplate, article.boilerplate)
    return sorted(passages, key=attrgetter("start", "end"))


def summary(article: TaggedArticle) -> str:
    """Return what is true of the whole article, in one line."""
    stance = f"stance of the title: {article.stance or 'none'}"
    skipped = article.skipped and f"skipped {article.skipped}"
    return "; ".join(filter(None, (article.outlet, stance, skipped)))


def _passage(article: TaggedArticle, span: Span, marks: Sequence[Mark]) -> Passage:
    start, end = span
    inside = tuple(mark for mark in marks if start <= mark.start < end)
    reports = (report for report in article.reports if start <= report.trigger[0] < end)
    statements = tuple(_statement(report, article) for report in reports)
    kind: Literal["title", "sentence"] = "title" if end <= article.title_end else "sentence"
    return Passage(start, end, kind, inside, statements)


def _boilerplate(part: Boilerplate) -> Passage:
    mark = Mark(part.start, part.end, "boilerplate", part.kind, rule=part.rule)
    return Passage(part.start, part.end, "boilerplate", (mark,), ())


def _marks(article: TaggedArticle) -> Iterator[Mark]:
    for mention in article.mentions:
        span, identity = (mention.start, mention.end), _identity(mention, article)
        yield Mark(*span, "mention", mention.type, identity, mention.rule)
    for report in article.reports:
        yield from _report_marks(report)
    for attribution in article.attributions:
        if attribution.source:
            yield Mark(*attribution.source, "source", "source")
        yield Mark(*attribution.cue, "cue", "says")


def _report_marks(report: Report) -> Iterator[Mark]:
    yield Mark(*report.trigger, "event", report.event, report.plover, report.rule)
    for cue in report.cues:
        yield Mark(*cue.span, "cue", cue.kind, rule=cue.rule)
    for count in report.counts:
        yield Mark(*count.span, "count", "count", _counted(count))
    if report.date and report.date.span:
        yield Mark(*report.date.span, "date", "date", _days(report))


def _identity(mention: Mention, article: TaggedArticle) -> str:
    parts: list[str] = []  # "three men" has no identity
    if mention.actor_id:
        parts.append(mention.actor_id)
    elif mention.lat is not None and mention.lon is not None:
        parts.append(f"{mention.country or 'no country'} {mention.lat:.2f} {mention.lon:.2f}")
    elif mention.is_particular:
        parts.append(f"in no dictionary, key {mention.key}")
    if mention.role:
        body = next((m.surface for m in article.mentions if m.id == mention.of), None)
        parts.append(f"{mention.role} of {body}" if body else mention.role)
    return ", ".join(parts)


def _statement(report: Report, article: TaggedArticle) -> Statement:
    names = {mention.id: mention.surface for mention in article.mentions}
    parts: list[tuple[str, str]] = []
    for role in ("patient", "target", "agent", "instrument", "place"):
        fillers = map(names.get, getattr(report, role))
        parts.append((role, ", ".join(filter(None, fillers))))
    parts += [("count", _counted(count)) for count in report.counts]
    parts.append(("date", _days(report)))
    parts += [("says", _source(said, names, article.text)) for said in report.attribution]
    for other in article.reports:
        if other.report_id == report.linked:
            parts.append(("linked to", other.event))
    parts.append(("claim block", report.claim_block))
    rules = dict.fromkeys((report.rule, *map(attrgetter("rule"), report.cues)))
    return Statement(report.event, report.stance, tuple(filter(itemgetter(1), parts)), tuple(rules))


def _source(said: Attribution, names: Mapping[str, str], text: str) -> str:
    words = text[slice(*said.source)] if said.source else said.kind
    return f"{names.get(said.mention or '') or words} ({said.kind})"


def _counted(count: Count) -> str:
    return f"{_number(count.min, count.max)} {count.of}"


def _number(low: int | None, high: int | None) -> str:
    if low is None:
        return "unknown" if high is None else f"at most {high}"
    if high is None:
        return f"{low} or more"
    return f"{low}" if low == high else f"{low} to {high}"


def _days(report: Report) -> str:
    date = report.date
    if date is None:
        return ""
    days = " to ".join(dict.fromkeys(filter(None, (date.from_, date.to))))
    return f"{days or 'unknown'} ({date.basis})"
