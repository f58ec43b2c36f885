"""Explains a tagged article: its incidents, and its passages with their marks and reports."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from services.messages import (
    Attribution,
    Boilerplate,
    Count,
    EventDate,
    Incident,
    Mention,
    Report,
    Span,
    TaggedArticle,
)
from services.tagger.events.refused import Notes, Reason, Refused
from services.tagger.incidents.confidence import least_told
from services.tagger.layout.sentences import sentences

Family = Literal["event", "mention", "cue", "source", "count", "date", "boilerplate"]
"""The kinds of marks."""

_RANK: tuple[Family, ...] = ("event", "cue", "count", "date", "mention", "source", "boilerplate")
"""Of marks on one word, the first family is shown where only one may be."""

_ROLES = {
    "patient": "whom",
    "target": "what",
    "agent": "by whom",
    "instrument": "by what",
    "place": "where",
}
"""Role to the question that it answers, in the order in which they are shown."""

_BECAUSE: dict[Reason, str] = {
    "another-meaning": "“{word}” does not mean {event} here",
    "figure": "“{word}” is a figure of speech here",
    "nobody": "“{word}”: the sentence says that nobody does it",
    "no-person": "“{word}”: what it befalls is no person",
    "lacks-role": "“{word}”: nobody is named whom it befalls, or who does it",
    "in-passing": "“{word}” is only mentioned in this title",
    "outlived": "“{word}”: who dies of a wound is counted as dead",
}
_NO_WORD = "no word here names an event"
_NOT_READ = "not parsed: no word here names an event or a source"

_TIMES = {
    "news": "news",
    "old": "an earlier event retold",
    "total": "a sum over weeks or years",
    "planned": "planned, feared, or foiled",
}


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
    """A report in words: event, stance, then (name, value) of its other fields.

    `number`: of the story that it is of, from 1; None for a report of no incident.
    """

    event: str
    stance: str
    number: int | None
    parts: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """An incident in words: its types, what is true of the whole, (name, value) of its fields.

    `told`: people are told of it.
    """

    events: str
    state: str
    told: bool
    parts: tuple[tuple[str, str], ...]
    quote: str


@dataclass(frozen=True)
class Passage:
    """A sentence, the title, or a stretch of boilerplate; `silent`: why it has no report."""

    start: int
    end: int
    kind: Literal["title", "sentence", "boilerplate"]
    marks: tuple[Mark, ...]
    statements: tuple[Statement, ...]
    silent: tuple[str, ...] = ()

    @property
    def has_no_event_word(self) -> bool:
        """True for a sentence of the body that has no report, since no word names an event."""
        is_dull = bool(self.silent) and {*self.silent} <= {_NO_WORD, _NOT_READ}
        return self.kind == "sentence" and not self.statements and is_dull


def explain(article: TaggedArticle, notes: Notes | None = None) -> list[Passage]:
    """Return the passages in text order; with the notes of their reading, why some are silent."""
    marks = sorted(set(_marks(article)))
    spans = sentences(article.text, article.title_end, article.boilerplate)
    passages = [_passage(article, span, marks, notes) for span in spans]
    passages += map(_boilerplate, article.boilerplate)
    return sorted(passages, key=attrgetter("start", "end"))


def stories(article: TaggedArticle) -> list[Story]:
    """Return the incidents, the main one first, then those that people are told, then by text."""
    return [_story(incident, article) for incident in _in_order(article)]


def _in_order(article: TaggedArticle) -> list[Incident]:
    return sorted(article.incidents, key=lambda i: (not i.main, not i.told or i.time != "news"))


def summary(article: TaggedArticle) -> str:
    """Return what is true of the whole article, in one line."""
    stance = f"stance of the title: {article.stance or 'none'}"
    skipped = article.skipped and f"skipped {article.skipped}"
    return "; ".join(filter(None, (article.outlet, stance, skipped)))


def one_a_word(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return the marks, in order, without those that share a letter with one of more weight."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (_RANK.index(m.family), m.start, -m.end)):
        if all(mark.end <= other.start or other.end <= mark.start for other in kept):
            kept.append(mark)
    return tuple(sorted(kept))


def _passage(
    article: TaggedArticle, span: Span, marks: Sequence[Mark], notes: Notes | None
) -> Passage:
    start, end = span
    inside = tuple(mark for mark in marks if start <= mark.start < end)
    reports = [report for report in article.reports if start <= report.trigger[0] < end]
    statements = tuple(_statement(report, article) for report in reports)
    kind: Literal["title", "sentence"] = "title" if end <= article.title_end else "sentence"
    silent = () if reports or notes is None else tuple(_silence(span, notes, article.text))
    return Passage(start, end, kind, inside, statements, silent)


def _silence(span: Span, notes: Notes, text: str) -> Iterator[str]:
    """Yield why a sentence has no report: for each word that may name an event, if it has any."""
    if span not in notes.read:
        yield _NOT_READ
        return
    words = [refused for refused in notes.refused if span[0] <= refused.span[0] < span[1]]
    yield from dict.fromkeys(_because(refused, text) for refused in words)
    if not words:
        yield _NO_WORD


def _because(refused: Refused, text: str) -> str:
    event = refused.event.replace("_", " ")
    return _BECAUSE[refused.reason].format(word=text[slice(*refused.span)], event=event)


def _boilerplate(part: Boilerplate) -> Passage:
    mark = Mark(part.start, part.end, "boilerplate", part.kind, rule=part.rule)
    return Passage(part.start, part.end, "boilerplate", (mark,), ())


def _marks(article: TaggedArticle) -> Iterator[Mark]:
    bodies = {mention.id: mention.shown for mention in article.mentions}
    for mention in article.mentions:
        span, identity = (mention.start, mention.end), _identity(mention, bodies)
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
        yield Mark(*report.date.span, "date", "date", _days(report.date))


def _identity(mention: Mention, shown: Mapping[str, str]) -> str:
    """Return who a mention is: its actor or place, its fuller name, its office."""
    parts: list[str] = []
    if mention.actor_id:
        parts.append(mention.actor_id)
    elif mention.lat is not None and mention.lon is not None:
        parts.append(f"{mention.country or 'no country'} {mention.lat:.2f} {mention.lon:.2f}")
    elif mention.is_particular:
        parts += [mention.shown] if mention.shown != mention.surface else []
        parts.append("in no dictionary")
    if mention.role:
        body = shown.get(mention.of or "")
        parts.append(f"{mention.role} of {body}" if body else mention.role)
    return ", ".join(parts)


def _statement(report: Report, article: TaggedArticle) -> Statement:
    of = [report.report_id in incident.reports for incident in _in_order(article)]
    number = of.index(True) + 1 if True in of else None
    rules = dict.fromkeys((report.rule, *map(attrgetter("rule"), report.cues)))
    event = f"{report.event} (in passing)" if report.in_passing else report.event
    parts = tuple(_parts(report, article))
    return Statement(event, report.stance, number, parts, tuple(rules))


def _story(incident: Incident, article: TaggedArticle) -> Story:
    least = f"{least_told(is_main=incident.main):.0%}"
    confidence = f"confidence {incident.confidence:.0%}"
    bar = f"told from {least}" if incident.told else f"told to nobody below {least}"
    state = [incident.stance, _TIMES[incident.time], f"{confidence}, {bar}"]
    if incident.main:
        state.insert(0, "main")
    events, quote = ", ".join(incident.events), article.text[slice(*incident.quote)]
    is_told = incident.told and incident.time == "news"
    return Story(events, "; ".join(state), is_told, tuple(_parts(incident, article)), quote)


def _parts(told: Report | Incident, article: TaggedArticle) -> Iterator[tuple[str, str]]:
    """Yield (name, value) of the fields that reports and incidents share, without empty ones."""
    shown = {mention.id: mention.shown for mention in article.mentions}
    for role, name in _ROLES.items():
        fillers = dict.fromkeys(filter(None, map(shown.get, getattr(told, role))))
        if fillers:
            yield name, ", ".join(fillers)
    if told.counts:
        yield "how many", ", ".join(map(_counted, told.counts))
    if told.date is not None:
        yield "when", _days(told.date)
    sources = dict.fromkeys(_source(said, shown, article.text) for said in told.attribution)
    if sources:
        yield "says", ", ".join(sources)


def _source(said: Attribution, shown: Mapping[str, str], text: str) -> str:
    words = text[slice(*said.source)] if said.source else said.kind
    return f"{shown.get(said.mention or '') or words} ({said.kind})"


def _counted(count: Count) -> str:
    return f"{_number(count.min, count.max)} {count.of}"


def _number(low: int | None, high: int | None) -> str:
    if low is None:
        return "unknown" if high is None else f"at most {high}"
    if high is None:
        return f"{low} or more"
    return f"{low}" if low == high else f"{low} to {high}"


def _days(date: EventDate) -> str:
    """Return the days and the words that give them."""
    if date.basis == "publication":
        return f"by {date.to or 'unknown'} (publication)"
    days = " to ".join(dict.fromkeys(filter(None, (date.from_, date.to))))
    return f"{days or 'unknown'} (“{date.basis}”)"
