"""Fold as a state machine over one partition: reports in, changed claims and state out."""

import msgspec

from services.messages import BlockArticle, BlockReports, Claim, ClaimCause, Evidence, decode, encode
from services.ports import Outgoing, Record
from services.tracker.block import Block, Change
from services.tracker.evidence import counts, evidence

MAX_VERSIONS = 8
"""Versions kept an article and block: the latest ones, so that what an edit withdrew stays as evidence."""


class FoldMachine:
    """The blocks of one partition. State is the set of what articles said; claims are worked out from it."""

    def __init__(self) -> None:
        self._blocks: dict[str, Block] = {}
        self._claims: dict[str, dict[str, Claim]] = {}

    @property
    def n_folded(self) -> int:
        """Reports that claims were made of so far: what the work is measured by."""
        return sum(block.n_folded for block in self._blocks.values())

    @property
    def n_kept(self) -> int:
        """Articles held."""
        return sum(len(block.articles) for block in self._blocks.values())

    def restore(self, key: str, value: bytes | None) -> None:
        name, _, article_id = key.rpartition("|")
        block = self._block(name)
        if value is None:
            block.remove(article_id)
            return
        row = decode(BlockArticle, value)
        if row.counted:
            block.restore(row.counted)
        else:
            block.place(row)

    def step(self, record: Record) -> list[Outgoing]:
        """Return the state and the claims that these reports change or are in (repeated, too: so a torn write heals)."""
        said = decode(BlockReports, record.value)
        block, before = self._block(said.block), self._known(said.block)
        old = block.articles.get(said.article_id)
        entry = _with_version(old, said)
        change = block.put(entry)
        after = self._claims[said.block] = block.claims()
        home = block.stands_for(said.article_id)
        told = [
            _caused(c, said, entry)
            for c in after.values()
            if home in c.article_ids or said.judgement in c.judgements or before.get(c.claim_id) != c
        ]
        gone = [merged for i in before if i not in after and (merged := _merged(before[i], after))]
        claims = [
            Outgoing("claims", c.claim_id, encode(_of_version(c, block.version)), partition_key=said.block)
            for c in [*told, *gone]
        ]
        return [*_state(said.block, entry, change, is_known=old is not None), *claims]

    def claims(self) -> list[Claim]:
        """Return all claims of this partition, by id."""
        found = [_of_version(c, block.version) for name, block in self._blocks.items() for c in self._known(name).values()]
        return sorted(found, key=lambda c: c.claim_id)

    def _block(self, name: str) -> Block:
        return self._blocks.setdefault(name, Block(name))

    def _known(self, name: str) -> dict[str, Claim]:
        if name not in self._claims:
            self._claims[name] = self._block(name).claims()
        return self._claims[name]


def _state(block: str, entry: BlockArticle, change: Change, *, is_known: bool) -> list[Outgoing]:
    """Return the rows of state that change: this article's, those of articles let go, and the counts that rose."""
    own = entry.versions[0].article_id
    rows: dict[str, BlockArticle | None] = {own: entry}
    rows |= dict.fromkeys(change.dropped)
    rows |= {f"~{c.pile}.{c.part}": BlockArticle(block=block, versions=(), counted=c) for c in change.counted}
    if rows[own] is None and not is_known:
        del rows[own]
    return [
        Outgoing("tracker-state", f"{block}|{name}", encode(row) if row else None, partition_key=block)
        for name, row in rows.items()
    ]


def _with_version(entry: BlockArticle | None, said: BlockReports) -> BlockArticle:
    versions = {v.version: v for v in (entry.versions if entry else ())} | {said.version: said}
    kept = sorted(versions)[-MAX_VERSIONS:]
    return BlockArticle(block=said.block, versions=tuple(versions[v] for v in kept))


def _of_version(claim: Claim, version: int) -> Claim:
    return msgspec.structs.replace(claim, version=version)


def _caused(claim: Claim, said: BlockReports, entry: BlockArticle) -> Claim:
    if said.judgement:
        return claim
    cause = ClaimCause(
        article_id=said.article_id,
        version=said.version,
        cause=said.cause,
        published_at=said.published_at,
        first_seen_at=said.first_seen_at,
        last_poll_at=said.last_poll_at,
        evidence=_sentence(claim, entry),
    )
    return msgspec.structs.replace(claim, cause=(cause,))


def _sentence(claim: Claim, entry: BlockArticle) -> Evidence | None:
    """Return the sentence of this article that the claim rests on, or the one that it took back."""
    for version in sorted(entry.versions, key=lambda v: v.version, reverse=True):
        counted = [r for r in version.reports if counts(r)]
        if counted and version.article_id in claim.article_ids:
            return evidence(version, next((r for r in counted if r.event == claim.event), counted[0]))
    return None


def _merged(old: Claim, after: dict[str, Claim]) -> Claim | None:
    """Return a claim whose reports now stand in another: the one that holds most of its articles, None where none holds any."""
    articles = set(old.article_ids)
    shared = {c.claim_id: n for c in after.values() if (n := len(articles.intersection(c.article_ids)))}
    if not shared:
        return None
    home = after[max(shared, key=lambda i: (shared[i], i))]
    return msgspec.structs.replace(old, merged_into=home.claim_id, cause=())
