"""Alerts as a state machine over one partition: hits and claims in, alert revisions and what was held back out.

hit  ─┐   fast lane: a text hit alerts at once
      ├─► alert ─► revision when what was told no longer holds
claim ┘   slow lane: a claim update raises, corrects, or withdraws it
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from services.alerter.condition import holds
from services.alerter.news import SILENT, is_before, old_news
from services.alerter.revisions import WITHDRAWN, closed, parted, told_of_claim, told_of_hit, with_revision
from services.alerter.store import Store
from services.alerter.watch import CompiledWatch
from services.messages import (
    Alert,
    AlertState,
    Claim,
    ClaimCause,
    Evidence,
    Hit,
    Suppressed,
    SuppressReason,
    Told,
    Watch,
    decode,
    encode,
)
from services.ports import Outgoing, Record, partition_of
from services.text.hashes import digest
from services.text.sketch import are_copies

SAME_STORY_WITHIN = timedelta(days=14)
"""A hit on a block that an alert told of this recently waits for its claim: most likely it is the same story."""

CORRECTED_FOR = timedelta(days=30)
"""How long after its last revision an alert is still corrected when its watch is gone."""


class AlertMachine:
    """All alerts, hits, and claims of one partition."""

    def __init__(
        self, watches: Callable[[], Mapping[str, CompiledWatch]], n_partitions: int, now: Callable[[], datetime]
    ) -> None:
        self._watches = watches
        self._n_partitions = n_partitions
        self._now = now
        self._store = Store()
        self._known: Mapping[str, CompiledWatch] | None = None
        self._on_event: dict[str | None, list[Watch]] = {}

    def restore(self, key: str, value: bytes | None) -> None:
        if value is None:
            self._store.drop(key)
        else:
            self._store.put(decode(AlertState, value))

    def step(self, record: Record) -> list[Outgoing]:
        """Return state, alerts, and suppressed hits that this message makes."""
        hit = decode(Hit, record.value)
        if hit.claim is not None:
            return self._on_claim(hit.claim, record.partition)
        if hit.watch_id is None:
            return self._on_edit(hit, record.partition)
        return self._on_hit(hit, record.partition)

    def alerts(self) -> list[Alert]:
        """Return all alerts of this partition, by id."""
        return self._store.alerts()

    # Slow lane

    def _on_claim(self, claim: Claim, partition: int) -> list[Outgoing]:
        known = self._store.claim(claim.claim_id)
        if known and known.version > claim.version:
            return []
        out = [self._put(AlertState(claim=claim), partition), *self._part(claim, partition)]
        for watch in self._concerned(claim, partition):
            out += self._advance(watch, claim, partition)
        watches = self._watches()
        for alert in self._store.alerts_on(claim.claim_id):
            if alert.watch_id not in watches:
                out += self._correct(alert, claim, partition)
        return out

    def _concerned(self, claim: Claim, partition: int) -> list[Watch]:
        """Return the watches that a claim may move: by its event, by their alerts on it, by their hits in its articles."""
        watches = self._watches()
        if watches is not self._known:
            self._known, self._on_event = watches, _by_event(self._own(watches, partition))
        asking = (*self._on_event.get(claim.event, ()), *self._on_event.get(None, ()))
        found = {watch.id for watch in asking} | {alert.watch_id for alert in self._store.alerts_on(claim.claim_id)}
        found |= self._store.watches_in(claim.article_ids)
        return [watches[id].watch for id in sorted(found) if id in watches]

    def _own(self, watches: Mapping[str, CompiledWatch], partition: int) -> Iterator[Watch]:
        return (c.watch for c in watches.values() if partition_of(c.watch.id, self._n_partitions) == partition)

    def _advance(self, watch: Watch, claim: Claim, partition: int) -> list[Outgoing]:
        """Bring the watch's alert on a claim to what the claim says, or open one."""
        held = self._alerts_about(watch, claim)
        if claim.merged_into:
            return [out for alert in held for out in self._keep(_with_claim(alert, claim.merged_into), alert, partition)]
        cause = _cause(claim, lambda c: _bar(watch, c) is None)
        if cause and cause.cause in SILENT:
            return []
        if not held:
            if not self._opens(watch, claim):
                return []
            reason = _bar(watch, cause)
            if reason:
                return [_claim_held_back(watch, claim, reason, self._now())] if watch.query is None else []
        before = held[0] if held else _open(watch, claim.claim_id, claim.claim_id)
        revised = self._revised(before, claim, cause)
        if before.asks == _asks(watch) or self._answers(watch, claim):
            revised = msgspec.structs.replace(revised, asks=_asks(watch), watch_version=watch.version)
        else:
            revised = _only_corrected(before, revised)
        out = self._keep(revised, before, partition)
        for other in held[1:]:
            out += self._close(other, revised, partition)
        return out

    def _revised(self, alert: Alert, claim: Claim, cause: ClaimCause | None) -> Alert:
        quotes = (cause.evidence,) if cause and cause.evidence else claim.evidence[:1]
        joined = _with_claim(_with_articles(alert, claim.article_ids), claim.claim_id)
        seen_at = cause.first_seen_at if cause else None
        published_at = cause.published_at if cause else None
        return with_revision(joined, told_of_claim(claim), _about(claim), quotes, self._now(), published_at, seen_at)

    def _correct(self, alert: Alert, claim: Claim, partition: int) -> list[Outgoing]:
        """Bring an alert whose watch is gone to what the claim says, if that takes back what was told."""
        if claim.merged_into:
            return self._keep(_with_claim(alert, claim.merged_into), alert, partition)
        cause = _cause(claim, _is_loud)
        if (cause and cause.cause in SILENT) or self._is_let_go(alert):
            return []
        return self._keep(_only_corrected(alert, self._revised(alert, claim, cause)), alert, partition)

    def _part(self, claim: Claim, partition: int) -> list[Outgoing]:
        """Tell those who were told of a claim that some of its articles now stand in this one."""
        cause = _cause(claim, _is_loud)
        if cause and cause.cause in SILENT:
            return []
        held = [a for source in claim.split_from for a in self._store.alerts_on(source) if claim.claim_id not in a.claim_ids]
        told = [a for a in held if not set(a.article_ids).isdisjoint(claim.article_ids) and not self._is_let_go(a)]
        return [out for a in told for out in self._keep(parted(a, claim, _about(claim), self._now()), a, partition)]

    def _is_let_go(self, alert: Alert) -> bool:
        """Tell whether an alert's watch is gone so long that even corrections go out no more."""
        last = alert.revisions[-1].at
        return alert.watch_id not in self._watches() and last is not None and self._now() - last > CORRECTED_FOR

    def _close(self, other: Alert, into: Alert, partition: int) -> list[Outgoing]:
        """Close an alert that turned out to be about the claim of an older one: one last revision says so."""
        survivor = _with_articles(into, other.article_ids)
        for claim_id in other.claim_ids:
            survivor = _with_claim(survivor, claim_id)
        return [*self._keep(survivor, into, partition), *self._keep(closed(other, into, self._now()), other, partition)]

    def _alerts_about(self, watch: Watch, claim: Claim) -> list[Alert]:
        """Return the watch's alerts that hold this claim, and the text alerts that it explains; the oldest first."""
        found = {a.alert_id: a for a in self._store.alerts_on(claim.claim_id) if a.watch_id == watch.id}
        if watch.claim is None:
            explained = {hit.article_id for hit in self._hits_in(watch, claim)}
            texts = (a for a in self._store.open_alerts(watch.id) if not a.claim_ids)
            found |= {a.alert_id: a for a in texts if explained & set(a.article_ids)}
        return sorted(found.values(), key=lambda a: (str(a.revisions[0].at), a.alert_id))

    def _opens(self, watch: Watch, claim: Claim) -> bool:
        if _is_nobodys(claim.block) or claim.status in ("retracted", "denied"):
            return False
        if watch.claim is None:
            # Hits that waited for their claim, as it might have been one already told.
            told = {id for alert in self._store.open_alerts(watch.id) for id in alert.article_ids}
            return any(hit.article_id not in told for hit in self._hits_in(watch, claim))
        return holds(watch.claim, claim) and (watch.query is None or any(self._hits_in(watch, claim)))

    def _answers(self, watch: Watch, claim: Claim) -> bool:
        """Tell whether a claim is still what a watch asks for since it was saved anew."""
        heard = watch.query is None or any(hit.watch_version == watch.version for hit in self._hits_in(watch, claim))
        return heard and (watch.claim is None or holds(watch.claim, claim))

    def _hits_in(self, watch: Watch, claim: Claim) -> Iterator[Hit]:
        """Yield the watch's live hits in the claim's articles; of a watch without claim condition only those resting on it."""
        hits = self._store.live_hits(watch.id, claim.article_ids)
        return hits if watch.claim else (hit for hit in hits if _is_of(hit, claim))

    # Fast lane

    def _on_hit(self, hit: Hit, partition: int) -> list[Outgoing]:
        compiled = self._watches().get(hit.watch_id or "")
        if compiled is None or hit.watch_version < compiled.watch.version:
            return [_held_back(hit, "watch-changed", self._now())]
        known = self._store.hit(hit.watch_id or "", hit.article_id or "")
        if known and known.article_version > hit.article_version:
            return []
        reason = hit.suppressed or _bar(compiled.watch, hit)
        hit = msgspec.structs.replace(hit, suppressed=reason)
        out = [self._put(AlertState(hit=hit), partition)]
        if reason:
            return [*out, _held_back(hit, reason, self._now())]
        if self._is_copy(hit):
            out.append(_held_back(hit, "copy", self._now()))
        claims = self._store.claims_of(hit.article_id or "")
        if compiled.watch.claim is None:
            claims = [claim for claim in claims if _is_of(hit, claim)]
            out += self._on_text(compiled.watch, hit, claims, is_brought=known is None or known.suppressed is not None)
        for claim in claims:
            out += self._advance(compiled.watch, claim, partition)
        return out

    def _on_edit(self, edit: Hit, partition: int) -> list[Outgoing]:
        """Take back the hits of the article's earlier versions, and what rested on nothing else."""
        out: list[Outgoing] = []
        for watch_id in sorted(self._store.watches_in((edit.article_id or "",))):
            hit = self._store.hit(watch_id, edit.article_id or "")
            if hit is None or hit.suppressed or hit.article_version >= edit.article_version:
                continue
            gone = msgspec.structs.replace(hit, suppressed="withdrawn", article_version=edit.article_version)
            out.append(self._put(AlertState(hit=gone), partition))
            told = [a for a in self._store.open_alerts(watch_id) if hit.article_id in a.article_ids]
            # What rests on a claim is told when the claim changes.
            for alert in (a for a in told if not a.claim_ids and not any(self._store.live_hits(watch_id, a.article_ids))):
                out += self._keep(_told(alert, WITHDRAWN, hit, self._now()), alert, partition)
        return out

    def _on_text(self, watch: Watch, hit: Hit, claims: list[Claim], *, is_brought: bool) -> list[Outgoing]:
        """Open an alert on the text alone, unless this article, a copy of it, or its claim has one.

        An edit opens one only if it brought what is watched for; a hit on a story just told waits for its claim.
        """
        partition = partition_of(watch.id, self._n_partitions)
        home = self._home(watch, hit, claims)
        if home is not None:
            return self._keep(_with_articles(home, (hit.article_id or "",)), home, partition)
        if not is_brought or self._is_being_told(watch, hit):
            return []
        alert = _with_articles(_open(watch, hit.article_id or "", None), (hit.article_id or "",))
        return self._keep(_told(alert, told_of_hit(hit), hit, self._now()), alert, partition)

    def _home(self, watch: Watch, hit: Hit, claims: list[Claim]) -> Alert | None:
        in_claims = {claim.claim_id for claim in claims}
        own = list(self._store.open_alerts(watch.id))
        told = (a for a in own if hit.article_id in a.article_ids or in_claims & set(a.claim_ids))
        copied = (a for a in own if any(_is_copy_of(hit, h) for h in self._store.live_hits(watch.id, a.article_ids)))
        return next(told, None) or next(copied, None)

    def _is_being_told(self, watch: Watch, hit: Hit) -> bool:
        """Tell whether an alert of the watch has lately told of a claim in the block that the hit rests on."""
        if hit.report is None or _is_nobodys(hit.report.block):
            return False
        recent = (a for a in self._store.open_alerts(watch.id) if self._is_recent(a))
        claims = (self._store.claim(claim_id) for alert in recent for claim_id in alert.claim_ids)
        return any(claim is not None and claim.block == hit.report.block for claim in claims)

    def _is_recent(self, alert: Alert) -> bool:
        last = alert.revisions[-1].at
        return last is not None and self._now() - last <= SAME_STORY_WITHIN

    def _is_copy(self, hit: Hit) -> bool:
        return any(_is_copy_of(hit, other) for other in self._store.live_hits(hit.watch_id or ""))

    def _keep(self, alert: Alert, before: Alert, partition: int) -> list[Outgoing]:
        """Store what changed; tell it, as the watch now wants it delivered, only where a revision was added."""
        if alert == before or not alert.revisions:
            return []
        is_told = len(alert.revisions) > len(before.revisions)
        compiled = self._watches().get(alert.watch_id)
        if is_told and compiled is not None:
            alert = msgspec.structs.replace(alert, channels=compiled.watch.deliver, policy=compiled.watch.policy)
        out = [self._put(AlertState(alert=alert), partition)]
        return [*out, Outgoing("alerts", alert.alert_id, encode(alert), partition_key=alert.watch_id)] if is_told else out

    def _put(self, row: AlertState, partition: int) -> Outgoing:
        return Outgoing("alerter-state", self._store.put(row), encode(row), partition=partition)


def _by_event(watches: Iterator[Watch]) -> dict[str | None, list[Watch]]:
    """Return watches with a condition on claims by the events they ask for; None are those that ask for any."""
    found: dict[str | None, list[Watch]] = {}
    for watch in watches:
        for event in (watch.claim.event or (None,)) if watch.claim else ():
            found.setdefault(event, []).append(watch)
    return found


def _cause(claim: Claim, is_wanted: Callable[[ClaimCause], bool]) -> ClaimCause | None:
    """Return what made an update: of several messages that came together one that is wanted, if there is one."""
    return next(filter(is_wanted, claim.cause), claim.cause[0] if claim.cause else None)


def _is_loud(cause: ClaimCause) -> bool:
    return cause.cause not in SILENT


def _bar(watch: Watch, cause: Hit | ClaimCause | None) -> SuppressReason | None:
    """Return why what an article brings may not open an alert of a watch."""
    if cause is None:
        return None
    reason = old_news(cause.cause, cause.published_at, cause.first_seen_at, cause.last_poll_at)
    return reason or ("before-save" if is_before(watch, cause.first_seen_at) else None)


def _told(alert: Alert, now: Told, hit: Hit, at: datetime) -> Alert:
    """Return the alert with what a hit alone has it tell."""
    quotes: tuple[Evidence, ...] = (hit.report.evidence,) if hit.report else hit.evidence[:1]
    about = hit.report.event if hit.report else "text"
    return with_revision(alert, now, about, quotes, at, hit.published_at, hit.first_seen_at)


def _only_corrected(before: Alert, revised: Alert) -> Alert:
    """Return the revised alert if it takes back what was told, else the one before."""
    is_correction = len(revised.revisions) > len(before.revisions) and revised.revisions[-1].corrects
    return revised if is_correction else before


def _is_copy_of(hit: Hit, other: Hit) -> bool:
    """Tell whether two articles are one text. A denial is never a copy of what it denies."""
    if hit.article_id == other.article_id or _is_denial(hit) != _is_denial(other):
        return False
    return are_copies(other.sketch, hit.sketch)


def _is_denial(hit: Hit) -> bool:
    return hit.report is not None and hit.report.status == "denied"


def _is_of(hit: Hit, claim: Claim) -> bool:
    """Tell whether a claim is about what the hit rests on."""
    return hit.report is not None and hit.report.block == claim.block and not _is_nobodys(claim.block)


def _is_nobodys(block: str) -> bool:
    """Tell whether a block holds reports whose principal nobody knows: events of any two people meet there."""
    return block.endswith(":?")


def _about(claim: Claim) -> str:
    patient = claim.slots.get("patient")
    return f"{claim.event}: {patient.answers[0].label}" if patient and patient.answers else claim.event


def _asks(watch: Watch) -> str:
    """Return a digest of what a watch asks for, apart from how it is delivered."""
    return digest(watch.query or "", encode(watch.claim) if watch.claim else b"")


def _open(watch: Watch, story: str, claim_id: str | None) -> Alert:
    return Alert(
        alert_id=digest(watch.id, story),
        watch_id=watch.id,
        watch_version=watch.version,
        watch_name=watch.name,
        asks=_asks(watch),
        claim_ids=(claim_id,) if claim_id else (),
        channels=watch.deliver,
        policy=watch.policy,
    )


def _with_claim(alert: Alert, claim_id: str) -> Alert:
    return alert if claim_id in alert.claim_ids else msgspec.structs.replace(alert, claim_ids=(*alert.claim_ids, claim_id))


def _with_articles(alert: Alert, article_ids: tuple[str, ...]) -> Alert:
    return msgspec.structs.replace(alert, article_ids=tuple(dict.fromkeys((*alert.article_ids, *article_ids))))


def _held_back(hit: Hit, reason: SuppressReason, at: datetime) -> Outgoing:
    row = Suppressed(
        suppressed_id=digest(hit.hit_id, reason),
        watch_id=hit.watch_id or "",
        article_id=hit.article_id,
        reason=reason,
        detail=hit.evidence[0].quote if hit.evidence else "",
        title=hit.title,
        at=at,
    )
    return Outgoing("suppressed", row.suppressed_id, encode(row), partition_key=row.watch_id)


def _claim_held_back(watch: Watch, claim: Claim, reason: SuppressReason, at: datetime) -> Outgoing:
    evidence = claim.cause[0].evidence if claim.cause else None
    row = Suppressed(
        suppressed_id=digest(watch.id, claim.claim_id, claim.version, reason),
        watch_id=watch.id,
        article_id=claim.cause[0].article_id if claim.cause else None,
        claim_id=claim.claim_id,
        reason=reason,
        detail=evidence.quote if evidence else "",
        title=_about(claim),
        at=at,
    )
    return Outgoing("suppressed", row.suppressed_id, encode(row), partition_key=watch.id)
