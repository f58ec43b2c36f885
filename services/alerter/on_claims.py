"""Alerts on claims: what an update of a claim tells in an alert, in whose words."""

from collections.abc import Sequence
from datetime import datetime

from services.alerter.alert import with_articles
from services.alerter.also import last_told, with_claim
from services.alerter.bars import is_of_claim
from services.alerter.revisions import in_own_words, quoted, with_revision
from services.alerter.store import Store
from services.alerter.wording import NO_WORDS, Own, own_words
from services.messages import (
    Alert,
    Claim,
    ClaimCause,
    Hit,
    HitReport,
    Slot,
    Stamps,
    WrongReason,
)
from services.text.happening import told_of_claim
from services.text.names import fold
from services.text.number_words import numbers_in

_NONE = Slot(answers=())


def revised_by(
    store: Store,
    alert: Alert,
    id: str,
    claim: Claim,
    *,
    cause: ClaimCause | None,
    at: datetime,
    asked: Sequence[str] = (),
) -> Alert:
    """Return the alert with what a claim now tells of its incident `id`.

    The first one on an incident quotes the sentence of the article's hit: that holds the words. An
    article without a hit is told by its headline, and by a sentence if that tells none of the types
    of event that are `asked` for (by default the claim's own), or neither how many nor where.
    """
    is_first = last_told(alert, id) is None
    held = _hit_behind(store, alert.watch_id, claim, cause)
    new = cause.evidence if cause else None
    return with_revision(
        with_articles(with_claim(alert, claim.claim_id, id), claim.article_ids),
        told_of_claim(claim),
        quoted(claim, held[1].evidence if held and is_first else new, is_first=is_first),
        about=id,
        own=in_own_words(*held) if held else _headline(claim, cause, asked or (claim.event,)),
        desk=_found_wrong(alert, id, claim),
        stamps=Stamps(
            published_at=cause.published_at if cause else None,
            first_seen_at=cause.first_seen_at if cause else None,
            decided_at=at,
        ),
    )


def _found_wrong(alert: Alert, about: str, claim: Claim) -> WrongReason | None:
    """Return why the desk called a claim wrong since it was last told; None if it did not."""
    told_at = max((r.at for r in alert.revisions if r.about == about and r.at), default=None)
    new = [v for v in claim.verdicts if told_at is None or v.at >= told_at]
    return new[-1].reason if new else None


def _headline(claim: Claim, cause: ClaimCause | None, asked: Sequence[str]) -> Own:
    if cause is None or not cause.title:
        return NO_WORDS
    places = (answer.label for answer in claim.slots.get("place", _NONE).answers)
    said = {*fold(cause.title).split()}
    is_exact = bool(numbers_in(cause.title)) or any(said >= {*fold(p).split()} for p in places)
    is_enough = is_exact and any(event in cause.headline for event in asked)
    return own_words(cause.title, None if is_enough else cause.evidence)


def _hit_behind(
    store: Store, watch_id: str, claim: Claim, cause: ClaimCause | None
) -> tuple[Hit, HitReport] | None:
    """Return the watch's hit in the article behind an update, and what of the claim it rests on.

    Of several incidents, one of the claim's own type comes first. None: the article does not hold
    the watch's words there, or the watch has none.
    """
    hit = store.hit(watch_id, cause.article_id) if cause else None
    if hit is None:
        return None
    held = [on for on in (hit.report, *hit.also) if on and is_of_claim(on, claim)]
    held.sort(key=lambda on: claim.event not in (on.event, *on.counts))
    return (hit, held[0]) if held else None
