"""Route: a tagged article to its reports, one message a claim block, also to the blocks that an edit leaves."""

from services.messages import (
    Answer,
    ArticleBlocks,
    BlockReports,
    ClaimReport,
    Mention,
    Report,
    Speaker,
    TaggedArticle,
    decode,
    encode,
)
from services.ports import Outgoing, Record
from services.text.names import name_key


class RouteMachine:
    """The blocks that each article's last version touched; a few bytes an article."""

    def __init__(self) -> None:
        self._blocks: dict[str, ArticleBlocks] = {}

    def restore(self, key: str, value: bytes | None) -> None:
        if value is None:
            self._blocks.pop(key, None)
        else:
            self._blocks[key] = decode(ArticleBlocks, value)

    def step(self, record: Record) -> list[Outgoing]:
        """Return the article's reports by block and the new state; an older version than the known one is void."""
        article = decode(TaggedArticle, record.value)
        known = self._blocks.get(article.article_id)
        if known and known.version > article.version:
            return []
        routed = route(article, known)
        now = ArticleBlocks(
            article_id=article.article_id, version=article.version, blocks=tuple(r.block for r in routed if r.reports)
        )
        self._blocks[article.article_id] = now
        if not routed and not known:
            return []
        out = [Outgoing("reports", r.article_id, encode(r), partition_key=r.block) for r in routed]
        return [*out, Outgoing("article-blocks", article.article_id, encode(now))]


def route(article: TaggedArticle, known: ArticleBlocks | None) -> list[BlockReports]:
    """Return one message for every block that this version or the known one touches, empty where this one says nothing."""
    mentions = {m.id: m for m in article.mentions}
    by_block: dict[str, list[ClaimReport]] = {block: [] for block in (known.blocks if known else ())}
    for report in article.reports:
        by_block.setdefault(report.claim_block, []).append(_resolve(report, mentions, article.text))
    return [_message(article, block, tuple(reports)) for block, reports in sorted(by_block.items())]


def _message(article: TaggedArticle, block: str, reports: tuple[ClaimReport, ...]) -> BlockReports:
    return BlockReports(
        article_id=article.article_id,
        version=article.version,
        block=block,
        url=article.url,
        url_key=article.url_key,
        feed_id=article.feed_id,
        outlet=article.outlet,
        outlet_family=article.outlet_family,
        published_at=article.published_at,
        first_seen_at=article.first_seen_at,
        tagged_at=article.tagged_at,
        origin=article.origin,
        sketch=article.sketch,
        cause=article.cause,
        reports=reports,
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
        speakers=tuple(_speaker(a.mention, a.kind, a.named, a.source, mentions, text) for a in report.attribution),
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
        span=(mention.start, mention.end),
    )


def _speaker(
    mention_id: str | None, kind: str, named: bool, source: tuple[int, int] | None, mentions: dict[str, Mention], text: str
) -> Speaker:
    mention = mentions.get(mention_id or "")
    if mention is None:
        return Speaker(key=None, label=text[source[0] : source[1]] if source else "", kind=kind)  # type: ignore[arg-type]
    key = (mention.actor_id or mention.key or name_key(mention.surface)) if named and kind != "unnamed" else None
    return Speaker(key=key, label=mention.surface, kind=kind, affiliation=mention.affiliation)  # type: ignore[arg-type]
