"""The alerts and hits of a partition that a claim, a hit, or a watch is related to."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from services.alerter.also import (
    MAIN,
    adds_nothing,
    has_same_toll,
    holds_origin,
    incident_of,
    standing,
)
from services.alerter.bars import (
    SAME_TOLL_WITHIN,
    is_copy_of,
    is_of_claim,
    is_recent,
    is_without_principal,
    names_claim,
)
from services.alerter.condition import holds
from services.alerter.store import Store, age
from services.messages import Alert, Claim, Hit, Watch
from services.text.happening import told_of_claim

RECENT = 50
"""Alerts of a watch, or of it on a block, the last ones, among which a recent one is looked for.

A guess; it bounds the work in a block that a watch is told of every day.
"""


def hits_in(store: Store, watch: Watch, claim: Claim) -> Iterator[Hit]:
    """Yield the watch's live hits in the claim's articles that rest on an incident of the claim.

    Its words elsewhere in an article say nothing of the claim.
    """
    hits = store.live_hits(watch.id, claim.article_ids)
    return (hit for hit in hits if names_claim(hit, claim))


def alerts_about(store: Store, watch: Watch, claim: Claim) -> list[tuple[Alert, str]]:
    """Return the watch's open alerts on a claim, and on hits that it explains; oldest first.

    Each is given with the id of the incident that the claim tells.
    """
    found: dict[str, tuple[Alert, str]] = {}
    for alert in store.alerts_of(watch.id, claim.claim_id):
        id = incident_of(alert, claim)
        if id is not None:
            found[alert.alert_id] = alert, id
    for hit in hits_in(store, watch, claim) if watch.claim is None else ():
        for alert in store.alerts_in(watch.id, hit.article_id or ""):
            id = incident_of(alert, claim)
            if id is None and not alert.claim_ids and hit.report and is_of_claim(hit.report, claim):
                id = MAIN
            if id is not None:
                found[alert.alert_id] = alert, id
    return sorted(found.values(), key=lambda held: age(held[0]))


def alerts_split_by(store: Store, claim: Claim) -> list[Alert]:
    """Return the alerts that told articles which have moved from their claims to this one."""
    return [
        alert
        for source in claim.split_from
        for alert in store.alerts_on(source)
        if _begins_in(alert, claim, source) or _told_some_of(alert, claim)
    ]


def _begins_in(alert: Alert, claim: Claim, source: str) -> bool:
    """True if the article that an alert began with went from its claim to another one."""
    has_moved = alert.claim_id == source != claim.claim_id
    return has_moved and holds_origin(alert, claim)


def _told_some_of(alert: Alert, claim: Claim) -> bool:
    """True if an alert told an article of a claim that it does not follow."""
    has_told = not _told_articles(alert).isdisjoint(claim.article_ids)
    return has_told and claim.claim_id not in alert.all_claim_ids


def _told_articles(alert: Alert) -> set[str]:
    """Return the article that an alert began with, and those it quoted on its main incident.

    Who reads it knows of no others. A claim that parts from one that parted before is news to them.
    """
    on_main = (revision for revision in alert.revisions if revision.about == MAIN)
    quoted = {said.article_id for revision in on_main for said in revision.evidence}
    return quoted.union(alert.opened_by[:1])


def may_open(store: Store, watch: Watch, claim: Claim) -> bool:
    """True if a claim without an alert of the watch meets the watch's condition."""
    if claim.status in ("retracted", "denied"):
        return False
    if watch.query is None and is_without_principal(claim.block):
        return False
    if watch.claim is None:
        # These hits waited for their claim, as it might have been one with an alert already, or
        # their article began an alert, which names all else that it tells.
        articles = [hit.article_id or "" for hit in hits_in(store, watch, claim)]
        return any(
            _began(store, watch, article_id) or not store.alerts_in(watch.id, article_id)
            for article_id in articles
        )
    has_hit = watch.query is None or any(hits_in(store, watch, claim))
    return has_hit and holds(watch.claim, claim)


def alert_begun(store: Store, watch: Watch, claim: Claim, article_id: str) -> Alert | None:
    """Return the watch's open alert that an article began.

    One article and one watch make one alert: all else that it tells is named in that one. For a
    watch on words alone, the article may be any of those that hold them.
    """
    articles = [article_id]
    if watch.claim is None:
        articles += (hit.article_id or "" for hit in hits_in(store, watch, claim))
    return next(filter(None, (_began(store, watch, id) for id in articles)), None)


def alert_that_tells(store: Store, watch: Watch, claim: Claim, now: datetime) -> Alert | None:
    """Return a recent alert of the watch on what is probably the story of a claim.

    On a person: one that tells all that the claim does. A person is killed or seized once in a
    while, but what happens in a place may happen there again the next day. On words: one that told
    the same number of people within a day or two.
    """
    patients = claim.slots["patient"].answers if "patient" in claim.slots else ()
    is_on_person = claim.block.partition(":")[2] in {answer.key for answer in patients}
    told = told_of_claim(claim)
    for alert in store.last_alerts(watch.id, RECENT):
        is_toll_near = watch.query is not None and is_recent(alert, now, SAME_TOLL_WITHIN)
        for known in standing(alert) if is_recent(alert, now) else ():
            if is_on_person and adds_nothing(told, known):
                return alert
            if is_toll_near and has_same_toll(told, known):
                return alert
    return None


def _began(store: Store, watch: Watch, article_id: str) -> Alert | None:
    alerts = store.alerts_in(watch.id, article_id)
    return next((alert for alert in alerts if article_id in alert.opened_by), None)


def still_matches_watch(store: Store, watch: Watch, claim: Claim) -> bool:
    """True if a claim meets the watch as it was last saved."""
    hits = hits_in(store, watch, claim)
    has_hit = watch.query is None or any(hit.watch_version == watch.version for hit in hits)
    return has_hit and (watch.claim is None or holds(watch.claim, claim))


def text_alerts_on(store: Store, hit: Hit) -> list[Alert]:
    """Return the open alerts on the hit's article that tell what no claim does."""
    alerts = store.alerts_in(hit.watch_id or "", hit.article_id or "")
    return [alert for alert in alerts if _has_words_alone(alert)]


def _has_words_alone(alert: Alert) -> bool:
    return not alert.claim_ids or any(not also.claim_ids for also in alert.also)


def alert_of_this_story(
    store: Store, watch: Watch, hit: Hit, claims: Iterable[Claim]
) -> Alert | None:
    """Return the watch's open alert on the hit's article or claims, else on a copy of it."""
    found = store.alerts_in(watch.id, hit.article_id or "")
    for claim in claims:
        found += store.alerts_of(watch.id, claim.claim_id)
    if found:
        return min(found, key=age)
    for other in copies(store, hit):
        for alert in store.alerts_in(watch.id, other.article_id or ""):
            return alert
    return None


def has_recent_alert_on_block(store: Store, watch: Watch, hit: Hit, now: datetime) -> bool:
    """True if a recent alert of the watch is on a claim in the block that the hit rests on."""
    if hit.report is None or is_without_principal(hit.report.block):
        return False
    last = store.last_alerts_on_block(watch.id, hit.report.block, RECENT)
    return any(is_recent(alert, now) for alert in last)


def copies(store: Store, hit: Hit) -> Iterator[Hit]:
    """Yield the live hits of the same watch in copies of the hit's article, oldest first."""
    return (other for other in store.near(hit) if is_copy_of(hit, other))
