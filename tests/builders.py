"""Builders: the smallest valid message, with what a test cares about."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from services.messages import (
    Answer,
    Article,
    AttributionKind,
    BlockArticle,
    BlockReports,
    Claim,
    ClaimReport,
    Count,
    Judgement,
    JudgementKind,
    Mention,
    MentionType,
    Origin,
    Report,
    SentenceReport,
    Span,
    Speaker,
    Stance,
    TaggedArticle,
    Verdict,
)
from services.tagger.incidents.view import ArticleView
from services.text.hashes import digest
from services.text.sketch import sketch

START = datetime(2031, 5, 2, 6, tzinfo=UTC)


def hours(n: float) -> datetime:
    return START + timedelta(hours=n)


def speaker(
    key: str | None, kind: AttributionKind = "party", affiliation: tuple[str, ...] = ()
) -> Speaker:
    return Speaker(key=key, label=key or "sources", kind=kind, affiliation=affiliation)


def answer(
    key: str,
    type: MentionType = "person",
    affiliation: tuple[str, ...] = (),
    label: str | None = None,
    **kw: Any,
) -> Answer:
    fields: dict[str, Any] = {"span": (0, 1)} | kw
    return Answer(key=key, label=label or key, type=type, affiliation=affiliation, **fields)


def report(
    report_id: str = "r", event: str = "killed", stance: Stance = "reported", **kw: Any
) -> ClaimReport:
    if "killed" in kw:
        n = kw.pop("killed")
        kw["counts"] = (Count(of="killed", min=n, max=n, span=(0, 1)),)
    defaults: dict[str, Any] = {
        "patient": (answer("halvane", affiliation=("front",)),),
        "quote": f"Sentence of {report_id}.",
        "sentence": (0, 12),
        "trigger": (0, 0),
        "rule": "event/kill@1",
        "plover": "ASSAULT",
    }
    return ClaimReport(report_id=report_id, event=event, stance=stance, **(defaults | kw))


def said(
    article_id: str,
    *reports: ClaimReport,
    version: int = 1,
    hour: float = 0,
    block: str = "violence:halvane",
    outlet: str | None = None,
    text: str | None = None,
    wire: str | None = None,
    **kw: Any,
) -> BlockReports:
    """Return what one version of an article says in a block;
    texts differ by article unless given.
    """
    words = text or " ".join(f"{article_id}{i}" for i in range(30))
    return BlockReports(
        article_id=article_id,
        version=version,
        block=block,
        outlet=outlet or f"outlet {article_id}",
        published_at=hours(hour),
        first_seen_at=hours(hour),
        origin=Origin(wire=wire),
        sketch=sketch(words),
        reports=tuple(reports),
        **kw,
    )


def in_block(*versions: BlockReports) -> BlockArticle:
    return BlockArticle(block=versions[0].block, versions=versions)


def claim(**kw: Any) -> Claim:
    defaults: dict[str, Any] = {
        "claim_id": "c1",
        "block": "violence:halvane",
        "event": "killed",
        "status": "reported",
        "level": "reported",
        "n_reports": 1,
        "n_independent": 1,
        "version": 1,
        "article_ids": ("a1",),
    }
    return Claim(**(defaults | kw))


def tagged(
    article_id: str = "a1", text: str = "Title here\n\nBody text.", **kw: Any
) -> TaggedArticle:
    title_end = text.find("\n\n") if "\n\n" in text else len(text)
    defaults: dict[str, Any] = {"version": 1, "title_end": title_end, "sketch": sketch(text)}
    return TaggedArticle(article_id=article_id, text=text, **(defaults | kw))


def mention(surface: str, type: MentionType = "person", start: int = 0, **kw: Any) -> Mention:
    """Return a mention whose words start at `start`; its key is its words in lower case."""
    at: dict[str, Any] = {
        "id": surface,
        "start": start,
        "end": start + len(surface),
        "key": surface.lower(),
    }
    return Mention(surface=surface, type=type, rule="phrase/name@1", **(at | kw))


def article(title: str = "", text: str = "", published_at: datetime | None = START) -> Article:
    """Return an article as the poller publishes it, seen at `START`."""
    return Article(
        article_id="a",
        url_key="u",
        feed_id="f",
        outlet="Post",
        version=1,
        content_hash="",
        title=title,
        text=text,
        published_at=published_at,
        first_seen_at=START,
        seen_at=START,
    )


def sentence_report(event: str = "killed", **kw: Any) -> SentenceReport:
    """Return what one sentence of an article says of an event."""
    defaults: dict[str, Any] = {
        "trigger": (0, 6),
        "sentence": (0, 60),
        "sentence_index": 1,
        "stance": "reported",
    }
    return SentenceReport(event=event, plover="ASSAULT", rule="event/kill@1", **(defaults | kw))


def judgement(
    kind: JudgementKind, *, at: datetime = START, why: str = "it is so", **kw: Any
) -> Judgement:
    """Return a judgement by mara; its id comes from all that it says."""
    id = digest(kind, at.isoformat(), why, repr(sorted(kw.items())))
    return Judgement(
        judgement_id=id,
        kind=kind,
        block="violence:halvane",
        claim_id="c1",
        by="mara",
        at=at,
        why=why,
        **kw,
    )


SENTENCE = "Gunmen killed somebody. " * 37


def dense(
    version: int, n: int = 2000, block: Callable[[int], str] = lambda _: "violence:halvane"
) -> TaggedArticle:
    """Return a version of an article as dense as the tagger makes them.

    Each report has a long sentence, none was said before.
    """
    found = tuple(
        Report(
            report_id=f"{version}-{i:05}",
            event="killed",
            plover="ASSAULT",
            trigger=(7, 13),
            sentence=(0, len(SENTENCE)),
            sentence_index=0,
            stance="asserted",
            claim_block=block(i),
            rule="event/kill@1",
        )
        for i in range(n)
    )
    return tagged(
        "a1",
        SENTENCE,
        version=version,
        reports=found,
        first_seen_at=hours(0),
        seen_at=hours(version),
    )


def full_report(report_id: str, event: str = "killed", **kw: Any) -> Report:
    """Return a finished report of an article."""
    fields = msgspec.structs.asdict(sentence_report(event, **kw))
    return Report(report_id=report_id, claim_block="violence:?", **fields)


def view(
    reports: Sequence[Report],
    mentions: Sequence[Mention],
    text: str,
    title_end: int = 0,
    published: date | None = None,
    dateline: Span | None = None,
) -> ArticleView:
    """Return an article that incidents are made of; mentions are known by their surface."""
    return ArticleView(
        article_id="a",
        text=text,
        title_end=title_end,
        published=published,
        reports=reports,
        mentions={m.surface: m for m in mentions},
        dateline=dateline,
    )


def verdict(
    reason: str | None = None, *, at: datetime = START, note: str = "", **kw: Any
) -> Verdict:
    """Return a verdict by mara on an incident of r1; its id comes from all that it says.

    It is wrong for a reason, an undo if it `undoes` one, and right otherwise.
    """
    id = digest(reason, at.isoformat(), note, repr(sorted(kw.items())))
    answer = "wrong" if reason else "undo" if kw.get("undoes") else "right"
    fields: dict[str, Any] = {
        "verdict_id": id,
        "about": "incident",
        "id": "i1",
        "article_id": "a",
        "blocks": ("violence:halvane",),
        "reports": ("r1",),
        "event": "killed",
        "answer": answer,
        "reason": reason,
        "by": "mara",
        "at": at,
        "note": note,
    }
    return Verdict(**(fields | kw))
