"""Revisions of an alert. Each is the difference between what was last sent and what holds now."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.alerter.alert import last_number
from services.alerter.also import MAIN, adds_nothing, last_told, standing, with_claim, with_told
from services.alerter.wording import NO_WORDS, Own, own_words, sentence
from services.messages import (
    LEVELS,
    Alert,
    ChangeKind,
    Claim,
    Evidence,
    Hit,
    HitReport,
    Revision,
    Stamps,
    Status,
    Told,
    Wording,
    WrongReason,
)
from services.messages.limits import (
    LISTED_REVISIONS,
    QUOTED_REVISIONS,
)
from services.text.happening import told_of_claim
from services.text.hashes import digest

_RANK: dict[Status | None, int] = {"reported": 1, "claimed": 2, "corroborated": 3, "confirmed": 4}
"""Order of the statuses. Disputed, denied, and retracted are outside of it."""

WITHDRAWN = Told(status="retracted")
"""The state of an alert when edits have withdrawn all of its hits."""


def quoted(claim: Claim, new: Evidence | None, *, is_first: bool = False) -> tuple[Evidence, ...]:
    """Return the sentences of a revision: those that show the status, then the new one.

    The first revision on an incident (`is_first`) begins with the new one: its article brought it.
    Of a dispute the denial comes first, since it is news. Without any: the claim's first sentence.
    """
    shown = tuple(reversed(claim.shown_by))
    is_news = is_first and claim.status in LEVELS
    found = tuple(filter(None, (new, *shown) if is_news else (*shown, new)))
    return tuple(dict.fromkeys(found)) or claim.evidence[:1]


def told_of_hit(hit: Hit, on: HitReport | None) -> Told:
    """Return the content of a revision on an incident of a hit: one report, one source at most.

    `on` None: the words rest on no incident.
    """
    if on is None:
        return Told(n_reports=1)
    return Told(
        event=on.event,
        status=on.status,
        n_reports=1,
        n_independent=1 if on.speakers or hit.outlet else 0,
        counts=on.counts,
        slots=on.slots,
    )


def in_own_words(hit: Hit, on: HitReport | None) -> Own:
    """Return the article's own words for what a hit rests on; `on` None: for the words alone.

    The headline is enough if it tells that and holds words of the watch.
    """
    title = hit.title or ""
    if on is None:
        return own_words(title, None if title else next(iter(hit.evidence), None))
    has_words = not hit.spans or any(start < len(title) for start, _ in hit.spans)
    is_enough = bool(title) and on.headline and has_words
    return own_words(title, None if is_enough else on.evidence)


def change(before: Told | None, now: Told) -> ChangeKind | None:
    """Return the most important kind of change. None: nothing is worth sending, as with a copy."""
    if before is None:
        return "first"
    if before.status != now.status:
        return _status_change(before.status, now.status)
    if now.n_independent < before.n_independent or _fell(before, now):
        return "corrected"
    if "agent" in before.slots and _agents(now) - _agents(before):
        return "slot"
    if _has_higher_count(now, before):
        return "count"
    return "independent" if now.n_independent > before.n_independent else None


def _status_change(before: Status | None, now: Status | None) -> ChangeKind:
    if now == "retracted":
        return "retracted"
    if now in ("denied", "disputed"):
        return "denied"
    if before in _RANK and _RANK.get(now, 0) < _RANK[before]:
        return "corrected"
    return "status"


def takes_back(before: Told | None, now: Told) -> bool:
    """True if a status, a number, a perpetrator, or an independent source no longer holds."""
    if before is None:
        return False
    if now.status in ("retracted", "denied"):
        return True
    if _RANK.get(now.status, 0) < _RANK.get(before.status, 0):
        return True
    return now.n_independent < before.n_independent or _fell(before, now)


def _fell(before: Told, now: Told) -> bool:
    """True if a number is lower than before, or a perpetrator is no longer named."""
    return _has_higher_count(before, now) or bool(_agents(before) - _agents(now))


def _lost(before: Told, now: Told) -> bool:
    """True if an answer, a number, a source, or the whole no longer holds that did before."""
    if now.status in ("retracted", "denied"):
        return before.status != now.status
    gone = (set(labels) - set(now.slots.get(role, ())) for role, labels in before.slots.items())
    return takes_back(before, now) or any(gone)


def _has_higher_count(one: Told, other: Told) -> bool:
    return any(n > other.counts.get(event, 0) for event, n in one.counts.items())


def _agents(told: Told) -> set[str]:
    return set(told.slots.get("agent", ()))


def with_revision(
    alert: Alert,
    now: Told,
    evidence: Sequence[Evidence],
    *,
    about: str = MAIN,
    own: Own = NO_WORDS,
    outlet: str | None = None,
    desk: WrongReason | None = None,
    stamps: Stamps,
) -> Alert:
    """Return the alert with one more revision if something changed, else the alert as it is.

    `about`: the id of the incident that changed. `outlet`: who takes back what rests on no
    sentence. `desk`: why the desk called it wrong since; every answer that is gone is corrected.

    The revision's id is a digest of the alert, the number, the kind, the content, and the evidence.
    The number is in it because a claim may return to an earlier state on the same evidence: that
    must be sent again after a correction.
    """
    before = last_told(alert, about)
    kind, against = (change(before, now), before) if about == MAIN else _beside(alert, about, now)
    is_mended = desk is not None and before is not None and _lost(before, now)
    if kind in (None, "independent") and is_mended:
        kind = "corrected"
    if kind is None:
        return with_told(alert, about, now) if before is None else alert
    rests_on = [(e.article_id, e.version, e.quote) for e in evidence]
    number = last_number(alert) + 1
    undated = "" if stamps.published_at or before else "; date unknown"
    others = standing(alert, about, now)
    said = sentence(kind, against, now, evidence, own, outlet=outlet, desk=desk, others=others)
    revision = Revision(
        id=digest(alert.alert_id, number, kind, msgspec.json.encode(now), rests_on),
        number=number,
        kind=kind,
        corrects=is_mended or takes_back(before, now),
        text=said.text + undated,
        wording=said.wording,
        at=stamps.decided_at,
        evidence=tuple(evidence),
        stamps=stamps,
        about=about,
        told=now,
    )
    return msgspec.structs.replace(
        with_told(alert, about, now),
        revisions=_with(alert, revision),
        version=alert.version + 1,
    )


def _beside(alert: Alert, about: str, now: Told) -> tuple[ChangeKind | None, Told | None]:
    """Return the kind of change of an incident under "also", and what the change is against.

    Of an incident that adds nothing to another one, a higher status is news, and nothing else. One
    more independent voice of an incident beside is no news. If all else was taken back, one more
    incident is the story told again.
    """
    before = last_told(alert, about)
    if before is not None:
        kind = change(before, now)
        return None if kind == "independent" else kind, before
    known = next((told for told in standing(alert, about) if adds_nothing(now, told)), None)
    if known is not None:
        return "status" if _RANK.get(now.status, 0) > _RANK.get(known.status, 0) else None, known
    return "also" if any(standing(alert)) else "status", None


def closed(alert: Alert, into: Alert, at: datetime | None) -> Alert:
    """Return an alert closed by a last revision, which names the older alert that continues it."""
    last = alert.revisions[-1]
    number = last.number + 1
    change = "This goes on in another alert"
    continued = into.revisions[-1]
    revision = msgspec.structs.replace(
        last,
        id=digest(alert.alert_id, number, "merged", into.alert_id),
        number=number,
        kind="merged",
        corrects=True,
        text=f"{change}: {continued.text}",
        wording=Wording(change=change, core=continued.text),
        at=at,
        stamps=msgspec.structs.replace(last.stamps, decided_at=at),
    )
    revisions = _with(alert, revision)
    version = alert.version + 1
    return msgspec.structs.replace(alert, state="closed", revisions=revisions, version=version)


def parted(alert: Alert, claim: Claim, at: datetime | None) -> Alert:
    """Return an alert with a revision that part of it is now another claim, unless it has one.

    The alert follows that claim from now on.
    """
    id, last = digest(alert.alert_id, "split", claim.claim_id), alert.revisions[-1]
    if any(revision.id == id for revision in alert.revisions):
        return alert
    told = told_of_claim(claim)
    change, said = (
        "Part of this is now told apart",
        sentence("first", None, told, claim.evidence[:1]),
    )
    revision = msgspec.structs.replace(
        last,
        id=id,
        number=last.number + 1,
        kind="split",
        corrects=True,
        text=f"{change}: {said.text}",
        wording=msgspec.structs.replace(said.wording, change=change),
        at=at,
        evidence=claim.evidence[:1],
        stamps=msgspec.structs.replace(last.stamps, decided_at=at),
        about=claim.claim_id,
        told=told,
    )
    followed = with_told(with_claim(alert, claim.claim_id, claim.claim_id), claim.claim_id, told)
    return msgspec.structs.replace(
        followed, revisions=_with(alert, revision), version=alert.version + 1
    )


def _with(alert: Alert, revision: Revision) -> tuple[Revision, ...]:
    """Return the revisions with one more. Old ones lose their quotations and answers, then leave.

    The last one of the main incident keeps its answers: the next is the difference from them. The
    first one stays, and so does each correction: who was told of something must hear of it.
    """
    first_recent = 1 - QUOTED_REVISIONS
    past, recent = alert.revisions[:first_recent], alert.revisions[first_recent:]
    main = max((r.number for r in alert.revisions if r.about == MAIN), default=0)
    listed_from = revision.number - LISTED_REVISIONS
    stay = (r for r in past if r.number > listed_from or r.number in (1, main) or r.corrects)
    return (*(_unquoted(r, main) for r in stay), *recent, revision)


def _unquoted(revision: Revision, main: int) -> Revision:
    if revision.number == main or not (revision.evidence or revision.told.slots):
        return revision
    told = msgspec.structs.replace(revision.told, slots={})
    wording = Wording(change=revision.wording.change)
    return msgspec.structs.replace(revision, evidence=(), told=told, wording=wording)
