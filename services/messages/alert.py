"""Hits, the alerts made of them, suppressed hits, and deliveries."""

from typing import Literal

from services.messages.base import Cause, Level, Message, Sketch, Span, Status, Timestamp
from services.messages.claim import Claim, Evidence
from services.messages.watch import ChangeKind, Channel, Policy

SuppressReason = Literal[
    "boilerplate",
    "background",
    "passing",
    "unless",
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
"""Why a hit raises no alert.

`passing`: the words stand only in passing, and the watch does not ask for such.
`unless`: the sentence is an exception of the watch, by its words or the rule that read it.
`withdrawn`: an edit of the article removed the words or the report that matched.
"""


class HitReport(Message, frozen=True, kw_only=True, omit_defaults=True):
    """The report on which a hit rests: the one whose sentence holds most of the matched spans.

    - `incident_id`: the incident that it tells of; "" in data of older versions.
    - `headline`: true if the article's headline tells that incident, its strongest type of event.
    - `counts`, `slots`: the incident's numbers, and labels of its people and places, as in `Told`.
    """

    report_id: str
    incident_id: str = ""
    headline: bool = False
    block: str
    event: str
    status: Status
    speakers: tuple[str, ...] = ()
    counts: dict[str, int] = {}
    slots: dict[str, tuple[str, ...]] = {}
    evidence: Evidence


class Hit(Message, frozen=True, kw_only=True, omit_defaults=True):
    """A match of a watch in an article, or a message for every partition that has a watch.

    Messages for every partition have `watch_id` None. They are of two kinds: a claim update
    (`claim` is given), or an edit of an article. An edit withdraws the hits of the article's
    earlier versions.

    - `spans`: the words matched, in code points of the article's canonical text.
    - `report`, `evidence`: the report and the sentences on which the hit rests.
    - `also`: the article's other incidents whose sentences hold the words.
    - `suppressed`: why it raises no alert; None if it may.
    - `claim`: the projection of a claim (in data of older versions, the whole claim).
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
    also: tuple[HitReport, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    suppressed: SuppressReason | None = None
    claim: Claim | None = None


class Told(Message, frozen=True, kw_only=True):
    """The values that a revision published. The next revision is the difference from them.

    - `event`: the type of event; "" for a match of words alone, and in data of older versions.
    - `counts`: question ("killed") to the number published. `slots`: question to labels of its
      answers. `disputed`: the questions whose answers exclude each other. `apart`: the events whose
      numbers no report gives together with the victim who is named.
    """

    event: str = ""

    status: Status | None = None
    level: Level | None = None
    n_reports: int = 0
    n_independent: int = 0
    counts: dict[str, int] = {}
    slots: dict[str, tuple[str, ...]] = {}
    disputed: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


class Stamps(Message, frozen=True, kw_only=True):
    """Times of a revision, all news time.

    `published_at`, `first_seen_at`: of the evidence. `decided_at`: when the revision was decided.
    """

    published_at: Timestamp | None = None
    first_seen_at: Timestamp | None = None
    decided_at: Timestamp | None = None


class Wording(Message, frozen=True, kw_only=True, omit_defaults=True):
    """The parts of a revision's text, for those who set it in another form. A text joins them.

    All are empty in data of older versions. Of an older revision only `change` is kept.

    - `change`: what changed ("Now denied by the group"); "" for what is told for the first time.
    - `headline`: of the article whose words tell it, in quotation marks; "" if they are ours.
    - `core`: what is said to have happened, in the article's words or in ours.
    - `also`: the other incidents that it names; the last one may be "and 2 more".
    """

    change: str = ""
    headline: str = ""
    core: str = ""
    also: tuple[str, ...] = ()


class Revision(Message, frozen=True, kw_only=True):
    """One update of an alert.

    - `id`: a digest of alert, number, kind, new value, and evidence, so that no update is sent
      twice.
    - `number`: counts from 1 within the alert.
    - `corrects`: something published before no longer holds. It goes to everyone who received
      anything of the alert.
    - `text`: one sentence. `wording`: its parts.
    - `about`: the id of the `Also` that it tells of; "" if it tells of the main incident.
    - `told`: the values published of that incident, with this revision.
    """

    id: str
    number: int
    kind: ChangeKind
    corrects: bool = False
    text: str
    wording: Wording = Wording()
    at: Timestamp | None = None
    evidence: tuple[Evidence, ...] = ()
    stamps: Stamps = Stamps()
    about: str = ""
    told: Told = Told()


class Also(Message, frozen=True, kw_only=True):
    """Another incident of an alert. It is followed and corrected, and opens no alert of its own.

    - `id`: the incident of the article, or the claim, by which it was first known.
    - `claim_ids`: the claims that it is now told by; none yet if it rests on an article's words.
    - `told`: the values last published; None if there are none yet.
    """

    id: str
    claim_ids: tuple[str, ...] = ()
    told: Told | None = None


class Alert(Message, frozen=True, kw_only=True):
    """One match of a watch with a claim, or with a story without a claim, in revisions.

    - `version`: rises with every revision.
    - `asks`: a digest of the watch's conditions when the alert opened.
    - `state`: a closed alert is continued by an older alert of the same watch.
    - `opened_by`: the article that it began with, then those whose incidents it tells in place of
      an alert of their own.
    - `claim_ids`: the claims of its main incident, the last one tells it now, and `incident_id` the
      one of an article, if it opened on words; "" for words alone. `also`: the other incidents.
    - `channels`, `policy`: the delivery rules of the watch.
    """

    alert_id: str
    watch_id: str
    watch_version: int
    watch_name: str
    asks: str = ""
    state: Literal["open", "closed"] = "open"
    opened_by: tuple[str, ...] = ()
    incident_id: str = ""
    claim_ids: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()
    article_ids: tuple[str, ...] = ()
    revisions: tuple[Revision, ...] = ()
    channels: tuple[Channel, ...] = ()
    policy: Policy = Policy()
    version: int = 0

    @property
    def claim_id(self) -> str:
        """The claim that tells its main incident now; "" for none."""
        return self.claim_ids[-1] if self.claim_ids else ""

    @property
    def all_claim_ids(self) -> tuple[str, ...]:
        """The claims of all its incidents: first that which tells the main one, then its others."""
        named = (id for also in self.also for id in reversed(also.claim_ids))
        return tuple(dict.fromkeys((*reversed(self.claim_ids), *named)))

    @property
    def is_over(self) -> bool:
        """True if nothing of it holds any longer, or another alert continues it."""
        if self.state == "closed":
            return True
        main = next((each for each in reversed(self.revisions) if not each.about), None)
        others = (also.told for also in self.also)
        return (
            main is not None
            and main.kind == "retracted"
            and all(told is None or told.status == "retracted" for told in others)
        )


class AlertState(Message, frozen=True, kw_only=True, omit_defaults=True):
    """One row of the alerter's fold: an alert, a hit, or a claim. Exactly one is given.

    `came_at`: when a claim came as news, by the news clock; only where that was a day or more after
    its articles were seen.
    """

    alert: Alert | None = None
    hit: Hit | None = None
    claim: Claim | None = None
    came_at: Timestamp | None = None


class Suppressed(Message, frozen=True, kw_only=True):
    """A hit that raised no alert, or a revision that was held back, with its reason."""

    suppressed_id: str
    watch_id: str
    article_id: str | None = None
    claim_id: str | None = None
    reason: SuppressReason
    detail: str = ""
    title: str | None = None
    at: Timestamp | None = None


class Delivery(Message, frozen=True, kw_only=True):
    """One attempt to deliver one revision to one channel.

    - `article_id`: the article whose sentence the revision quotes last; "" if it quotes none.
    - `seen_at`: news time at which the evidence of the revision was first seen, if it was delivered
      at the first try and waited for nobody's order (quiet hours, a digest, a snooze); else None.
    """

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
    seen_at: Timestamp | None = None
    article_id: str = ""
