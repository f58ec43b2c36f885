"""Rows of `suppressed`: each hit or claim that opened no alert, and the reason."""

from datetime import datetime

from services.alerter.alert import subject_of
from services.messages import Claim, Hit, Suppressed, SuppressReason, Watch, encode
from services.ports import Outgoing
from services.text.hashes import digest


def hit_held_back(hit: Hit, reason: SuppressReason, at: datetime) -> Outgoing:
    """Return the row of a text hit. The same hit and reason always have the same id."""
    row = Suppressed(
        suppressed_id=digest(hit.hit_id, reason),
        watch_id=hit.watch_id or "",
        article_id=hit.article_id,
        reason=reason,
        detail=hit.evidence[0].quote if hit.evidence else "",
        title=hit.title,
        at=at,
    )
    return _outgoing(row)


def claim_held_back(watch: Watch, claim: Claim, reason: SuppressReason, at: datetime) -> Outgoing:
    """Return the row of a claim that meets a watch's condition; each version of it has its own."""
    cause = claim.cause[0] if claim.cause else None
    row = Suppressed(
        suppressed_id=digest(watch.id, claim.claim_id, claim.version, reason),
        watch_id=watch.id,
        article_id=cause.article_id if cause else None,
        claim_id=claim.claim_id,
        reason=reason,
        detail=cause.evidence.quote if cause and cause.evidence else "",
        title=subject_of(claim),
        at=at,
    )
    return _outgoing(row)


def _outgoing(row: Suppressed) -> Outgoing:
    return Outgoing("suppressed", row.suppressed_id, encode(row), partition_key=row.watch_id)
