"""The alerts, hits, and claims of one partition, and the references to look them up.

Alerts never leave. Hits and claims leave a number of days after they were news; of those that
somebody was told of, a stub stays.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

import msgspec

from services.alerter.news import SILENT, STALE_AFTER
from services.messages import Alert, AlertState, Claim, Evidence, Hit, HitReport, decode
from services.rows import Leaving, Rows
from services.text.sketch import bands

HORIZON = timedelta(days=45)
"""News time after which a hit that opened no alert leaves.

Source: a claim closes 30 days after its last report, and a hit on the block of a recent alert
waits 14 days for its claim; a day is to spare.
"""

CLAIMS_STAY = STALE_AFTER
"""News time after which a claim leaves that nobody was told of.

It is kept for a hit that comes later than the claim. A hit on an older article is no news, and
each further report brings the whole claim again. After an outage both come late, and the claim may
be read long before its hits: then the time runs from when it came.
"""

DECODED = 1_024
"""Alerts that are remembered as they were decoded, some 10 kB each. A guess.

Each update of a claim asks for all alerts on it several times.
"""

_ALERTS = "alerts"


class Store:
    """Rows of state by key. A row replaces the one of the same key."""

    def __init__(
        self, rows: Rows, now: Callable[[], datetime], horizon: timedelta = HORIZON
    ) -> None:
        self._rows = rows
        self._now = now
        self._hits_stay = horizon.days
        self._claims_stay = min(horizon, CLAIMS_STAY).days
        self._leaving = Leaving(rows)
        self._decoded: dict[str, tuple[bytes, Alert]] = {}

    def put(self, row: AlertState, value: bytes) -> str:
        """Add or replace a row, of which `value` is the message. Return its key."""
        if row.alert:
            return self._put_alert(row.alert, value)
        if row.hit:
            key = f"hit|{row.hit.watch_id or ''}|{row.hit.article_id or ''}"
            self._rows.put(key, value, self._hit_refs(row.hit))
            return key
        assert row.claim is not None
        return self._put_claim(row.claim, row.came_at, value)

    def drop(self, key: str) -> None:
        """Delete the row of a key, if it is there."""
        self._rows.delete(key)

    def due(self, most: int) -> list[str]:
        """Return keys of rows whose time is over, the oldest first."""
        return self._leaving.due(self._now().toordinal(), most)

    def stub(self, key: str) -> AlertState | None:
        """Return what stays of a row whose time is over; None if nobody was told of it."""
        row = self._get(key)
        if row is None:
            return None
        if row.hit and self._has(f"article|{row.hit.watch_id or ''}|{row.hit.article_id or ''}"):
            return AlertState(hit=_hit_stub(row.hit))
        if row.claim and self._has(f"claim|{row.claim.claim_id}"):
            return AlertState(claim=_claim_stub(row.claim))
        return None

    # Alerts

    def alerts(self) -> list[Alert]:
        """Return all alerts by id."""
        return sorted(self._alerts_by(_ALERTS), key=lambda alert: alert.alert_id)

    def alerts_on(self, claim_id: str) -> list[Alert]:
        """Return the open alerts on a claim, of any watch, by id."""
        return self._open_by(f"claim|{claim_id}")

    def alerts_of(self, watch_id: str, claim_id: str) -> list[Alert]:
        """Return the watch's open alerts on a claim, by id."""
        return self._open_by(f"claim|{watch_id}|{claim_id}")

    def alerts_in(self, watch_id: str, article_id: str) -> list[Alert]:
        """Return the watch's open alerts that list an article, oldest first."""
        found = filter(_is_open, self._alerts_by(f"article|{watch_id}|{article_id}"))
        return sorted(found, key=age)

    def last_alerts(self, watch_id: str, most: int) -> Iterator[Alert]:
        """Yield the watch's open alerts, of the last `most` to be opened."""
        last = islice(self._rows.keys(f"watch|{watch_id}", newest_first=True), most)
        return filter(_is_open, map(self._alert, list(last)))

    def last_alerts_on_block(self, watch_id: str, block: str, most: int) -> Iterator[Alert]:
        """Yield the watch's open alerts on claims of a block, of the last `most` to be opened."""
        last = islice(self._rows.keys(f"block|{watch_id}|{block}", newest_first=True), most)
        return filter(_is_open, map(self._alert, list(last)))

    # Hits

    def hit(self, watch_id: str, article_id: str) -> Hit | None:
        row = self._get(f"hit|{watch_id}|{article_id}")
        return row.hit if row else None

    def live_hits(self, watch_id: str, article_ids: Sequence[str]) -> Iterator[Hit]:
        """Yield the watch's hits in these articles that are not suppressed."""
        for article_id in article_ids:
            hit = self.hit(watch_id, article_id)
            if hit is not None and hit.suppressed is None:
                yield hit

    def near(self, hit: Hit) -> Iterator[Hit]:
        """Yield the live hits of the same watch whose text may be that of a hit.

        They share a band of the sketch; of 10,000 copies, two do not.
        """
        seen: set[str] = set()
        for band in bands(hit.sketch):
            for key in self._rows.keys(_band(hit, band)):
                if key not in seen:
                    seen.add(key)
                    row = self._get(key)
                    if row and row.hit:
                        yield row.hit

    def watches_in(self, article_ids: Sequence[str]) -> set[str]:
        """Return the ids of watches that have a hit in any of the articles."""
        found: set[str] = set()
        for article_id in article_ids:
            for key in self._rows.keys(f"hit|{article_id}"):
                found.add(key.removeprefix("hit|").removesuffix(f"|{article_id}"))
        return found

    # Claims

    def claim(self, claim_id: str) -> Claim | None:
        row = self._get(f"claim|{claim_id}")
        return row.claim if row else None

    def claims_of(self, article_id: str) -> list[Claim]:
        """Return the claims that hold an article and are not merged into another, by id."""
        rows = map(self._get, sorted(self._rows.keys(f"of|{article_id}")))
        claims = [row.claim for row in rows if row and row.claim]
        return [claim for claim in claims if not claim.merged_into]

    def _put_alert(self, alert: Alert, value: bytes) -> str:
        key, watch_id = f"alert|{alert.alert_id}", alert.watch_id
        refs = [_ALERTS, f"watch|{watch_id}"]
        articles = dict.fromkeys((*alert.opened_by, *alert.article_ids))
        refs += [f"article|{watch_id}|{article_id}" for article_id in articles]
        for claim_id in alert.all_claim_ids:
            refs += [f"claim|{claim_id}", f"claim|{watch_id}|{claim_id}"]
            claim = self.claim(claim_id)
            if claim:
                refs.append(f"block|{watch_id}|{claim.block}")
        self._rows.put(key, value, refs)
        return key

    def claim_row(self, claim: Claim) -> AlertState:
        """Return the row of a claim that has just come."""
        now, seen = self._now(), _seen_at(claim)
        is_news = any(cause.cause not in SILENT for cause in claim.cause)
        is_late = seen is not None and seen.toordinal() < now.toordinal()
        return AlertState(claim=claim, came_at=now if is_news and is_late else None)

    def _put_claim(self, claim: Claim, came_at: datetime | None, value: bytes) -> str:
        key = f"claim|{claim.claim_id}"
        is_new = self._rows.get(key) is None
        refs = [f"of|{article_id}" for article_id in claim.article_ids]
        if not _is_claim_stub(claim):
            refs.append(self._leaves(came_at or _seen_at(claim), self._claims_stay))
        self._rows.put(key, value, refs)
        if is_new:
            # Rows of alerts may be read before those of their claims: now the block is known.
            for alert_key in list(self._rows.keys(key)):
                self._put_alert(self._alert(alert_key), self._rows.get(alert_key) or b"")
        return key

    def _hit_refs(self, hit: Hit) -> Iterator[str]:
        yield f"hit|{hit.article_id or ''}"
        if not _is_hit_stub(hit):
            seen = filter(None, (hit.first_seen_at, hit.published_at))
            yield self._leaves(max(seen, default=None), self._hits_stay)
        if hit.suppressed is None:
            for band in bands(hit.sketch):
                yield _band(hit, band)

    def _leaves(self, at: datetime | None, days: int) -> str:
        """Return the reference of the last day of a row."""
        return self._leaving.ref((at or self._now()).toordinal() + days)

    def _has(self, ref: str) -> bool:
        return next(self._rows.keys(ref), None) is not None

    def _alerts_by(self, ref: str) -> list[Alert]:
        return [self._alert(key) for key in list(self._rows.keys(ref))]

    def _open_by(self, ref: str) -> list[Alert]:
        return sorted(filter(_is_open, self._alerts_by(ref)), key=lambda alert: alert.alert_id)

    def _alert(self, key: str) -> Alert:
        value = self._rows.get(key)
        assert value
        known = self._decoded.get(key)
        if known is not None and known[0] == value:
            return known[1]
        if len(self._decoded) >= DECODED:
            self._decoded.clear()
        alert = decode(AlertState, value).alert
        assert alert
        self._decoded[key] = value, alert
        return alert

    def _get(self, key: str) -> AlertState | None:
        value = self._rows.get(key)
        return decode(AlertState, value) if value else None


def age(alert: Alert) -> tuple[str, str]:
    """Return the place of an alert among others, the oldest first."""
    return str(alert.revisions[0].at), alert.alert_id


def _seen_at(claim: Claim) -> datetime | None:
    """Return when the newest article behind a claim was seen."""
    seen = filter(None, (claim.updated_at, *(cause.first_seen_at for cause in claim.cause)))
    return max(seen, default=None)


def _is_open(alert: Alert) -> bool:
    return alert.state == "open"


def _band(hit: Hit, band: int) -> str:
    return f"band|{hit.watch_id or ''}|{band}"


def _hit_stub(hit: Hit) -> Hit:
    """Return a hit without its words: what corrections of its alert rest on."""
    return Hit(
        hit_id=hit.hit_id,
        watch_id=hit.watch_id,
        watch_version=hit.watch_version,
        article_id=hit.article_id,
        article_version=hit.article_version,
        first_seen_at=hit.first_seen_at,
        report=_unquoted(hit.report) if hit.report else None,
        also=tuple(map(_unquoted, hit.also)),
        suppressed=hit.suppressed,
    )


def _unquoted(report: HitReport) -> HitReport:
    nothing = Evidence(article_id="", version=0, quote="", mark=(0, 0))
    return msgspec.structs.replace(report, evidence=nothing, slots={})


def _is_hit_stub(hit: Hit) -> bool:
    return hit.sketch is None and not hit.evidence and hit.title is None


def _claim_stub(claim: Claim) -> Claim:
    """Return a claim as what later updates are compared with: its id, block, version, status."""
    return Claim(
        claim_id=claim.claim_id,
        block=claim.block,
        event=claim.event,
        status=claim.status,
        n_reports=claim.n_reports,
        n_independent=claim.n_independent,
        merged_into=claim.merged_into,
        version=claim.version,
    )


def _is_claim_stub(claim: Claim) -> bool:
    return not claim.article_ids and not claim.slots and not claim.evidence
