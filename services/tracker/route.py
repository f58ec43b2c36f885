"""Route: the incidents of an article, one message a block, also to blocks that an edit left.

An incident is sent as the reports that bear it, each with those of its people, places, and numbers
that the incident has too. The report of the quoted sentence has all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import product

import msgspec

from services.messages import (
    ArticleBlocks,
    BlockReports,
    ClaimReport,
    KnownVersion,
    TaggedArticle,
    decode,
    encode,
    provenance,
)
from services.messages.limits import BLOCK_REPORTS_BYTES, EVER_TOUCHED_BYTES, TOUCHED_BYTES, within
from services.ports import Outgoing, Record
from services.rows import Leaving, MemoryRows, Rows
from services.tracker.claims.rules import STAY
from services.tracker.reports.families import family_of
from services.tracker.resolving import resolved

MAX_VERSIONS = 8
"""Versions of an article that route remembers: the latest ones. It bounds the row.

An older version that comes later goes only to its own blocks.
"""

LEAVE_AT_ONCE = 5
"""Rows that leave with one message at most: more than a message adds."""


class RouteMachine:
    """The blocks that each article's versions have reports in."""

    def __init__(self, rows: Rows | None = None, stay: timedelta = STAY) -> None:
        """Hold the state in `rows`, by default in memory. `stay`: how long after its last version.

        A later edit goes to its own blocks only, like a new article.
        """
        self._rows = MemoryRows() if rows is None else rows
        self._leaving, self._stay = Leaving(self._rows), stay.days
        self._newest = 0

    def restore(self, key: str, value: bytes | None) -> None:
        if value is None:
            self._rows.delete(key)
        else:
            self._put(decode(ArticleBlocks, value), value)

    def step(self, record: Record) -> list[Outgoing]:
        """Return the article's reports by block, and its new row. Any order of versions works."""
        article = decode(TaggedArticle, record.value)
        row = self._rows.get(article.article_id)
        known = decode(ArticleBlocks, row) if row else None
        reports = _reports(article)
        routed = _routed(article, reports, known)
        if not routed and not known and not article.is_edit:
            return []  # A silent edit is remembered, as older versions may still come.
        now = _remembered(article, reports, known)
        value = encode(now)
        self._put(now, value)
        written = Outgoing("article-blocks", article.article_id, value)
        return [*map(_outgoing, routed), written, *self._left(article)]

    def _put(self, row: ArticleBlocks, value: bytes) -> None:
        seen = max(filter(None, (version.seen_at for version in row.versions)), default=None)
        refs = (self._leaving.ref(seen.toordinal() + self._stay),) if seen else ()
        self._rows.put(row.article_id, value, refs)

    def _left(self, article: TaggedArticle) -> list[Outgoing]:
        """Return tombstones of rows whose time is over, by the news time of the articles."""
        if article.seen_at:
            self._newest = max(self._newest, article.seen_at.toordinal())
        gone = self._leaving.due(self._newest, LEAVE_AT_ONCE)
        for key in gone:
            self._rows.delete(key)
        return [Outgoing("article-blocks", key, None) for key in gone]


def _outgoing(said: BlockReports) -> Outgoing:
    return Outgoing("reports", said.article_id, encode(said), partition_key=family_of(said.block))


def route(article: TaggedArticle, known: ArticleBlocks | None) -> list[BlockReports]:
    """Return a message for each block of any version, empty if this version is silent there.

    If an older version comes late, its blocks also get the silence of newer versions. So a block
    ends with the same content in any order of versions.
    """
    return _routed(article, _reports(article), known)


def _routed(
    article: TaggedArticle,
    reports: Mapping[str, Sequence[ClaimReport]],
    known: ArticleBlocks | None,
) -> list[BlockReports]:
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


def _remembered(
    article: TaggedArticle, own: Iterable[str], known: ArticleBlocks | None
) -> ArticleBlocks:
    """Return the row of an article with one more version; `own`: the blocks of this version."""
    blocks = sorted(own)
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


def _reports(article: TaggedArticle) -> dict[str, list[ClaimReport]]:
    """Return an article's reports by block, in order of text, as many blocks as a row can hold."""
    found: dict[str, list[ClaimReport]] = {}
    for block, report in resolved(article):
        found.setdefault(block, []).append(report)
    return {block: found[block] for block in within(found, TOUCHED_BYTES)}


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
        title=article.text[: article.title_end],
        origin=article.origin,
        sketch=article.sketch,
        reports=tuple(kept),
        cut=len(reports) - len(kept),
    )
