"""Match one article against all watches. A match in boilerplate alone is a suppressed hit."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

from services.alerter.passing import is_in_passing
from services.alerter.presearch import Presearch
from services.alerter.projection import projected
from services.alerter.unless import is_excepted
from services.alerter.watch import CompiledWatch
from services.messages import (
    COUNTED_STANCES,
    Claim,
    Count,
    Evidence,
    Hit,
    HitReport,
    Incident,
    IncidentStance,
    Mention,
    Span,
    Status,
    SuppressReason,
    TaggedArticle,
    Watch,
    provenance,
)
from services.messages.limits import LABELS_BYTES, SPANS, ends_within
from services.query.ast import Node
from services.query.clauses import Clause
from services.query.document import Document, document
from services.query.evaluate import spans
from services.text.happening import victims
from services.text.hashes import digest
from services.text.rule_names import rule_name

_STATUS: dict[IncidentStance, Status] = {
    "asserted": "reported",
    "reported": "reported",
    "claimed": "claimed",
    "confirmed": "claimed",
    "denied": "denied",
    "disputed": "disputed",
}
"""Last word on an incident to the status of an alert on it alone. Only claims can be confirmed."""

MAX_ALSO = 5
"""Other incidents of a hit: the alert follows each. A guess: a live blog has dozens."""

MAX_EVIDENCE = 3
"""Lines quoted for a hit: those of its first spans."""

AROUND = 160
"""Characters quoted on each side of a span at most: two lines of a terminal."""


def match(article: TaggedArticle, watches: Presearch[CompiledWatch]) -> list[Hit]:
    """Return one hit for each watch whose query the article matches, by watch id."""
    clean = document(article)
    hits: dict[str, Hit] = {}
    for id, (watch, clauses) in watches.find(clean).items():
        hits[id] = _hit(article, watch, _spans(clauses, clean), None)
    if article.boilerplate:
        whole = document(article, without_boilerplate=False)
        for id, (watch, clauses) in watches.find(whole).items():
            if id not in hits:
                hits[id] = _hit(article, watch, _spans(clauses, whole), "boilerplate")
    return [hits[id] for id in sorted(hits)]


def withdrawal(article: TaggedArticle) -> Hit | None:
    """Return the message that withdraws hits of earlier versions, to be sent behind an edit's hits.

    None: the article is neither an edit nor withdrawn.
    """
    if article.cause not in ("edit", "withdrawn"):
        return None
    return Hit(
        hit_id=digest("edit", article.article_id, article.version),
        article_id=article.article_id,
        article_version=article.version,
        cause="edit",
    )


def update(claim: Claim) -> Hit:
    """Return the message by which an update of a claim comes to the watches."""
    return Hit(hit_id=digest(claim.claim_id, claim.version), claim=projected(claim))


def _spans(clauses: Sequence[Clause], doc: Document) -> list[Span]:
    nodes: list[Node] = []
    for clause in clauses:
        nodes += (clause.atom, *clause.rest)
    return spans(nodes, doc)


def _hit(
    article: TaggedArticle,
    compiled: CompiledWatch,
    spans: Sequence[Span],
    suppressed: SuppressReason | None,
) -> Hit:
    found = [] if suppressed else anchors(article, spans)
    if not suppressed and not found and _is_of_old_news(article, spans):
        suppressed = "background"
    if not suppressed and not compiled.watch.passing and is_in_passing(article, spans):
        suppressed = "passing"
    told = [_hit_report(article, incident, spans) for incident in found[: 1 + MAX_ALSO]]
    around = tuple(_around(article, span) for span in spans[:MAX_EVIDENCE])
    wanted = [on for on in told if not _is_excepted(compiled.watch, on.evidence)]
    quoted = [on.evidence for on in told] or around
    if not suppressed and any(_is_excepted(compiled.watch, said) for said in quoted):
        suppressed = None if wanted else "unless"
    told = wanted or told
    return Hit(
        hit_id=digest(compiled.watch.id, article.article_id, article.version),
        watch_id=compiled.watch.id,
        watch_version=compiled.watch.version,
        **provenance(article, Hit),
        article_version=article.version,
        sketch=article.sketch,
        title=article.text[: article.title_end],
        spans=tuple(spans[:SPANS]),
        report=told[0] if told else None,
        also=tuple(told[1:]),
        evidence=around,
        suppressed=suppressed,
    )


def _is_excepted(watch: Watch, said: Evidence) -> bool:
    return is_excepted(watch, said.quote, said.rule)


def anchors(article: TaggedArticle, spans: Sequence[Span]) -> list[Incident]:
    """Return the incidents whose sentences hold spans: of most spans first, of equals the main.

    Empty: no sentence of any holds one, so the hit is of words alone and joins no claim.
    """
    sentences = {report.report_id: report.sentence for report in article.reports}
    held: list[tuple[int, bool, Incident]] = []
    for incident in article.voices:
        own = {sentences[id] for id in incident.reports if id in sentences}
        if n := _n_held(spans, own):
            held.append((n, incident.main, incident))
    held.sort(key=lambda found: found[:2], reverse=True)
    return [incident for _, _, incident in held]


def _is_of_old_news(article: TaggedArticle, spans: Sequence[Span]) -> bool:
    """True if the words stand in a sentence that only tells of the past, or of what may come."""
    for report in article.reports:
        if report.stance not in COUNTED_STANCES and _n_held(spans, (report.sentence,)):
            return True
    return False


def _n_held(spans: Sequence[Span], sentences: Collection[Span]) -> int:
    """Return how many of the spans begin in a sentence."""
    return sum(any(a <= start < b for a, b in sentences) for start, _ in spans)


def _hit_report(article: TaggedArticle, incident: Incident, spans: Sequence[Span]) -> HitReport:
    """Return the incident of a hit, quoted by a sentence that holds words of the watch.

    Of several, what is news comes first, then what tells the incident best, then the earliest: news
    puts the most important first. If the headline holds the words, the sentence need not.
    """
    told = [report for report in article.reports if report.report_id in incident.reports]
    in_title = _n_held(spans, ((0, article.title_end),)) > 0

    def rank(place: int) -> tuple[bool, bool, bool, int]:
        sentence = told[place].sentence
        has_words = in_title or _n_held(spans, (sentence,)) > 0
        is_news = told[place].time == "news" and not told[place].in_passing
        return has_words, is_news, sentence == incident.quote, -sentence[0]

    report = told[max(range(len(told)), key=rank)]
    mentions: dict[str, Mention] = {m.id: m for m in article.mentions}
    start, end = report.sentence
    speakers = tuple(mentions[a.mention].shown for a in report.attribution if a.mention in mentions)
    quote = Evidence(
        article_id=article.article_id,
        version=article.version,
        report_id=report.report_id,
        outlet=article.outlet,
        url=article.url,
        at=article.dated_at,
        quote=article.text[start:end],
        mark=(report.trigger[0] - start, report.trigger[1] - start),
        speaker=speakers[0] if speakers else None,
        rule=rule_name(report.rule),
    )
    return HitReport(
        report_id=report.report_id,
        incident_id=incident.incident_id,
        headline=any(
            r.event == incident.events[0]
            and r.time == "news"
            and r.sentence[1] <= article.title_end
            for r in told
        ),
        block=incident.claim_block,
        event=report.event,
        status=_STATUS[incident.stance],
        speakers=speakers,
        counts=_tolls(incident, chain.from_iterable(r.counts for r in told)),
        slots=_labels(article, incident, mentions, report.event),
        evidence=quote,
    )


def _tolls(incident: Incident, stated: Iterable[Count]) -> dict[str, int]:
    """Return the incident's numbers that its sentences state; a count of names is no toll."""
    known = {(count.of, count.min) for count in stated}
    return {
        count.of: count.min
        for count in incident.counts
        if count.min is not None and (count.of, count.min) in known
    }


def _labels(
    article: TaggedArticle, incident: Incident, mentions: Mapping[str, Mention], event: str
) -> dict[str, tuple[str, ...]]:
    """Return the labels of those in each role that a sentence on an event tells."""
    given = {
        "patient": victims(incident, article.reports, article.mentions, event),
        "agent": [mentions[id].shown_acting for id in incident.agent if id in mentions],
        "place": [mentions[id].shown for id in incident.place if id in mentions],
    }
    return {role: tuple(ends_within(found, LABELS_BYTES)) for role, found in given.items() if found}


def _around(article: TaggedArticle, span: Span) -> Evidence:
    """Return the line around a span, at most AROUND characters on either side."""
    start = max(article.text.rfind("\n", 0, span[0]) + 1, span[0] - AROUND)
    line_end = article.text.find("\n", span[1])
    end = min(line_end if line_end >= 0 else len(article.text), span[1] + AROUND)
    return Evidence(
        article_id=article.article_id,
        version=article.version,
        outlet=article.outlet,
        url=article.url,
        at=article.dated_at,
        quote=article.text[start:end],
        mark=(span[0] - start, span[1] - start),
    )
