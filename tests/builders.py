"""Builders: the smallest valid message, with what a test cares about."""

from datetime import UTC, datetime, timedelta

from services.messages import (
    Answer,
    BlockArticle,
    BlockReports,
    Claim,
    ClaimReport,
    Count,
    Judgement,
    Mention,
    Origin,
    Report,
    SentenceReport,
    Speaker,
    TaggedArticle,
)
from services.text.hashes import digest
from services.text.sketch import sketch

START = datetime(2031, 5, 2, 6, tzinfo=UTC)


def hours(n):
    return START + timedelta(hours=n)


def speaker(key, kind="party", affiliation=()):
    return Speaker(key=key, label=key or "sources", kind=kind, affiliation=affiliation)


def answer(key, type="person", affiliation=(), label=None, **kw):
    return Answer(key=key, label=label or key, type=type, affiliation=affiliation, span=(0, 1), **kw)


def report(report_id="r", event="killed", stance="reported", **kw):
    if "killed" in kw:
        n = kw.pop("killed")
        kw["counts"] = (Count(of="killed", min=n, max=n, span=(0, 1)),)
    defaults = {
        "patient": (answer("halvane", affiliation=("front",)),),
        "quote": f"Sentence of {report_id}.",
        "sentence": (0, 12),
        "trigger": (0, 8),
        "rule": "event/kill@1",
        "plover": "ASSAULT",
    }
    return ClaimReport(report_id=report_id, event=event, stance=stance, **(defaults | kw))


def said(article_id, *reports, version=1, hour=0, block="violence:halvane", outlet=None, text=None, wire=None, **kw):
    """Return what one version of an article says in a block; texts differ by article unless given."""
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


def in_block(*versions):
    return BlockArticle(block=versions[0].block, versions=versions)


def claim(**kw):
    defaults = {"claim_id": "c1", "block": "violence:halvane", "event": "killed", "status": "reported", "level": "reported"}
    return Claim(**(defaults | {"n_reports": 1, "n_independent": 1, "version": 1, "article_ids": ("a1",)} | kw))


def tagged(article_id="a1", text="Title here\n\nBody text.", **kw):
    defaults = {"version": 1, "title_end": text.find("\n\n") if "\n\n" in text else len(text), "sketch": sketch(text)}
    return TaggedArticle(article_id=article_id, text=text, **(defaults | kw))


def mention(surface, type="person", start=0, **kw):
    """Return a mention whose words start at `start`; its key is its words in lower case."""
    at = {"id": surface, "start": start, "end": start + len(surface), "key": surface.lower()}
    return Mention(surface=surface, type=type, rule="phrase/name@1", **(at | kw))


def sentence_report(event="killed", **kw):
    """Return what one sentence of an article says of an event."""
    defaults = {"trigger": (0, 6), "sentence": (0, 60), "sentence_index": 1, "stance": "reported"}
    return SentenceReport(event=event, plover="ASSAULT", rule="event/kill@1", **(defaults | kw))


def judgement(kind, *, at=START, why="it is so", **kw):
    """Return a judgement by mara; its id comes from all that it says."""
    id = digest(kind, at.isoformat(), why, repr(sorted(kw.items())))
    return Judgement(judgement_id=id, kind=kind, block="violence:halvane", claim_id="c1", by="mara", at=at, why=why, **kw)


SENTENCE = "Gunmen killed somebody. " * 37


def dense(version, n=2000, block=lambda i: "violence:halvane"):
    """Return a version of an article as dense as the tagger makes them: each report has a long sentence, none was said before."""
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
    return tagged("a1", SENTENCE, version=version, reports=found, first_seen_at=hours(0), seen_at=hours(version))
