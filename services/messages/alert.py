"""Hits on their way into alerts, the alerts, what was held back, and what was delivered."""

from typing import Literal

from services.messages.base import Cause, Level, Message, Sketch, Span, Status, Timestamp
from services.messages.claim import Claim, Evidence
from services.messages.watch import ChangeKind, Channel, Policy

SuppressReason = Literal[
    "boilerplate",
    "background",
    "copy",
    "stale",
    "hypothetical",
    "below-threshold",
    "cause",
    "undated",
    "before-save",
    "watch-changed",
    "withdrawn",
]
"""Why a hit raises no alert. `withdrawn`: an edit of the article took back what was watched for."""


class HitReport(Message, frozen=True, kw_only=True):
    """The report of the article that the hit rests on: the one whose sentence holds most of its spans."""

    report_id: str
    block: str
    event: str
    status: Status
    speakers: tuple[str, ...] = ()
    evidence: Evidence


class Hit(Message, frozen=True, kw_only=True):
    """A watch found in an article, or (`watch_id` None) what goes to every partition of alerts.

    That is a claim update, or an edit, which takes back the hits of the article's earlier versions.

    Spans are offsets in the article's canonical text.
    """

    hit_id: str
    watch_id: str | None = None
    watch_version: int = 0
    article_id: str | None = None
    article_version: int = 0
    outlet: str | None = None
    outlet_family: str | None = None
    url: str | None = None
    url_key: str | None = None
    published_at: Timestamp | None = None
    first_seen_at: Timestamp | None = None
    last_poll_at: Timestamp | None = None
    cause: Cause = "new"
    sketch: Sketch | None = None
    title: str | None = None
    spans: tuple[Span, ...] = ()
    report: HitReport | None = None
    evidence: tuple[Evidence, ...] = ()
    suppressed: SuppressReason | None = None
    claim: Claim | None = None


class Told(Message, frozen=True, kw_only=True):
    """What a revision told its readers; the next one is the difference to it."""

    status: Status | None = None
    level: Level | None = None
    n_reports: int = 0
    n_independent: int = 0
    counts: dict[str, int] = {}
    slots: dict[str, tuple[str, ...]] = {}


class Stamps(Message, frozen=True, kw_only=True):
    """When the evidence was published and first seen, and when this revision was decided (news time)."""

    published_at: Timestamp | None = None
    first_seen_at: Timestamp | None = None
    decided_at: Timestamp | None = None


class Revision(Message, frozen=True, kw_only=True):
    """One thing told. `id` is a digest of alert, number, kind, new value, and evidence, so it is never told twice.

    `corrects`: something told before holds no longer, so it goes to everyone who was told anything.
    """

    id: str
    number: int
    kind: ChangeKind
    corrects: bool = False
    text: str
    at: Timestamp | None = None
    evidence: tuple[Evidence, ...] = ()
    stamps: Stamps = Stamps()
    told: Told = Told()


class Alert(Message, frozen=True, kw_only=True):
    """One per (watch, claim) or (watch, story); it lives, in revisions. `version` rises with every one.

    `asks` is a digest of what the watch asked for when it opened. A closed one goes on under an older alert of its watch.
    """

    alert_id: str
    watch_id: str
    watch_version: int
    watch_name: str
    asks: str = ""
    state: Literal["open", "closed"] = "open"
    claim_ids: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()
    revisions: tuple[Revision, ...] = ()
    channels: tuple[Channel, ...] = ()
    policy: Policy = Policy()
    version: int = 0


class AlertState(Message, frozen=True, kw_only=True):
    """One row of the alerter's fold: an alert with all it told, a hit, or a claim; exactly one is given."""

    alert: Alert | None = None
    hit: Hit | None = None
    claim: Claim | None = None


class Suppressed(Message, frozen=True, kw_only=True):
    """What did not become an alert, and why; nothing vanishes."""

    suppressed_id: str
    watch_id: str
    article_id: str | None = None
    claim_id: str | None = None
    reason: SuppressReason
    detail: str = ""
    title: str | None = None
    at: Timestamp | None = None


class Delivery(Message, frozen=True, kw_only=True):
    """One attempt to tell one channel of one revision."""

    delivery_id: str
    alert_id: str
    revision_id: str
    watch_id: str
    channel: str
    kind: ChangeKind
    attempt: int
    outcome: Literal["delivered", "failed", "skipped"]
    detail: str = ""
    at: Timestamp | None = None
