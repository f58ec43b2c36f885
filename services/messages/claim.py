"""What the tracker publishes: all reports of one real event, folded."""

import msgspec

from services.messages.base import Cause, Level, Message, Span, Status, Timestamp
from services.messages.judgement import Judgement


class Evidence(Message, frozen=True, kw_only=True):
    """A quoted sentence that an answer, a step, or an alert rests on. `mark` is the trigger's span inside `quote`."""

    article_id: str
    version: int
    report_id: str | None = None
    outlet: str | None = None
    url: str | None = None
    at: Timestamp | None = None
    quote: str
    mark: Span
    speaker: str | None = None


class SlotAnswer(Message, frozen=True, kw_only=True):
    """One answer to one question (who did it, to whom, how many …) and who gives it. Numbers also carry their range."""

    key: str
    label: str
    min: int | None = None
    max: int | None = None
    origins: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Slot(Message, frozen=True, kw_only=True):
    """All answers; `disputed` when different origins give answers that exclude each other. Nothing is averaged."""

    answers: tuple[SlotAnswer, ...] = ()
    disputed: bool = False


class OriginGroup(Message, frozen=True, kw_only=True):
    """Articles that count as one voice, and why; `key` is None for an unknown origin, which never adds."""

    key: str | None
    kind: str
    members: tuple[str, ...]
    n: int


class Transition(Message, frozen=True, kw_only=True):
    """One step of a claim's life in news time: which report of which article moved it, on what words, by which rule.

    Where an analyst dismissed the claim, `report_id` is the id of the judgement.
    """

    at: Timestamp | None
    from_: Status | None = msgspec.field(name="from", default=None)
    to: Status
    report_id: str
    article_id: str | None = None
    evidence: Evidence | None = None
    rule: str


class ClaimCause(Message, frozen=True, kw_only=True):
    """The message that made this update, and the sentence it brought or withdrew."""

    article_id: str
    version: int
    cause: Cause = "new"
    published_at: Timestamp | None = None
    first_seen_at: Timestamp | None = None
    last_poll_at: Timestamp | None = None
    evidence: Evidence | None = None


class Claim(Message, frozen=True, kw_only=True):
    """A living claim. `version` rises with every article or edit in its block and is the same for the same set of reports.

    `closes_at`, in news time, is when it counts as closed unless more is said of it: a date and no event, so nobody is told.
    `merged_into`: the claim where most of its reports stand now, and it is no claim any more. `split_from`: claims told before
    in which some of its reports stood. Both say what became of what was told, so they are parts of the telling, not of the fold.
    `cut` says what was left out of a claim that would be too large: the middle of what is listed; counts and status are of all.
    """

    claim_id: str
    block: str
    event: str
    level: Level | None = None
    status: Status
    n_reports: int
    n_independent: int
    counts_approximate: bool = False
    origins: tuple[OriginGroup, ...] = ()
    slots: dict[str, Slot] = {}
    history: tuple[Transition, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    article_ids: tuple[str, ...] = ()
    opened_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    closes_at: Timestamp | None = None
    merged_into: str | None = None
    split_from: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    version: int
    cause: tuple[ClaimCause, ...] = ()
    cut: str | None = None
