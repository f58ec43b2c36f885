"""Alerts as a state machine over one partition: hits and claims in, alert revisions and what was held back out.

hit  ─┐   fast lane: a text hit alerts at once
      ├─► alert ─► revision when what was told no longer holds
claim ┘   slow lane: a claim update raises, corrects, or withdraws it
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec

from services.alerter.revisions import told_of_claim, told_of_hit, with_revision
from services.alerter.watch import CompiledWatch
from services.messages import (
    LEVELS,
    Alert,
    AlertState,
    Claim,
    ClaimCondition,
    Evidence,
    Hit,
    Level,
    Suppressed,
    SuppressReason,
    Watch,
    decode,
    encode,
)
from services.ports import Outgoing, Record, partition_of
from services.text.hashes import digest
from services.text.names import name_key
from services.text.sketch import similarity

STALE_AFTER = timedelta(days=3)
"""An article published longer than this before we first saw it is old news."""

COPY_SIMILARITY = 0.8


class AlertMachine:
    """All alerts, hits, and claims of one partition."""

    def __init__(
        self, watches: Callable[[], Mapping[str, CompiledWatch]], n_partitions: int, now: Callable[[], datetime]
    ) -> None:
        self._watches = watches
        self._n_partitions = n_partitions
        self._now = now
        self._alerts: dict[str, Alert] = {}
        self._hits: dict[str, Hit] = {}
        self._claims: dict[str, Claim] = {}

    def restore(self, key: str, value: bytes | None) -> None:
        if value is not None:
            row = decode(AlertState, value)
            if row.alert:
                self._alerts[key] = row.alert
            if row.hit:
                self._hits[key] = row.hit
            if row.claim:
                self._claims[key] = row.claim

    def step(self, record: Record) -> list[Outgoing]:
        """Return state, alerts, and suppressed hits that this message makes."""
        hit = decode(Hit, record.value)
        if hit.claim is not None:
            return self._on_claim(hit.claim, record.partition)
        return self._on_hit(hit, record.partition)

    def alerts(self) -> list[Alert]:
        """Return all alerts of this partition, by id."""
        return [self._alerts[key] for key in sorted(self._alerts)]

    # Slow lane

    def _on_claim(self, claim: Claim, partition: int) -> list[Outgoing]:
        key = f"claim|{claim.claim_id}"
        known = self._claims.get(key)
        if known and known.version > claim.version:
            return []
        self._claims[key] = claim
        out = [_state(key, AlertState(claim=claim), partition)]
        for compiled in self._watches().values():
            if partition_of(compiled.watch.id, self._n_partitions) == partition:
                out += self._advance(compiled.watch, claim, partition)
        return out

    def _advance(self, watch: Watch, claim: Claim, partition: int) -> list[Outgoing]:
        alert = self._alert_on(watch, claim)
        if claim.merged_into:
            return [] if alert is None else self._keep(_with_claim(alert, claim.merged_into), alert, partition)
        if alert is None:
            if not self._opens(watch, claim):
                return []
            alert = _open(watch, claim.claim_id, claim.claim_id)
        cause = claim.cause[0] if claim.cause else None
        if cause and cause.cause in ("backfill", "replay"):
            return []
        quotes = (cause.evidence,) if cause and cause.evidence else claim.evidence[:1]
        first_seen = next((h.first_seen_at for h in self._hits_in(watch, claim)), None)
        joined = _with_claim(_with_articles(alert, claim.article_ids), claim.claim_id)
        revised = with_revision(joined, told_of_claim(claim), _about(claim), quotes, self._now(), first_seen)
        return self._keep(revised, alert, partition)

    def _alert_on(self, watch: Watch, claim: Claim) -> Alert | None:
        """Return the watch's alert that holds this claim, or (by its article and block) the text alert that it explains."""
        own = [a for a in self._alerts.values() if a.watch_id == watch.id]
        held = next((a for a in own if claim.claim_id in a.claim_ids), None)
        if held or watch.claim is not None:
            return held
        explained = {h.article_id for h in self._hits_in(watch, claim)}
        return next((a for a in own if not a.claim_ids and explained & set(a.article_ids)), None)

    def _opens(self, watch: Watch, claim: Claim) -> bool:
        if watch.claim is None or _is_nobodys(claim.block):
            return False
        heard = watch.query is None or bool(self._hits_in(watch, claim))
        return heard and claim.status not in ("retracted", "denied") and holds(watch.claim, claim)

    def _hits_in(self, watch: Watch, claim: Claim) -> list[Hit]:
        """Return the watch's live hits in the claim's articles; of a watch without claim condition only those resting on it."""
        hits = (self._hits.get(f"hit|{watch.id}|{article_id}") for article_id in claim.article_ids)
        live = [h for h in hits if h is not None and h.suppressed is None]
        return live if watch.claim else [h for h in live if _is_of(h, claim)]

    # Fast lane

    def _on_hit(self, hit: Hit, partition: int) -> list[Outgoing]:
        compiled = self._watches().get(hit.watch_id or "")
        if compiled is None or hit.watch_version < compiled.watch.version:
            return [_held_back(hit, "watch-changed", self._now())]
        key = f"hit|{hit.watch_id}|{hit.article_id}"
        known = self._hits.get(key)
        if known and known.article_version > hit.article_version:
            return []
        self._hits[key] = hit
        out = [_state(key, AlertState(hit=hit), partition)]
        reason = hit.suppressed or _old_news(hit)
        if reason:
            return [*out, _held_back(hit, reason, self._now())]
        if self._is_copy(hit):
            out.append(_held_back(hit, "copy", self._now()))
        claims = [c for c in self._claims.values() if hit.article_id in c.article_ids and not c.merged_into]
        if compiled.watch.claim is None:
            out += self._on_text(compiled.watch, hit, partition)
            claims = [c for c in claims if _is_of(hit, c)]
        for claim in sorted(claims, key=lambda c: c.claim_id):
            out += self._advance(compiled.watch, claim, partition)
        return out

    def _on_text(self, watch: Watch, hit: Hit, partition: int) -> list[Outgoing]:
        """Open an alert on the text alone, unless this article, a copy of it, or its claim has one."""
        own = [a for a in self._alerts.values() if a.watch_id == watch.id]
        in_claim = {c.claim_id for c in self._claims.values() if _is_of(hit, c) and hit.article_id in c.article_ids}
        home = next((a for a in own if hit.article_id in a.article_ids or in_claim & set(a.claim_ids)), None) or self._copied(
            own, hit
        )
        if home is not None:
            return self._keep(_with_articles(home, (hit.article_id or "",)), home, partition)
        if hit.cause != "new":
            return []
        alert = _with_articles(_open(watch, hit.article_id or "", None), (hit.article_id or "",))
        quotes: tuple[Evidence, ...] = (hit.report.evidence,) if hit.report else hit.evidence[:1]
        about = hit.report.event if hit.report else "text"
        revised = with_revision(alert, told_of_hit(hit), about, quotes, self._now(), hit.first_seen_at)
        return self._keep(revised, alert, partition)

    def _copied(self, own: list[Alert], hit: Hit) -> Alert | None:
        for alert in own:
            others = (self._hits.get(f"hit|{alert.watch_id}|{i}") for i in alert.article_ids)
            if any(other and similarity(other.sketch, hit.sketch) >= COPY_SIMILARITY for other in others):
                return alert
        return None

    def _is_copy(self, hit: Hit) -> bool:
        others = (
            h
            for h in self._hits.values()
            if h.watch_id == hit.watch_id and h.article_id != hit.article_id and h.suppressed is None
        )
        return any(similarity(other.sketch, hit.sketch) >= COPY_SIMILARITY for other in others)

    def _keep(self, alert: Alert, before: Alert, partition: int) -> list[Outgoing]:
        """Store what changed; tell it only where a revision was added."""
        if alert == before or not alert.revisions:
            return []
        key = f"alert|{alert.alert_id}"
        self._alerts[key] = alert
        out = [_state(key, AlertState(alert=alert), partition)]
        if len(alert.revisions) > len(before.revisions):
            out.append(Outgoing("alerts", alert.alert_id, encode(alert), partition_key=alert.watch_id))
        return out


def _is_of(hit: Hit, claim: Claim) -> bool:
    """Tell whether a claim is about what the hit rests on."""
    return hit.report is not None and hit.report.block == claim.block and not _is_nobodys(claim.block)


def _is_nobodys(block: str) -> bool:
    """Tell whether a block holds reports whose principal nobody knows: events of any two people meet there."""
    return block.endswith(":?")


def holds(condition: ClaimCondition, claim: Claim) -> bool:
    """Tell whether a claim meets a condition: event and actor as given, level and independent origins at least so."""
    actors = {a.key for name in ("patient", "agent") if name in claim.slots for a in claim.slots[name].answers}
    return (
        (not condition.event or claim.event in condition.event)
        and (not condition.actor or bool(actors & _keys(condition.actor)))
        and _at_least(claim.level, condition.status)
        and claim.n_independent >= condition.independent
    )


@lru_cache(maxsize=100_000)
def _keys(actors: tuple[str, ...]) -> frozenset[str]:
    """Return actor ids, and the keys that their names have where no dictionary knows them ("jana-wirth" is "Jana Wirth").

    Kept: every claim update asks it of every watch, and a key takes work.
    """
    return frozenset(actors) | {name_key(actor.replace("-", " ")) for actor in actors}


def _at_least(level: Level | None, wanted: Level | None) -> bool:
    return wanted is None or (level is not None and LEVELS.index(level) >= LEVELS.index(wanted))


def _about(claim: Claim) -> str:
    patient = claim.slots.get("patient")
    return f"{claim.event}: {patient.answers[0].label}" if patient else claim.event


def _open(watch: Watch, story: str, claim_id: str | None) -> Alert:
    return Alert(
        alert_id=digest(watch.id, story),
        watch_id=watch.id,
        watch_version=watch.version,
        watch_name=watch.name,
        claim_ids=(claim_id,) if claim_id else (),
        channels=watch.deliver,
        policy=watch.policy,
    )


def _with_claim(alert: Alert, claim_id: str) -> Alert:
    return alert if claim_id in alert.claim_ids else msgspec.structs.replace(alert, claim_ids=(*alert.claim_ids, claim_id))


def _with_articles(alert: Alert, article_ids: tuple[str, ...]) -> Alert:
    return msgspec.structs.replace(alert, article_ids=tuple(dict.fromkeys((*alert.article_ids, *article_ids))))


def _old_news(hit: Hit) -> SuppressReason | None:
    if hit.cause in ("backfill", "replay"):
        return "cause"
    if hit.published_at and hit.first_seen_at and hit.first_seen_at - hit.published_at > STALE_AFTER:
        return "stale"
    return None


def _held_back(hit: Hit, reason: SuppressReason, at: datetime) -> Outgoing:
    watch_id = hit.watch_id or ""
    row = Suppressed(
        suppressed_id=digest(hit.hit_id, reason),
        watch_id=watch_id,
        article_id=hit.article_id,
        reason=reason,
        detail=hit.evidence[0].quote if hit.evidence else "",
        title=hit.title,
        at=at,
    )
    return Outgoing("suppressed", row.suppressed_id, encode(row), partition_key=watch_id)


def _state(key: str, row: AlertState, partition: int) -> Outgoing:
    return Outgoing("alerter-state", key, encode(row), partition=partition)
