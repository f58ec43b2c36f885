"""Route: the reports of an article, one message a block, also to blocks that an edit left."""

import re
from collections.abc import Sequence
from itertools import product

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

OFFICE_REACH = 60
"""Characters beside a name in which the office of its bearer is looked for. A guess."""

_NO_OFFICE = (
    "by|to|when|where|while|that|which|who|said|says|told|tells|and|but|or|in|on|at|with|as|from|"
    "near|after|before"
)
_BEFORE = re.compile(rf"(?:(?!(?:{_NO_OFFICE})\b)[\w'’-]+\ ){{1,5}}$", re.IGNORECASE)
"""Up to five words right before a name, none of which opens another phrase."""

_BEHIND = re.compile(r",\ ((?:the|a|an|his|her|its|their)\ [^,.;:]{3,50}),", re.IGNORECASE)
"""An apposition right behind a name."""

MAX_VERSIONS = 8
"""Versions of an article that route remembers: the latest ones. It bounds the row.

An older version that comes later goes only to its own blocks.
"""


class RouteMachine:
    """The blocks that each article's versions have reports in."""

    def __init__(self) -> None:
        self._blocks: dict[str, ArticleBlocks] = {}

    def restore(self, key: str, value: bytes | None) -> None:
        if value is None:
            self._blocks.pop(key, None)
        else:
            self._blocks[key] = decode(ArticleBlocks, value)

    def step(self, record: Record) -> list[Outgoing]:
        """Return the article's reports by block, and its new row. Any order of versions works."""
        article = decode(TaggedArticle, record.value)
        known = self._blocks.get(article.article_id)
        routed = route(article, known)
        if not routed and not known and not article.is_edit:
            return []  # A silent edit is remembered, as older versions may still come.
        now = _remembered(article, known)
        self._blocks[article.article_id] = now
        row = Outgoing("article-blocks", article.article_id, encode(now))
        return [*map(_outgoing, routed), row]


def _outgoing(said: BlockReports) -> Outgoing:
    return Outgoing("reports", said.article_id, encode(said), partition_key=said.block)


def route(article: TaggedArticle, known: ArticleBlocks | None) -> list[BlockReports]:
    """Return a message for each block of any version, empty if this version is silent there.

    If an older version comes late, its blocks also get the silence of newer versions. So a block
    ends with the same content in any order of versions.
    """
    mentions = {m.id: m for m in article.mentions}
    reports: dict[str, list[ClaimReport]] = {block: [] for block in _blocks(article)}
    for report in article.told:
        if report.claim_block in reports:
            reports[report.claim_block].append(_resolve(report, mentions, article.text))
    known_blocks = known.blocks if known else ()
    blocks = sorted({*reports, *known_blocks})
    messages = [_message(article, block, reports.get(block, ())) for block in blocks]
    return messages + _silences(article, sorted(reports), known)


def _silences(
    article: TaggedArticle, blocks: Sequence[str], known: ArticleBlocks | None
) -> list[BlockReports]:
    """Return for each block the newer versions that have no reports in it, as empty messages."""
    newer = [v for v in known.versions if v.version > article.version] if known else []
    return [
        _silence(article, block, version)
        for block, version in product(blocks, newer)
        if block not in version.blocks
    ]


def _remembered(article: TaggedArticle, known: ArticleBlocks | None) -> ArticleBlocks:
    """Return the row of an article with one more version."""
    blocks = sorted(_blocks(article))
    versions = {v.version: v for v in (known.versions if known else ())}
    versions[article.version] = KnownVersion(
        version=article.version, seen_at=article.seen_at, blocks=tuple(blocks)
    )
    kept = [versions[v] for v in sorted(versions)[-MAX_VERSIONS:]]
    now = set(blocks)
    for version in kept:
        now.update(version.blocks)
    before = set(known.blocks if known else ()) - now
    return ArticleBlocks(
        article_id=article.article_id,
        version=kept[-1].version,
        blocks=tuple(sorted(now.union(within(sorted(before), EVER_TOUCHED_BYTES)))),
        versions=tuple(kept),
    )


def _blocks(article: TaggedArticle) -> list[str]:
    """Return the blocks of an article's reports, in order of text, as many as a row can hold."""
    return within(dict.fromkeys(report.claim_block for report in article.told), TOUCHED_BYTES)


def _silence(article: TaggedArticle, block: str, version: KnownVersion) -> BlockReports:
    """Return the empty message of a newer version in a block that it has no reports in."""
    said = _message(article, block, ())
    return msgspec.structs.replace(
        said, version=version.version, seen_at=version.seen_at, cause="edit"
    )


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
        label=mention.shown,
        type=mention.type,
        affiliation=mention.affiliation,
        named=mention.is_named,
        lat=mention.lat,
        lon=mention.lon,
        span=(mention.start, mention.end),
    )


def _speaker(said: Attribution, mentions: dict[str, Mention], text: str) -> Speaker:
    mention = mentions.get(said.mention or "")
    span = (mention.start, mention.end) if mention else said.source
    words = _with_office(text, span) if span else ""
    if mention is None:
        return Speaker(
            key=None, label=text[slice(*span)] if span else "", kind=said.kind, words=words
        )
    named = said.named and said.kind != "unnamed"
    key = (mention.actor_id or mention.key or name_key(mention.surface)) if named else None
    return Speaker(
        key=key, label=mention.shown, kind=said.kind, affiliation=mention.affiliation, words=words
    )


def _with_office(text: str, span: tuple[int, int]) -> str:
    """Return a name with its office ("police chief Berit Sando", "Tilda Morn, village head")."""
    start, end = span
    before = _BEFORE.search(text[max(0, start - OFFICE_REACH) : start])
    behind = _BEHIND.match(text[end : end + OFFICE_REACH])
    parts = (
        before.group() if before else "",
        text[start:end],
        behind.group(1) if behind else "",
    )
    return " ".join(filter(None, map(str.strip, parts)))
