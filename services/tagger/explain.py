"""Explains a tagged article: its passages, each with its marks and reports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from services.messages import Boilerplate, Mention, Report, Span, TaggedArticle
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
    passages += [_boilerplate(part) for part in article.boilerplate]
    return sorted(passages, key=lambda p: (p.start, p.end))


def summary(article: TaggedArticle) -> str:
    """Return what is true of the whole article, in one line."""
    parts = [
        article.outlet,
        f"stance of the title: {article.stance or 'none'}",
        article.skipped and f"skipped {article.skipped}",
    ]
    return "; ".join(part for part in parts if part)


def _passage(article: TaggedArticle, span: Span, marks: Sequence[Mark]) -> Passage:
    start, end = span
    inside = tuple(m for m in marks if start <= m.start < end)
    statements = tuple(
        _statement(r, article) for r in article.reports if start <= r.trigger[0] < end
    )
    kind: Literal["title", "sentence"] = "title" if end <= article.title_end else "sentence"
    return Passage(start, end, kind, inside, statements)


def _boilerplate(part: Boilerplate) -> Passage:
    mark = Mark(part.start, part.end, "boilerplate", part.kind, rule=part.rule)
    return Passage(part.start, part.end, "boilerplate", (mark,), ())


def _marks(article: TaggedArticle) -> Iterator[Mark]:
    for mention in article.mentions:
        yield Mark(
            mention.start,
            mention.end,
            "mention",
            mention.type,
            _identity(mention, article),
            mention.rule,
        )
    for report in article.reports:
        yield Mark(*report.trigger, "event", report.event, report.plover, report.rule)
        for cue in report.cues:
            yield Mark(*cue.span, "cue", cue.kind, rule=cue.rule)
        for count in report.counts:
            yield Mark(*count.span, "count", "count", f"{_number(count.min, count.max)} {count.of}")
        if report.date and report.date.span:
            yield Mark(*report.date.span, "date", "date", _days(report))
    for attribution in article.attributions:
        if attribution.source:
            yield Mark(*attribution.source, "source", "source")
        yield Mark(*attribution.cue, "cue", "says")


def _identity(mention: Mention, article: TaggedArticle) -> str:
    if mention.actor_id:
        parts = [mention.actor_id]
    elif mention.lat is not None and mention.lon is not None:
        parts = [f"{mention.country or 'no country'} {mention.lat:.2f} {mention.lon:.2f}"]
    elif not mention.is_name and mention.form != "pronoun":
        parts = []  # "three men" has no identity
    else:
        parts = [f"in no dictionary, key {mention.key}"]
    if mention.role:
        body = next((m.surface for m in article.mentions if m.id == mention.of), None)
        parts.append(f"{mention.role} of {body}" if body else mention.role)
    return ", ".join(parts)


def _statement(report: Report, article: TaggedArticle) -> Statement:
    names = {m.id: m.surface for m in article.mentions}
    roles = ("patient", "target", "agent", "instrument", "place")
    parts: list[tuple[str, str]] = []
    for role in roles:
        fillers = [names[i] for i in getattr(report, role) if i in names]
        parts.append((role, ", ".join(fillers)))
    parts += [("count", f"{_number(c.min, c.max)} {c.of}") for c in report.counts]
    parts += [("date", _days(report))] if report.date else []
    for said in report.attribution:
        source = names.get(said.mention or "") or (
            article.text[slice(*said.source)] if said.source else said.kind
        )
        parts.append(("says", f"{source} ({said.kind})"))
    parts += [("linked to", r.event) for r in article.reports if r.report_id == report.linked]
    parts.append(("claim block", report.claim_block))
    rules = dict.fromkeys((report.rule, *(cue.rule for cue in report.cues)))
    return Statement(
        report.event, report.stance, tuple((k, v) for k, v in parts if v), tuple(rules)
    )


def _number(low: int | None, high: int | None) -> str:
    if low is None:
        return "unknown" if high is None else f"at most {high}"
    return f"{low}" if low == high else f"{low} or more" if high is None else f"{low} to {high}"


def _days(report: Report) -> str:
    date = report.date
    if date is None:
        return ""
    days = " to ".join(dict.fromkeys(day for day in (date.from_, date.to) if day))
    return f"{days or 'unknown'} ({date.basis})"
