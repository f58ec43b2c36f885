"""Alerts on words of an article alone: opened, changed by its edits, and withdrawn.

What a claim tells is left to the claim.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from services.alerter.alert import new_alert, with_articles
from services.alerter.also import MAIN, last_told, with_told
from services.alerter.revisions import WITHDRAWN, in_own_words, told_of_hit, with_revision
from services.messages import Alert, Claim, Evidence, Hit, HitReport, Stamps, Told, Watch


def opened(watch: Watch, hit: Hit, at: datetime) -> Alert:
    """Return an alert on a hit. Its first revision names the other incidents of the hit, too."""
    article_id = hit.article_id or ""
    alert = with_articles(new_alert(watch, article_id, None, (article_id,)), (article_id,))
    alert = msgspec.structs.replace(alert, incident_id=_id(hit.report))
    for report in hit.also:
        alert = with_told(alert, report.incident_id, told_of_hit(hit, report))
    return _revised(alert, told_of_hit(hit, hit.report), hit, at, hit.report)


def edited(alert: Alert, hit: Hit, claims: Iterable[Claim], at: datetime) -> Alert:
    """Return an alert with what an edit of its article changed.

    An incident that the edit left out is taken back. One that comes again is told again, and a new
    one beside the others. `claims` are those that hold incidents of the hit.
    """
    by_claims = {id for c in claims if c.claim_id in alert.all_claim_ids for id in c.incident_ids}
    reports = {_id(report): report for report in _reports(hit) if _id(report) not in by_claims}
    if not alert.claim_ids:
        alert = _with_main(alert, hit, reports, at)
        reports.pop(alert.incident_id, None)
    for also in alert.also:
        report = reports.pop(also.id, None)
        if not also.claim_ids:
            told = told_of_hit(hit, report) if report else WITHDRAWN
            alert = _revised(alert, told, hit, at, report, about=also.id)
    for id, report in reports.items():
        alert = _revised(alert, told_of_hit(hit, report), hit, at, report, about=id)
    return alert


def _with_main(alert: Alert, hit: Hit, reports: Mapping[str, HitReport], at: datetime) -> Alert:
    """Return an alert with what its main incident now is.

    One that rested on words alone, or that was taken back, may be another incident now.
    """
    on, before = reports.get(alert.incident_id), last_told(alert, MAIN)
    if on is None and (not alert.incident_id or (before and before.status == "retracted")):
        named = {also.id for also in alert.also}
        on = next((report for id, report in reports.items() if id not in named), None)
    if on is None and alert.incident_id and hit.report:
        return _revised(alert, WITHDRAWN, hit, at, None)
    alert = msgspec.structs.replace(alert, incident_id=_id(on))
    return _revised(alert, told_of_hit(hit, on), hit, at, on)


def withdrawn(alert: Alert, hit: Hit, at: datetime) -> Alert:
    """Return an alert without what rests on the words of an article that no longer has them."""
    for also in alert.also:
        if not also.claim_ids:
            alert = with_told(alert, also.id, WITHDRAWN)
    return alert if alert.claim_ids else _revised(alert, WITHDRAWN, hit, at, hit.report)


def _reports(hit: Hit) -> Iterator[HitReport]:
    if hit.report is not None:
        yield hit.report
    yield from hit.also


def _id(report: HitReport | None) -> str:
    return report.incident_id if report else ""


def _revised(
    alert: Alert, now: Told, hit: Hit, at: datetime, on: HitReport | None, *, about: str = MAIN
) -> Alert:
    quotes: tuple[Evidence, ...] = (on.evidence,) if on else hit.evidence[:1]
    return with_revision(
        alert,
        now,
        quotes,
        about=about,
        own=in_own_words(hit, on),
        outlet=hit.outlet,
        stamps=Stamps(
            published_at=hit.published_at, first_seen_at=hit.first_seen_at, decided_at=at
        ),
    )
