"""Watches, their delivery rules, and commands about their alerts."""

from typing import Literal

import msgspec

from services.messages.base import Level, Message, Timestamp

ChangeKind = Literal[
    "first",
    "status",
    "independent",
    "count",
    "slot",
    "denied",
    "corrected",
    "retracted",
    "merged",
    "split",
    "also",
]
"""The kind of a revision, from the subscriber's side.

`merged`: an older alert continues this one. `also`: the article tells of one more incident.
"""

Urgent = Literal[ChangeKind, Level]
"""A kind of change, or a level that a claim has reached."""


DEFAULT_CONFIDENCE = 0.4
"""The least confidence of a claim that a watch alerts on, if the watch gives none.

About half of what is read with this confidence is right (docs/quality.md); what an article does not
put first has to reach the same to be told. Of the alerts on quiet articles none reaches it.
"""


class ClaimCondition(Message, frozen=True, kw_only=True):
    """What a claim must be: one of the values of each field that is given, and at least each bound.

    - `event`: event types.
    - `actor`: people, groups, or states in any role, by id or by name.
    - `patient`: whom it befell, by id or by name.
    - `agent`: who did it, by id or by name.
    - `place`: countries, regions, or towns; a place holds all places that lie in it.
    - `status`: the lowest level.
    - `independent`: the least number of independent origins.
    - `killed`: the least number of dead that a report tells.
    - `confidence`: the least probability, from 0 to 1, that the surest report was read correctly.
    """

    event: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    patient: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    status: Level | None = None
    independent: int = 0
    killed: int = 0
    confidence: float = DEFAULT_CONFIDENCE


ALL_BUT_JOINS: tuple[ChangeKind, ...] = (
    "first",
    "status",
    "independent",
    "count",
    "slot",
    "denied",
    "corrected",
    "retracted",
    "also",
)
"""The kinds that a channel gets if it names none: a reader need not know that alerts were joined
or parted."""


class Channel(Message, frozen=True, kw_only=True):
    """A destination of revisions, and the kinds of change that it receives.

    `to`: the scheme of a channel and its address, such as `webhook:https://example.org/hook`.
    """

    to: str
    when: tuple[ChangeKind, ...] = ALL_BUT_JOINS


class Quiet(Message, frozen=True, kw_only=True):
    """Hours of the day (`HH:MM`, in the time zone `zone`) in which revisions wait.

    - `zone`: "": that of the subscriber, or UTC for a channel without one.
    - `except`: revisions of such a kind or level go out at once.
    """

    from_: str = msgspec.field(name="from")
    to: str
    zone: str = ""
    except_: tuple[Urgent, ...] = msgspec.field(name="except", default=())


class Every(Message, frozen=True, kw_only=True):
    """A length of time, such as "30m" or "1h"."""

    every: str


class DigestRule(Message, frozen=True, kw_only=True):
    """When collected revisions go out: `every` or `at`, never both.

    - `every`: the next full interval of this length, counted from midnight UTC, such as "1h".
    - `at`: the next of these times of day (`HH:MM`).
    - `zone`: the time zone of `at`; "": that of the subscriber, or UTC for a channel without one.
    """

    every: str = ""
    at: tuple[str, ...] = ()
    zone: str = ""


class Policy(Message, frozen=True, kw_only=True):
    """When the revisions of a watch go out. All None: at once.

    - `digest`: revisions wait and go out together.
    - `throttle`: the least time between two deliveries of one alert.
    """

    quiet: Quiet | None = None
    digest: DigestRule | None = None
    throttle: Every | None = None


class Watch(Message, frozen=True, kw_only=True):
    """A saved watch: a text query, a condition on claims, or both.

    - `id`: a short stable name, by which commands mean it.
    - `name`: the heading of its alerts.
    - `query`: words that articles must hold, in Lucene syntax.
    - `claim`: what claims must be.
    - `passing`: true if words that an article only mentions in passing alert, too.
    - `unless`: words that the sentence of an alert must not hold: its exceptions.
    - `not_rules`: rules of the tagger that the sentence of an alert must not be read by.
    - `deliver`: the channels that get its alerts.
    - `quiet`: hours in which changes wait.
    - `digest`: changes wait for the next full interval, or for a time of day.
    - `throttle`: the least time between two messages about one alert.
    - `owner`: who is asked about it.
    - `enabled`: false switches it off.
    """

    id: str
    name: str
    query: str | None = None
    claim: ClaimCondition | None = None
    passing: bool = False
    unless: tuple[str, ...] = ()
    not_rules: tuple[str, ...] = ()
    deliver: tuple[Channel, ...] = (Channel(to="log:"),)
    quiet: Quiet | None = None
    digest: DigestRule | None = None
    throttle: Every | None = None
    version: int = 1
    owner: str | None = None
    enabled: bool = True
    saved_at: Timestamp | None = None

    @property
    def policy(self) -> Policy:
        """The delivery rules of the watch as one value."""
        return Policy(quiet=self.quiet, digest=self.digest, throttle=self.throttle)


class Command(Message, frozen=True, kw_only=True):
    """A reader's command about one alert, or about all alerts of a watch (`alert_id` None).

    - acknowledge: somebody has seen it, so nobody else is told until its status changes.
    - snooze: nothing goes out before `until`.
    - mute: nothing goes out until its status changes.
    - reopen: takes an acknowledgement back.
    - resume: ends all of them.
    - redrive: what was given up is tried again, and a destination that is off is on again. `to`
      names one destination; "" means all.

    `recipient`: whom alone it is about, as signed links name it; "": everybody.
    `revision`: the revision that was seen; 0: all that were made before the command.
    `undoes`: the id of the command that this one takes back, and no other; "": a new order.
    """

    command_id: str
    watch_id: str
    alert_id: str | None = None
    recipient: str = ""
    revision: int = 0
    action: Literal["acknowledge", "snooze", "mute", "reopen", "resume", "redrive"]
    to: str = ""
    until: Timestamp | None = None
    by: str = ""
    undoes: str = ""
    at: Timestamp
