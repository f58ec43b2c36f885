"""Tracker and alerter with a second process each from mid-story on: claims and alerts are those of
one process.
"""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from streams import eventually, on, send, service

from bench.state_stream import Stream
from services.alerter.also import MAIN, last_told
from services.alerter.watch import compile_all
from services.backtest.pipeline import Pipeline
from services.messages import AlertState, Claim, Watch, decode, encode
from services.ports import partition_of

pytestmark = [pytest.mark.engines, pytest.mark.faults]

N_PARTITIONS = 2
N_ARTICLES = 60
WATCHES = [Watch(id=id, name="Broad", query="broadly") for id in ("broad", "wide")]
FAMILIES = ("violence", "custody")
GROUPS = ("tracker-route", "tracker-fold", "alerter-match", "alerter-fold")


def articles():
    """Return articles of the last hour on events of two families, in order of time."""
    found = [a for a in Stream(2 * N_ARTICLES, N_ARTICLES).day(0) if a.incidents][:N_ARTICLES]
    start = datetime.now(UTC) - timedelta(hours=1)
    return [at_time(in_family(a), start + timedelta(seconds=30 * i)) for i, a in enumerate(found)]


def at_time(article, at):
    return msgspec.structs.replace(article, published_at=at, first_seen_at=at, seen_at=at)


def in_family(article):
    """Return an article with its event in one of the families: every other event changes its."""

    def moved(told):
        principal = told.claim_block.partition(":")[2]
        family = FAMILIES[sum(map(ord, principal)) % 2]
        return msgspec.structs.replace(told, claim_block=f"{family}:{principal}")

    return msgspec.structs.replace(
        article,
        reports=tuple(map(moved, article.reports)),
        incidents=tuple(map(moved, article.incidents)),
    )


def claims_of(found):
    """Return what the last version of each claim says that is not merged into another."""
    last = {claim.claim_id: claim for claim in sorted(found, key=lambda claim: claim.version)}
    return {
        claim.claim_id: (claim.version, claim.status, claim.article_ids)
        for claim in last.values()
        if not claim.merged_into
    }


def alerts_of(found, claims):
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


def claims_on(broker):
    return claims_of(decode(Claim, record.value) for record in on(broker, "claims"))


def alerts_on(broker, claims):
    """Return the alerts of the state: one that only got one more article is not told again."""
    rows = {record.key: record.value for record in on(broker, "alerter-state")}
    found = (decode(AlertState, row).alert for row in rows.values() if row)
    return alerts_of(filter(None, found), claims)


def test_a_second_process_of_tracker_and_alerter_in_mid_story_changes_no_claim_and_no_alert(
    broker, settings
):
    assert {partition_of(w.id, N_PARTITIONS) for w in WATCHES} == set(range(N_PARTITIONS))
    assert {partition_of(f, N_PARTITIONS) for f in FAMILIES} == set(range(N_PARTITIONS))
    story = articles()
    alone = Pipeline(compile_all(WATCHES))
    passages = [alone.step(article) for article in story]
    claims = claims_of(claim for passage in passages for claim in passage.claims)
    alerts = alerts_of(alone.alerts(), claims)
    send(broker, *(("watches", watch.id, encode(watch)) for watch in WATCHES))

    def publish(some):
        send(broker, *(("tagged-articles", a.article_id, encode(a)) for a in some))

    def all_read(n_members):
        return all(broker.lag(group) == (0, n_members) for group in GROUPS)

    with ExitStack() as running:
        for name in ("track", "alert"):
            running.enter_context(service(settings, name))
        publish(story[: N_ARTICLES // 2])
        eventually(lambda: len(claims_on(broker)) > 3)
        for name in ("track", "alert"):
            running.enter_context(service(settings, name))
        publish(story[N_ARTICLES // 2 :])
        eventually(lambda: all_read(n_members=2))
    assert claims_on(broker) == claims
    assert alerts_on(broker, claims) == alerts
