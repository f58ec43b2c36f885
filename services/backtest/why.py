"""What happened to one article at each stage, and why a watch was silent: facts in, lines out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.alerter.alert import subject_of
from services.alerter.bars import is_without_principal
from services.alerter.condition import unmet
from services.alerter.news import is_before
from services.backtest.pipeline import Passage
from services.messages import Claim, ClaimCondition, TaggedArticle, Watch
from services.text.counts import counted


@dataclass(frozen=True)
class Line:
    """One action of a stage, with the words that it rests on."""

    stage: str
    text: str
    quote: str = ""


@dataclass(frozen=True)
class ReportFact:
    """A report as the tagger read it; `about`: whom it befalls, or where."""

    event: str
    stance: str
    about: str
    quote: str
    rule: str


@dataclass(frozen=True)
class AlertFact:
    """A revision that an alert sent because of this article."""

    watch_id: str
    alert_id: str
    kind: str
    text: str


@dataclass(frozen=True)
class Facts:
    """Everything known of one version of an article.

    `matched`: the watches whose query matches it.
    """

    article_id: str
    version: int
    title: str
    outlet: str | None
    cause: str
    published_at: datetime | None
    seen_at: datetime | None
    edits: tuple[str, ...] = ()
    """What an edit took out and put in, or why the article was withdrawn, as sentences."""
    n_boilerplate: int | None = None
    reports: tuple[ReportFact, ...] = ()
    claims: tuple[Claim, ...] = ()
    matched: frozenset[str] = frozenset()
    held_back: tuple[tuple[str, str, str], ...] = ()
    """Watch, reason, and the words."""
    alerts: tuple[AlertFact, ...] = ()
    deliveries: tuple[tuple[str, str], ...] = field(default=())
    """Channel and outcome."""


def facts(passage: Passage) -> Facts:
    """Return the facts of a passage through the stages."""
    article = passage.article
    return Facts(
        article_id=article.article_id,
        version=article.version,
        title=article.text[: article.title_end],
        outlet=article.outlet,
        cause=article.cause,
        published_at=article.published_at,
        seen_at=article.seen_at,
        edits=tuple(_edits(article)),
        n_boilerplate=len(article.boilerplate),
        reports=tuple(_reports(article)),
        claims=passage.claims,
        matched=frozenset(hit.watch_id or "" for hit in passage.hits),
        held_back=tuple((row.watch_id, row.reason, row.detail) for row in passage.suppressed),
        alerts=tuple(
            AlertFact(a.watch_id, a.alert_id, a.revisions[-1].kind, a.revisions[-1].text)
            for a in passage.alerts
        ),
    )


def _edits(article: TaggedArticle) -> Iterator[str]:
    if article.withdrawn:
        yield f"withdrawn: {article.withdrawn}"
    for change in article.changes:
        out = f"took out {change.out!r}" if change.out else ""
        put = f"put in {change.put!r}" if change.put else ""
        yield f"the edit {' and '.join(filter(None, (out, put)))}"


def explain(found: Facts, watches: Sequence[Watch]) -> Iterator[Line]:
    """Yield the stages in order, and at the end each silent one of `watches`, with the reason."""
    published = f"{found.published_at:%Y-%m-%d %H:%M}" if found.published_at else "no date"
    seen = f"{found.seen_at:%Y-%m-%d %H:%M}" if found.seen_at else "unknown"
    yield Line(
        "collect",
        f"{found.outlet or 'unknown outlet'}, {found.cause}, published {published}, seen {seen}",
        found.title,
    )
    for edit in found.edits:
        yield Line("collect", edit)
    yield from _tagged(found)
    for claim in found.claims:
        yield from _folded(claim)
    if found.reports and not found.claims:
        yield Line("fold", "in no claim: what is background or hypothetical opens none")
    for watch_id in sorted(found.matched):
        yield Line("match", f"watch {watch_id}: its words are there")
    for watch_id, reason, words in found.held_back:
        yield Line("alert", f"watch {watch_id}: held back ({reason})", words)
    for alert in found.alerts:
        yield Line(
            "alert",
            f"watch {alert.watch_id}: told {alert.kind} in alert {alert.alert_id}: {alert.text}",
        )
    for channel, outcome in found.deliveries:
        yield Line("deliver", f"{channel}: {outcome}")
    spoken = {alert.watch_id for alert in found.alerts}
    for watch in watches:
        if watch.id not in spoken:
            yield Line("silence", f"watch {watch.id}: {'; '.join(silence(watch, found))}")


def _folded(claim: Claim) -> Iterator[Line]:
    """Yield a claim, with the sentences that show its status."""
    state = (
        f"{claim.level}, {claim.status}"
        if claim.level not in (None, claim.status)
        else claim.status
    )
    voices = f"{claim.n_independent} independent of {counted(claim.n_reports, 'report')}"
    yield Line("fold", f"claim {claim.claim_id}: {subject_of(claim)}, {state}, {voices}")
    for shown in claim.shown_by:
        where = f"version {shown.version} of {shown.article_id}"
        yield Line("fold", f"{claim.status}, as {where} shows", shown.quote)


def silence(watch: Watch, found: Facts) -> Iterator[str]:
    """Yield the reasons why a watch was silent about an article."""
    if not watch.enabled:
        yield "it is switched off"
    reasons = [
        reason
        for watch_id, reason, _ in found.held_back
        if watch_id == watch.id and reason != "copy"
    ]
    if reasons:
        yield f"held back ({', '.join(reasons)})"
        return
    if watch.query is not None and watch.id not in found.matched:
        yield "its words are not in the article"
        if watch.claim is None:
            return
    if is_before(watch, found.seen_at):
        yield _OLDER
        return
    if watch.claim is not None:
        yield from _unmet(watch.claim, found.claims)
    else:
        yield "one alert a story: it is a copy, or told already, or its claim brought nothing new"


_OLDER = (
    "the article was seen before the watch was last saved, so it opens no alert: "
    "`reportedly backtest` shows what the watch says of the past"
)


def _unmet(condition: ClaimCondition, claims: Sequence[Claim]) -> Iterator[str]:
    if not claims:
        yield "the article is in no claim"
    for claim in claims:
        lacks = list(unmet(condition, claim))
        if is_without_principal(claim.block):
            lacks.append("nobody knows whom it happened to")
        if claim.status in ("denied", "retracted"):
            lacks.append(f"it is {claim.status}")
        why = ", ".join(lacks) or "it is met, and brought nothing new beside what was told"
        yield f"claim {claim.claim_id}: {why}"


def _tagged(found: Facts) -> Iterator[Line]:
    for report in found.reports:
        yield Line(
            "tag",
            f"{report.event}: {report.about}, {report.stance}, by {report.rule}",
            report.quote,
        )
    if not found.reports:
        yield Line("tag", "no event that we know")
    if found.n_boilerplate:
        yield Line("tag", f"not matched: {counted(found.n_boilerplate, 'passage')} of boilerplate")


def _reports(article: TaggedArticle) -> Iterator[ReportFact]:
    labels = {mention.id: mention.shown for mention in article.mentions}
    for report in article.told:
        start, end = report.sentence
        slots = (report.patient, report.place)
        about = about_whom([labels[i] for i in ids if i in labels] for ids in slots)
        yield ReportFact(report.event, report.stance, about, article.text[start:end], report.rule)


def about_whom(slots: Iterable[Sequence[str]]) -> str:
    """Return the labels of the first slot that has any."""
    return ", ".join(next(filter(None, slots), ("nobody named",)))
