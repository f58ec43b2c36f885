"""A story on two families of events, what is told of it by one process, and what topics hold."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from streams import on

from bench.state_stream import Stream
from services.alerter.also import MAIN, last_told
from services.alerter.watch import compile_all
from services.backtest.pipeline import Pipeline
from services.messages import Alert, AlertState, Claim, TaggedArticle, Watch, decode
from services.ports import Broker

Claims = dict[str, tuple[int, str, tuple[str, ...]]]

N_PARTITIONS = 2
N_ARTICLES = 60
WATCHES = [Watch(id=id, name="Broad", query="broadly") for id in ("broad", "wide")]
FAMILIES = ("violence", "custody")
GROUPS = ("tracker-route", "tracker-fold", "alerter-match", "alerter-fold")


def articles() -> list[TaggedArticle]:
    """Return articles of the last hour on events of two families, in order of time."""
    found = [a for a in Stream(2 * N_ARTICLES, N_ARTICLES).day(0) if a.incidents][:N_ARTICLES]
    start = datetime.now(UTC) - timedelta(hours=1)
    return [at_time(in_family(a), start + timedelta(seconds=30 * i)) for i, a in enumerate(found)]


def at_time(article: TaggedArticle, at: datetime) -> TaggedArticle:
    return msgspec.structs.replace(article, published_at=at, first_seen_at=at, seen_at=at)


def in_family(article: TaggedArticle) -> TaggedArticle:
    """Return an article with its event in one of the families: every other event changes its."""

    def moved(told: Any) -> Any:
        principal = told.claim_block.partition(":")[2]
        family = FAMILIES[sum(map(ord, principal)) % 2]
        return msgspec.structs.replace(told, claim_block=f"{family}:{principal}")

    return msgspec.structs.replace(
        article,
        reports=tuple(map(moved, article.reports)),
        incidents=tuple(map(moved, article.incidents)),
    )


def claims_of(found: Iterable[Claim]) -> Claims:
    """Return what the last version of each claim says that is not merged into another."""
    last = {claim.claim_id: claim for claim in sorted(found, key=lambda claim: claim.version)}
    return {
        claim.claim_id: (claim.version, claim.status, claim.article_ids)
        for claim in last.values()
        if not claim.merged_into
    }


def alerts_of(found: Iterable[Alert], claims: Claims) -> list[tuple[Any, ...]]:
    """Return each open alert in the end: its claims and articles, and what was told last.

    One is closed if two hits of one event overtook their claim: the older alert goes on.
    """
    return sorted(
        (
            alert.watch_id,
            sorted(claims.keys() & set(alert.all_claim_ids)),
            sorted(alert.article_ids),
            msgspec.to_builtins(last_told(alert, MAIN)),
        )
        for alert in found
        if alert.state == "open"
    )


def claims_on(broker: Broker) -> Claims:
    return claims_of(decode(Claim, record.value) for record in on(broker, "claims"))


def alerts_on(broker: Broker, claims: Claims) -> list[tuple[Any, ...]]:
    """Return the alerts of the state: one that only got one more article is not told again."""
    rows = {record.key: record.value for record in on(broker, "alerter-state")}
    found = (decode(AlertState, row).alert for row in rows.values() if row)
    return alerts_of(filter(None, found), claims)


def expected(story: Iterable[TaggedArticle]) -> tuple[Claims, list[tuple[Any, ...]]]:
    """Return the claims and the alerts that one process makes of a story."""
    alone = Pipeline(compile_all(WATCHES))
    passages = [alone.step(article) for article in story]
    claims = claims_of(claim for passage in passages for claim in passage.claims)
    return claims, alerts_of(alone.alerts(), claims)
