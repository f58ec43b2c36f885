"""Why a hit or a claim opens no alert: old news, a copy, or a block without a principal."""

from collections.abc import Callable
from datetime import datetime, timedelta

from services.alerter.news import SILENT, is_before, old_news
from services.messages import Alert, Claim, ClaimCause, Hit, HitReport, SuppressReason, Watch
from services.text.sketch import are_copies

SAME_STORY_WITHIN = timedelta(days=14)
"""If an alert on the same block was sent within this time, a new text hit waits for its claim.

A guess: most likely both are the same story, and the claim will say so.
"""

SAME_TOLL_WITHIN = timedelta(days=2)
"""If an alert told the same number of people for an event within this time, it is the same story.

A guess: follow-ups come the next day, and they name other words for the victims.
"""

CORRECTED_FOR = timedelta(days=30)
"""An alert whose watch is gone is corrected for this time after its last revision. A guess."""


def reason_to_hold_back(watch: Watch, cause: Hit | ClaimCause | None) -> SuppressReason | None:
    """Return why an article may not open an alert of a watch; None if it may."""
    if cause is None:
        return None
    reason = old_news(cause.cause, cause.published_at, cause.first_seen_at, cause.last_poll_at)
    return reason or ("before-save" if is_before(watch, cause.first_seen_at) else None)


def is_followed(known: Hit | None, hit: Hit) -> bool:
    """True if an edit leaves the words only in passing: its alert goes on following the article."""
    return hit.suppressed == "passing" and known is not None and known.suppressed is None


def chosen_cause(claim: Claim, is_wanted: Callable[[ClaimCause], bool]) -> ClaimCause | None:
    """Return the first wanted cause of an update, else its first cause, else None.

    An update has several causes if several messages came together.
    """
    return next(filter(is_wanted, claim.cause), claim.cause[0] if claim.cause else None)


def is_brought(claim: Claim, cause: ClaimCause | None) -> bool:
    """True if the article behind an update tells of the claim, or no article is behind it.

    Other articles of its block can move a claim, too; none of them brings news of it.
    """
    return cause is None or cause.article_id in claim.article_ids


def may_notify(cause: ClaimCause) -> bool:
    """True unless the cause is a backfill or a replay."""
    return cause.cause not in SILENT


def is_recent(alert: Alert, now: datetime, within: timedelta = SAME_STORY_WITHIN) -> bool:
    """True if a hit on the same block is probably about the same story."""
    last = alert.revisions[-1].at
    return last is not None and now - last <= within


def is_past_correction(alert: Alert, now: datetime) -> bool:
    """True if the alert is no longer corrected once its watch is gone."""
    last = alert.revisions[-1].at
    return last is not None and now - last > CORRECTED_FOR


def is_copy_of(hit: Hit, other: Hit) -> bool:
    """True if two articles have the same text. A denial is never a copy of what it denies."""
    if hit.article_id == other.article_id or _is_denial(hit) != _is_denial(other):
        return False
    return are_copies(other.sketch, hit.sketch)


def _is_denial(hit: Hit) -> bool:
    return hit.report is not None and hit.report.status == "denied"


def is_of_claim(on: HitReport, claim: Claim) -> bool:
    """True if a claim holds the incident that a hit rests on.

    In data of older versions, which know no incidents, the block alone decides if it has a
    principal.
    """
    if on.incident_id and claim.incident_ids:
        return on.incident_id in claim.incident_ids
    return on.block == claim.block and not is_without_principal(claim.block)


def names_claim(hit: Hit, claim: Claim) -> bool:
    """True if a claim holds one of the incidents whose sentences hold the words of a hit."""
    return any(is_of_claim(on, claim) for on in (hit.report, *hit.also) if on)


def is_without_principal(block: str) -> bool:
    """True if the block's reports name no principal: reports on unrelated people meet in it."""
    return block.endswith(":?")
