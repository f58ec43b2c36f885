"""The alerts, hits, and claims of one partition, and the indexes to look them up."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from services.messages import Alert, AlertState, Claim, Hit


class Store:
    """Rows by key, and indexes over them. A row replaces the one of the same key."""

    def __init__(self) -> None:
        self._alerts: dict[str, Alert] = {}
        self._hits: dict[tuple[str, str], Hit] = {}
        self._claims: dict[str, Claim] = {}
        self._alerts_of: dict[str, dict[str, Alert]] = defaultdict(dict)
        self._alerts_on: dict[str, set[str]] = defaultdict(set)
        self._hits_of: dict[str, dict[str, Hit]] = defaultdict(dict)
        self._watches_in: dict[str, set[str]] = defaultdict(set)
        self._claims_of: dict[str, set[str]] = defaultdict(set)

    def put(self, row: AlertState) -> str:
        """Add or replace a row. Return its key."""
        if row.alert:
            return self._put_alert(row.alert)
        if row.hit:
            watch_id, article_id = row.hit.watch_id or "", row.hit.article_id or ""
            self._hits[watch_id, article_id] = self._hits_of[watch_id][article_id] = row.hit
            self._watches_in[article_id].add(watch_id)
            return f"hit|{watch_id}|{article_id}"
        assert row.claim is not None
        self._claims[row.claim.claim_id] = row.claim
        for article_id in row.claim.article_ids:
            self._claims_of[article_id].add(row.claim.claim_id)
        return f"claim|{row.claim.claim_id}"

    def drop(self, key: str) -> None:
        """Delete the row of a key, if it is there. Indexes that still hold the key find nothing."""
        kind, _, rest = key.partition("|")
        if kind == "alert":
            alert = self._alerts.pop(rest, None)
            if alert is not None:
                del self._alerts_of[alert.watch_id][rest]
        elif kind == "hit":
            watch_id, _, article_id = rest.rpartition("|")
            if self._hits.pop((watch_id, article_id), None) is not None:
                del self._hits_of[watch_id][article_id]
                self._watches_in[article_id].discard(watch_id)
        elif kind == "claim":
            self._claims.pop(rest, None)

    def _put_alert(self, alert: Alert) -> str:
        self._alerts[alert.alert_id] = alert
        self._alerts_of[alert.watch_id][alert.alert_id] = alert
        for claim_id in alert.claim_ids:
            self._alerts_on[claim_id].add(alert.alert_id)
        return f"alert|{alert.alert_id}"

    def alerts(self) -> list[Alert]:
        """Return all alerts by id."""
        return [self._alerts[key] for key in sorted(self._alerts)]

    def open_alerts(self, watch_id: str) -> Iterator[Alert]:
        return (alert for alert in self._alerts_of[watch_id].values() if alert.state == "open")

    def alerts_on(self, claim_id: str) -> list[Alert]:
        """Return the open alerts on a claim, of any watch, by id."""
        found = filter(None, map(self._alerts.get, sorted(self._alerts_on[claim_id])))
        return [alert for alert in found if alert.state == "open"]

    def hit(self, watch_id: str, article_id: str) -> Hit | None:
        return self._hits.get((watch_id, article_id))

    def live_hits(self, watch_id: str, article_ids: Sequence[str] | None = None) -> Iterator[Hit]:
        """Yield the watch's hits that are not suppressed, in these articles or in all."""
        own = self._hits_of[watch_id]
        found = own.values() if article_ids is None else filter(None, map(own.get, article_ids))
        return (hit for hit in found if hit.suppressed is None)

    def watches_in(self, article_ids: Sequence[str]) -> set[str]:
        """Return the ids of watches that have a hit in any of the articles."""
        return set().union(*filter(None, map(self._watches_in.get, article_ids)))

    def claim(self, claim_id: str) -> Claim | None:
        return self._claims.get(claim_id)

    def claims_of(self, article_id: str) -> list[Claim]:
        """Return the claims that hold an article and are not merged into another, by id."""
        found = filter(None, map(self._claims.get, sorted(self._claims_of[article_id])))
        return [c for c in found if article_id in c.article_ids and not c.merged_into]
