"""Alerts as a state machine over one partition: hits and claims in; alerts and held-back hits out.

hit  ─┐   fast lane: a text hit alerts at once
      ├─► alert ─► revision when what was told no longer holds
claim ┘   slow lane: a claim update raises, corrects, or withdraws it
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from services.alerter.alert import (
    condition_digest,
    last_number,
    new_alert,
    only_corrected,
    with_articles,
)
from services.alerter.also import (
    MAIN,
    absorbed,
    has_parted,
    holds_origin,
    incident_of,
    last_told,
    with_begun,
    with_claim,
    with_known,
    without,
)
from services.alerter.bars import (
    chosen_cause,
    is_brought,
    is_followed,
    is_past_correction,
    may_notify,
    names_claim,
    reason_to_hold_back,
)
from services.alerter.ledger import claim_held_back, hit_held_back
from services.alerter.news import SILENT
from services.alerter.on_claims import revised_by
from services.alerter.on_words import edited, opened, withdrawn
from services.alerter.projection import projected
from services.alerter.related import (
    alert_begun,
    alert_of_this_story,
    alert_that_tells,
    alerts_about,
    alerts_split_by,
    copies,
    has_recent_alert_on_block,
    may_open,
    still_matches_watch,
    text_alerts_on,
)
from services.alerter.revisions import closed, parted
from services.alerter.store import HORIZON, Store
from services.alerter.unless import is_claim_excepted
from services.alerter.watch import CompiledWatch, by_event
from services.messages import Alert, AlertState, Claim, ClaimCause, Hit, Watch, decode, encode
from services.ports import Outgoing, Record, partition_of
from services.query.claims import events_of
from services.rows import MemoryRows, Rows
from services.text.happening import told_of_claim

LEAVE_AT_ONCE = 20
"""Rows that leave with one message at most.

More than a message adds, so that they leave sooner than others come; few, so that none takes long.
"""


class AlertMachine:
    """All alerts, hits, and claims of one partition of `hits`."""

    def __init__(
        self,
        watches: Callable[[], Mapping[str, CompiledWatch]],
        n_partitions: int,
        now: Callable[[], datetime],
        rows: Rows | None = None,
        horizon: timedelta = HORIZON,
    ) -> None:
        """Hold the state in `rows`, by default in memory. `horizon`: how long hits stay."""
        self._watches = watches
        self._n_partitions = n_partitions
        self._now = now
        self._partition = 0
        self._store = Store(MemoryRows() if rows is None else rows, now, horizon)
        self._known: Mapping[str, CompiledWatch] | None = None
        self._on_event: dict[str | None, list[Watch]] = {}

    def restore(self, key: str, value: bytes | None) -> None:
        if value is None:
            self._store.drop(key)
        else:
            row = decode(AlertState, value)
            if row.claim and (small := projected(row.claim)) != row.claim:
                # A row of an earlier version of the program has the whole claim.
                row = msgspec.structs.replace(row, claim=small)
                value = encode(row)
            self._store.put(row, value)

    def step(self, record: Record) -> list[Outgoing]:
        """Return the state, alerts, and suppressed hits that a message makes.

        All messages of one machine are of one partition: it is where its state is written.
        """
        self._partition = record.partition
        return [*self._taken(decode(Hit, record.value)), *self._left()]

    def _taken(self, hit: Hit) -> list[Outgoing]:
        if hit.claim is not None:
            return self._on_claim(projected(hit.claim))
        return self._on_edit(hit) if hit.watch_id is None else self._on_hit(hit)

    def alerts(self) -> list[Alert]:
        """Return all alerts of this partition, by id."""
        return self._store.alerts()

    # Slow lane

    def _on_claim(self, claim: Claim) -> list[Outgoing]:
        known = self._store.claim(claim.claim_id)
        if known and known.version > claim.version:
            return []
        out = [self._save(self._store.claim_row(claim)), *self._tell_of_split(claim)]
        for watch in self._watches_to_check(claim):
            out += self._update_or_open(watch, claim)
        watches = self._watches()
        for alert in self._store.alerts_on(claim.claim_id):
            if alert.watch_id not in watches:
                out += self._correct(alert, claim)
        return out

    def _watches_to_check(self, claim: Claim) -> list[Watch]:
        """Return the watches that a claim may concern, by id.

        They ask for its event, have an alert on it, or have a hit in one of its articles.
        """
        watches = self._watches()
        if watches is not self._known:
            self._known, self._on_event = watches, by_event(self._watches_here(watches))
        events = (None, *events_of(claim))
        found = {watch.id for event in events for watch in self._on_event.get(event, ())}
        found |= {alert.watch_id for alert in self._store.alerts_on(claim.claim_id)}
        found |= self._store.watches_in(claim.article_ids)
        return [watches[id].watch for id in sorted(found) if id in watches]

    def _watches_here(self, watches: Mapping[str, CompiledWatch]) -> Iterator[Watch]:
        """Yield the watches whose hits come on this partition."""
        for compiled in watches.values():
            if partition_of(compiled.watch.id, self._n_partitions) == self._partition:
                yield compiled.watch

    def _update_or_open(self, watch: Watch, claim: Claim) -> list[Outgoing]:
        """Update the watch's alert on a claim, or open one."""
        held = alerts_about(self._store, watch, claim)
        if claim.merged_into:
            return self._follow(held, claim.merged_into)
        cause = chosen_cause(claim, lambda c: reason_to_hold_back(watch, c) is None)
        if cause and cause.cause in SILENT:
            return []
        if not held:
            if not (may_open(self._store, watch, claim) and is_brought(claim, cause)):
                return []
            reason = reason_to_hold_back(watch, cause)
            if not reason and watch.query is None and is_claim_excepted(watch, claim, cause):
                reason = "unless"
            if reason:
                held_back = claim_held_back(watch, claim, reason, self._now())
                return [held_back] if watch.query is None else []
        before, id = held[0] if held else self._begun(watch, claim, cause)
        asked = (watch.claim and watch.claim.event) or ()
        revised = revised_by(
            self._store, before, id, claim, cause=cause, at=self._now(), asked=asked
        )
        digest = condition_digest(watch)
        if not has_parted(before, id) and (
            before.asks == digest or still_matches_watch(self._store, watch, claim)
        ):
            revised = msgspec.structs.replace(revised, asks=digest, watch_version=watch.version)
        else:
            revised = only_corrected(before, revised)
        out = self._save_and_tell(revised, before)
        return [*out, *self._left_to(revised, id, held[1:])]

    def _begun(self, watch: Watch, claim: Claim, cause: ClaimCause | None) -> tuple[Alert, str]:
        """Return the alert that the article of a claim began, else a new one.

        With it comes the id of the incident that the claim will tell there.
        """
        article_id = cause.article_id if cause else ""
        begun = alert_begun(self._store, watch, claim, article_id) if cause else None
        if begun is not None:
            return with_known(begun, claim.claim_id, told_of_claim(claim)), claim.claim_id
        opened_by = (article_id,) if cause else ()
        known = alert_that_tells(self._store, watch, claim, self._now())
        if known is not None:
            return with_begun(known, opened_by), claim.claim_id
        return new_alert(watch, claim.claim_id, claim.claim_id, opened_by), MAIN

    def _follow(self, alerts: Iterable[tuple[Alert, str]], claim_id: str) -> list[Outgoing]:
        """Add to alerts the claim that theirs is merged into."""
        out: list[Outgoing] = []
        for alert, id in alerts:
            out += self._save_and_tell(with_claim(alert, claim_id, id), alert)
        return out

    def _correct(self, alert: Alert, claim: Claim) -> list[Outgoing]:
        """Update an alert whose watch is gone, if the claim takes back what the alert told."""
        id = incident_of(alert, claim)
        if id is None:
            return []
        if claim.merged_into:
            return self._follow([(alert, id)], claim.merged_into)
        cause = chosen_cause(claim, may_notify)
        if (cause and cause.cause in SILENT) or self._is_past_correction(alert):
            return []
        revised = revised_by(self._store, alert, id, claim, cause=cause, at=self._now())
        return self._save_and_tell(only_corrected(alert, revised), alert)

    def _tell_of_split(self, claim: Claim) -> list[Outgoing]:
        """Tell the alerts whose articles have moved to this claim.

        Where the article that an alert began with has moved, its incident is told by this claim.
        """
        cause = chosen_cause(claim, may_notify)
        if cause and cause.cause in SILENT:
            return []
        out: list[Outgoing] = []
        for alert in alerts_split_by(self._store, claim):
            if self._is_past_correction(alert):
                continue
            if holds_origin(alert, claim):
                followed = with_claim(alert, claim.claim_id)
            else:
                followed = parted(alert, claim, self._now())
            out += self._save_and_tell(followed, alert)
        return out

    def _is_past_correction(self, alert: Alert) -> bool:
        """True if an alert's watch is gone and the time for corrections is over."""
        return alert.watch_id not in self._watches() and is_past_correction(alert, self._now())

    def _left_to(
        self, older: Alert, id: str, others: Iterable[tuple[Alert, str]]
    ) -> list[Outgoing]:
        """Leave a claim to the oldest alert on it, which tells it as its incident `id`.

        An alert whose main incident it is gets closed, and its last revision says so.
        """
        out: list[Outgoing] = []
        for other, its_id in others:
            if its_id != MAIN:
                out += self._save_and_tell(without(other, its_id), other)
                continue
            both = absorbed(with_articles(older, other.article_ids), other, id)
            out += self._save_and_tell(both, older)
            out += self._save_and_tell(closed(other, both, self._now()), other)
            older = both
        return out

    # Fast lane

    def _on_hit(self, hit: Hit) -> list[Outgoing]:
        compiled = self._watches().get(hit.watch_id or "")
        if compiled is None or hit.watch_version < compiled.watch.version:
            return [hit_held_back(hit, "watch-changed", self._now())]
        known = self._store.hit(hit.watch_id or "", hit.article_id or "")
        if known and known.article_version > hit.article_version:
            return []
        held_back = None if is_followed(known, hit) else hit.suppressed
        reason = held_back or reason_to_hold_back(compiled.watch, hit)
        hit = msgspec.structs.replace(hit, suppressed=reason)
        out = [self._save(AlertState(hit=hit))]
        if reason:
            return [*out, hit_held_back(hit, reason, self._now())]
        if next(copies(self._store, hit), None):
            out.append(hit_held_back(hit, "copy", self._now()))
        claims = self._store.claims_of(hit.article_id or "")
        if compiled.watch.claim is None:
            claims = [claim for claim in claims if names_claim(hit, claim)]
            is_new = known is None or known.suppressed is not None
            out += self._on_text(compiled.watch, hit, claims, is_new=is_new)
        for claim in claims:
            out += self._update_or_open(compiled.watch, claim)
        return out

    def _on_edit(self, edit: Hit) -> list[Outgoing]:
        """Withdraw an article's hits of earlier versions, and alerts that rest on no other hit."""
        out: list[Outgoing] = []
        for watch_id in sorted(self._store.watches_in((edit.article_id or "",))):
            hit = self._store.hit(watch_id, edit.article_id or "")
            if hit is None or hit.suppressed or hit.article_version >= edit.article_version:
                continue
            version = edit.article_version
            gone = msgspec.structs.replace(hit, suppressed="withdrawn", article_version=version)
            out.append(self._save(AlertState(hit=gone)))
            for alert in text_alerts_on(self._store, hit):
                if not any(self._store.live_hits(watch_id, alert.article_ids)):
                    out += self._save_and_tell(withdrawn(alert, hit, self._now()), alert)
        return out

    def _on_text(
        self,
        watch: Watch,
        hit: Hit,
        claims: list[Claim],
        *,
        is_new: bool,
    ) -> list[Outgoing]:
        """Open an alert on the text alone, unless the article, a copy, or its claim has one.

        An edit opens one only if the version before it had no live hit (`is_new`). A hit on the
        block of a recent alert waits for its claim.
        """
        known = alert_of_this_story(self._store, watch, hit, claims)
        now, article_id = self._now(), hit.article_id or ""
        if known is not None:
            joined = with_articles(known, (article_id,))
            told = last_told(known, MAIN)
            is_first = known.opened_by[:1] == (article_id,)
            if is_first or (told and told.status == "retracted"):
                joined = edited(joined, hit, claims, now)
            return self._save_and_tell(joined, known)
        if not is_new or has_recent_alert_on_block(self._store, watch, hit, now):
            return []
        alert = opened(watch, hit, now)
        return self._save_and_tell(alert, msgspec.structs.replace(alert, revisions=()))

    def _save_and_tell(self, alert: Alert, before: Alert) -> list[Outgoing]:
        """Save an alert that changed, and send it if it has a new revision.

        It is sent to the channels that its watch has now.
        """
        if alert == before or not alert.revisions:
            return []
        is_told = last_number(alert) > last_number(before)
        compiled = self._watches().get(alert.watch_id)
        if is_told and compiled is not None:
            watch = compiled.watch
            alert = msgspec.structs.replace(alert, channels=watch.deliver, policy=watch.policy)
        saved = self._save(AlertState(alert=alert))
        if not is_told:
            return [saved]
        sent = Outgoing("alerts", alert.alert_id, encode(alert), partition_key=alert.watch_id)
        return [saved, sent]

    def _save(self, row: AlertState) -> Outgoing:
        value = encode(row)
        key = self._store.put(row, value)
        return Outgoing("alerter-state", key, value, partition=self._partition)

    def _left(self) -> list[Outgoing]:
        """Return stubs and tombstones of a few rows whose time is over."""
        out: list[Outgoing] = []
        for key in self._store.due(LEAVE_AT_ONCE):
            stub = self._store.stub(key)
            if stub is not None:
                out.append(self._save(stub))
            else:
                self._store.drop(key)
                out.append(Outgoing("alerter-state", key, None, partition=self._partition))
        return out
