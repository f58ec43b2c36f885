"""Route: a tagged article to its reports, one message a claim block, also to the blocks that an edit leaves."""

import re
from collections.abc import Sequence

import msgspec

from services.messages import (
    Answer,
    ArticleBlocks,
    Attribution,
    BlockReports,
    ClaimReport,
    KnownVersion,
    Mention,
    Report,
    Speaker,
    TaggedArticle,
    decode,
    encode,
    provenance,
)
from services.messages.limits import BLOCK_REPORTS_BYTES, EVER_TOUCHED_BYTES, TOUCHED_BYTES, within
from services.ports import Outgoing, Record
from services.text.names import name_key

_OFFICE_REACH = 60
"""Characters beside a name in which the office of its bearer is looked for."""
_NO_OFFICE = "by|to|when|where|while|that|which|who|said|says|told|tells|and|but|or|in|on|at|with|as|from|near|after|before"
_BEFORE = re.compile(rf"(?:(?!(?:{_NO_OFFICE})\b)[\w'’-]+\ ){{1,5}}$", re.IGNORECASE)
"""The words right before a name, none of which opens another phrase."""

_BEHIND = re.compile(r",\ ((?:the|a|an|his|her|its|their)\ [^,.;:]{3,50}),", re.IGNORECASE)

MAX_VERSIONS = 8
"""Versions of an article that route remembers; what comes later than that many is told only to its own blocks."""


class RouteMachine:
    """The blocks that each article's versions touched; a few bytes an article."""

    def __init__(self) -> None:
        self._blocks: dict[str, ArticleBlocks] = {}

    def restore(self, key: str, value: bytes | None) -> None:
        if value is None:
            self._blocks.pop(key, None)
        else:
            self._blocks[key] = decode(ArticleBlocks, value)

    def step(self, record: Record) -> list[Outgoing]:
        """Return the article's reports by block, and the new state. Versions may come in any order."""
        article = decode(TaggedArticle, record.value)
        known = self._blocks.get(article.article_id)
        routed = route(article, known)
        if not routed and not known and not _is_edit(article):
            return []
        now = _remembered(article, known)
        self._blocks[article.article_id] = now
        out = [Outgoing("reports", r.article_id, encode(r), partition_key=r.block) for r in routed]
        return [*out, Outgoing("article-blocks", article.article_id, encode(now))]


def route(article: TaggedArticle, known: ArticleBlocks | None) -> list[BlockReports]:
    """Return one message for every block that any version touches, empty where this one says nothing.

    A block that an older version touches, come late, also learns which newer ones are silent there: so what a block holds is
    the same in whatever order the versions came.
    """
    mentions = {m.id: m for m in article.mentions}
    touched: dict[str, list[ClaimReport]] = {block: [] for block in _touched(article)}
    for report in article.told:
        if report.claim_block in touched:
            touched[report.claim_block].append(_resolve(report, mentions, article.text))
    told = known.blocks if known else ()
    messages = [_message(article, block, touched.get(block, ())) for block in sorted({*touched, *told})]
    newer = [v for v in (known.versions if known else ()) if v.version > article.version]
    return messages + [_silence(article, block, v) for block in sorted(touched) for v in newer if block not in v.blocks]


def _is_edit(article: TaggedArticle) -> bool:
    """Tell whether older versions exist; a silent edit is remembered, since one of them may still come."""
    return article.first_seen_at is not None and article.seen_at is not None and article.seen_at > article.first_seen_at


def _remembered(article: TaggedArticle, known: ArticleBlocks | None) -> ArticleBlocks:
    touched = _touched(article)
    versions = {v.version: v for v in (known.versions if known else ())}
    versions[article.version] = KnownVersion(version=article.version, seen_at=article.seen_at, blocks=tuple(sorted(touched)))
    kept = tuple(versions[v] for v in sorted(versions)[-MAX_VERSIONS:])
    now = {*touched, *(block for v in kept for block in v.blocks)}
    before = within(sorted({*(known.blocks if known else ())} - now), EVER_TOUCHED_BYTES)
    return ArticleBlocks(
        article_id=article.article_id, version=kept[-1].version, blocks=tuple(sorted({*now, *before})), versions=kept
    )


def _touched(article: TaggedArticle) -> list[str]:
    """Return the blocks of an article's reports, in order of text, as many as can be remembered."""
    return within(dict.fromkeys(report.claim_block for report in article.told), TOUCHED_BYTES)


def _silence(article: TaggedArticle, block: str, version: KnownVersion) -> BlockReports:
    """Return what a newer version of the article says in a block that it does not touch: nothing."""
    said = _message(article, block, ())
    return msgspec.structs.replace(said, version=version.version, seen_at=version.seen_at, cause="edit")


def _message(article: TaggedArticle, block: str, reports: Sequence[ClaimReport]) -> BlockReports:
    kept = within(reports, BLOCK_REPORTS_BYTES)
    return BlockReports(
        **provenance(article, BlockReports),
        block=block,
        origin=article.origin,
        sketch=article.sketch,
        reports=tuple(kept),
        cut=len(reports) - len(kept),
    )


def _resolve(report: Report, mentions: dict[str, Mention], text: str) -> ClaimReport:
    def answers(ids: tuple[str, ...]) -> tuple[Answer, ...]:
        return tuple(_answer(mentions[i]) for i in ids if i in mentions)

    start, end = report.sentence
    return ClaimReport(
        report_id=report.report_id,
        event=report.event,
        mode=report.mode,
        plover=report.plover,
        stance=report.stance,
        patient=answers(report.patient),
        agent=answers(report.agent),
        target=answers(report.target),
        instrument=answers(report.instrument),
        place=answers(report.place),
        counts=report.counts,
        date=report.date,
        speakers=tuple(_speaker(said, mentions, text) for said in report.attribution),
        cues=tuple(dict.fromkeys(cue.kind for cue in report.cues)),
        quote=text[start:end],
        sentence=report.sentence,
        trigger=report.trigger,
        linked=report.linked,
        rule=report.rule,
    )


def _answer(mention: Mention) -> Answer:
    return Answer(
        key=mention.actor_id or mention.key or name_key(mention.surface),
        label=mention.surface,
        type=mention.type,
        affiliation=mention.affiliation,
        named=mention.actor_id is not None or mention.is_name,
        lat=mention.lat,
        lon=mention.lon,
        span=(mention.start, mention.end),
    )


def _speaker(said: Attribution, mentions: dict[str, Mention], text: str) -> Speaker:
    mention = mentions.get(said.mention or "")
    span = (mention.start, mention.end) if mention else said.source
    words = _with_office(text, span) if span else ""
    if mention is None:
        return Speaker(key=None, label=text[slice(*span)] if span else "", kind=said.kind, words=words)
    named = said.named and said.kind != "unnamed"
    key = (mention.actor_id or mention.key or name_key(mention.surface)) if named else None
    return Speaker(key=key, label=mention.surface, kind=said.kind, affiliation=mention.affiliation, words=words)


def _with_office(text: str, span: tuple[int, int]) -> str:
    """Return a name with the office before or behind it: "police chief Berit Sando", "Tilda Morn, the village head"."""
    before = _BEFORE.search(text[max(0, span[0] - _OFFICE_REACH) : span[0]])
    behind = _BEHIND.match(text[span[1] : span[1] + _OFFICE_REACH])
    parts = (before.group() if before else "", text[slice(*span)], behind.group(1) if behind else "")
    return " ".join(part.strip() for part in parts if part.strip())
