"""An alert before it is saved: a new one, or one with an article or a correction more."""

import msgspec

from services.alerter.projection import listed
from services.messages import Alert, Claim, Watch, encode
from services.text.happening import those_befallen
from services.text.hashes import digest


def new_alert(
    watch: Watch, story: str, claim_id: str | None, opened_by: tuple[str, ...] = ()
) -> Alert:
    """Return an alert without revisions. `story` is the claim or article that it starts with."""
    return Alert(
        alert_id=digest(watch.id, story),
        watch_id=watch.id,
        watch_version=watch.version,
        watch_name=watch.name,
        asks=condition_digest(watch),
        opened_by=opened_by,
        claim_ids=(claim_id,) if claim_id else (),
        channels=watch.deliver,
        policy=watch.policy,
    )


def condition_digest(watch: Watch) -> str:
    """Return a digest of what the watch asks for, without its delivery."""
    asked = watch.query or "", encode(watch.claim) if watch.claim else b"", *watch.unless
    return digest(*asked, "not-rules", *watch.not_rules) if watch.not_rules else digest(*asked)


def with_articles(alert: Alert, article_ids: tuple[str, ...]) -> Alert:
    """Return the alert with more articles. It lists the first and last ones, as a claim does."""
    both = tuple(dict.fromkeys((*alert.article_ids, *article_ids)))
    return msgspec.structs.replace(alert, article_ids=listed(both))


def only_corrected(before: Alert, revised: Alert) -> Alert:
    """Return the revised alert if its new revision is a correction, else the one before."""
    has_more = last_number(revised) > last_number(before)
    return revised if has_more and revised.revisions[-1].corrects else before


def last_number(alert: Alert) -> int:
    """Return the number of an alert's last revision; 0 if it has none."""
    return alert.revisions[-1].number if alert.revisions else 0


def subject_of(claim: Claim) -> str:
    """Return the event and the first whom it befell ("killed: Halvane")."""
    return ": ".join((claim.event, *those_befallen(claim)[:1]))
