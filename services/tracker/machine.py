"""Fold as a state machine over one partition: reports in, changed claims and state out."""

import msgspec

from services.messages import BlockArticle, BlockReports, Claim, ClaimCause, Evidence, decode, encode
from services.ports import Outgoing, Record
from services.tracker.claims import fold
from services.tracker.evidence import counts, evidence

MAX_VERSIONS = 8
"""Versions kept an article and block: the latest ones, so that what an edit withdrew stays as evidence."""


class FoldMachine:
    """The blocks of one partition. State is the set of what articles said; claims are worked out from it."""

    def __init__(self) -> None:
        self._articles: dict[str, dict[str, BlockArticle]] = {}
        self._claims: dict[str, dict[str, Claim]] = {}

    def restore(self, key: str, value: bytes | None) -> None:
        block, _, article_id = key.rpartition("|")
        if value is None:
            self._articles.get(block, {}).pop(article_id, None)
        else:
            self._articles.setdefault(block, {})[article_id] = decode(BlockArticle, value)

    def step(self, record: Record) -> list[Outgoing]:
        """Return the state and the claims that these reports change or are in (repeated, too: so a torn write heals)."""
        said = decode(BlockReports, record.value)
        before = self._known(said.block)
        articles = self._articles.setdefault(said.block, {})
        entry = _with_version(articles.get(said.article_id), said)
        articles[said.article_id] = entry
        after = {claim.claim_id: claim for claim in fold(said.block, articles.values())}
        self._claims[said.block] = after
        state = Outgoing("tracker-state", f"{said.block}|{said.article_id}", encode(entry), partition_key=said.block)
        told = [
            _caused(c, said, entry)
            for c in after.values()
            if said.article_id in c.article_ids or said.judgement in c.judgements or _differs(before.get(c.claim_id), c)
        ]
        gone = [_merged(before[i], after) for i in before if i not in after]
        return [state, *(Outgoing("claims", c.claim_id, encode(c), partition_key=said.block) for c in [*told, *gone])]

    def claims(self) -> list[Claim]:
        """Return all claims of this partition, by id."""
        return sorted((c for block in self._articles for c in self._known(block).values()), key=lambda c: c.claim_id)

    def _known(self, block: str) -> dict[str, Claim]:
        if block not in self._claims:
            articles = self._articles.get(block, {}).values()
            self._claims[block] = {c.claim_id: c for c in fold(block, articles)}
        return self._claims[block]


def _with_version(entry: BlockArticle | None, said: BlockReports) -> BlockArticle:
    versions = {v.version: v for v in (entry.versions if entry else ())} | {said.version: said}
    kept = sorted(versions)[-MAX_VERSIONS:]
    return BlockArticle(block=said.block, versions=tuple(versions[v] for v in kept))


def _differs(old: Claim | None, new: Claim) -> bool:
    return old is None or msgspec.structs.replace(old, version=new.version) != new


def _caused(claim: Claim, said: BlockReports, entry: BlockArticle) -> Claim:
    if said.judgement:
        return claim
    cause = ClaimCause(article_id=said.article_id, version=said.version, cause=said.cause, evidence=_sentence(claim, entry))
    return msgspec.structs.replace(claim, cause=(cause,))


def _sentence(claim: Claim, entry: BlockArticle) -> Evidence | None:
    """Return the sentence of this article that the claim rests on, or the one that it took back."""
    for version in sorted(entry.versions, key=lambda v: v.version, reverse=True):
        counted = [r for r in version.reports if counts(r)]
        if counted and version.article_id in claim.article_ids:
            return evidence(version, next((r for r in counted if r.event == claim.event), counted[0]))
    return None


def _merged(old: Claim, after: dict[str, Claim]) -> Claim:
    """Return a claim whose reports now stand in another: the one that holds most of its articles."""
    home = max(after.values(), key=lambda c: (len(set(c.article_ids) & set(old.article_ids)), c.claim_id))
    return msgspec.structs.replace(old, merged_into=home.claim_id, version=home.version, cause=())
