"""The tracker's output: all reports of one real event, folded into one claim."""

import msgspec

from services.messages.base import Cause, Level, Message, Span, Status, Timestamp
from services.messages.judgement import Judgement
from services.messages.verdict import Verdict


class Evidence(Message, frozen=True, kw_only=True):
    """A quoted sentence on which an answer, a step, or an alert rests.

    - `quote`: the sentence. `mark`: the trigger's span, in code points of `quote`.
    - `at`: when the article was published, or first seen if that is earlier.
    - `speaker`: the source that the sentence names, as words.
    - `rule`: the name of the rule that read the event in it, without its version; "" for words
      alone, and in data of older versions.
    """

    article_id: str
    version: int
    report_id: str | None = None
    outlet: str | None = None
    url: str | None = None
    at: Timestamp | None = None
    quote: str
    mark: Span
    speaker: str | None = None
    rule: str = ""


class SlotAnswer(Message, frozen=True, kw_only=True, omit_defaults=True):
    """One answer to one question about a claim (agent, patient, number killed …).

    - `min`, `max`: the range of a number. `max` None: at least `min`.
    - `within`: keys of the division and the country in which a place lies.
    - `origins`: the keys of the origins that give this answer.
    - `events`: of a patient, the events that the reports tell of it ("wounded").
    - `beside`: the keys of the first named patients of the incidents that give this answer; None in
      data of older versions.
    """

    key: str
    label: str
    min: int | None = None
    max: int | None = None
    within: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    events: tuple[str, ...] = ()
    beside: tuple[str, ...] | None = None


class Slot(Message, frozen=True, kw_only=True, omit_defaults=True):
    """All answers to one question. They are listed, never averaged.

    `disputed`: answers of different origins exclude each other.
    """

    answers: tuple[SlotAnswer, ...] = ()
    disputed: bool = False


class OriginGroup(Message, frozen=True, kw_only=True):
    """Articles that count as one independent origin.

    - `key`: None for an unknown origin, which never adds to `n_independent`.
    - `kind`: why they are one (a wire, a cited outlet, a speaker, a publisher, copied text).
    - `members`: article ids. `n`: their number.
    """

    key: str | None
    kind: str
    members: tuple[str, ...]
    n: int


class Transition(Message, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a claim's status, in news time.

    - `report_id`, `article_id`, `evidence`: the report that caused it and its sentence.
    - `shown_by`: the sentences that show the status. "confirmed" has the one that confirms, and
      "disputed" one for the event and one against it. Of the last step they are those in force.
    - `rule`: the name of the status rule. If an analyst dismissed the claim, or the desk called it
      wrong, `report_id` is the id of the judgement or the verdict.
    """

    at: Timestamp | None
    from_: Status | None = msgspec.field(name="from", default=None)
    to: Status
    report_id: str
    article_id: str | None = None
    evidence: Evidence | None = None
    shown_by: tuple[Evidence, ...] = ()
    rule: str


class ClaimCause(Message, frozen=True, kw_only=True, omit_defaults=True):
    """The article version that caused this update, and the sentence that it added or withdrew.

    - `title`: the article's headline. `headline`: the types of event of this claim that it tells.
    """

    article_id: str
    version: int
    cause: Cause = "new"
    published_at: Timestamp | None = None
    first_seen_at: Timestamp | None = None
    last_poll_at: Timestamp | None = None
    evidence: Evidence | None = None
    title: str = ""
    headline: tuple[str, ...] = ()


class Claim(Message, frozen=True, kw_only=True, omit_defaults=True):
    """One real event, as far as it is reported.

    - `event`: the type that names it. `events`: that type, and those of what is told with it in
      its first sentence or at the opening of an article; () in data of older versions.
    - `version`: rises with every article or edit in the block. The same set of reports has the same
      version.
    - `level`: the highest level reached by reports in force. `status`: the level, or a
      contradiction.
    - `counts_approximate`: some articles of the block are only counted, so `n_reports` is an
      estimate.
    - `incident_ids`: the incidents of articles that it is made of, as `article_ids`.
    - `confidence`: the probability that one of its origins was read correctly; None if no report
      that affirms it has one, as in data of older versions.
    - `slots`: question to answers. `history`: the steps of the status, oldest first.
    - `closes_at`: news time at which it closes unless further reports arrive. Passing it is no
      event: nobody is notified.
    - `merged_into`: the id of the claim that now holds most of its reports; this one has ended.
      `split_from`: ids of published claims that held some of its reports. Both depend on what was
      published before, so the fold alone does not give them.
    - `verdicts`: what the desk says is wrong in it, in order of time; all of it is mended here.
    - `cause`: the article versions since the last update.
    - `cut`: what was left out because the claim would be too large: the middle of its lists. Counts
      and status still cover everything.
    """

    claim_id: str
    block: str
    event: str
    events: tuple[str, ...] = ()
    level: Level | None = None
    status: Status
    n_reports: int
    n_independent: int
    confidence: float | None = None
    counts_approximate: bool = False
    origins: tuple[OriginGroup, ...] = ()
    slots: dict[str, Slot] = {}
    history: tuple[Transition, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    article_ids: tuple[str, ...] = ()
    incident_ids: tuple[str, ...] = ()
    opened_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    closes_at: Timestamp | None = None
    merged_into: str | None = None
    split_from: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    version: int
    cause: tuple[ClaimCause, ...] = ()
    cut: str | None = None

    @property
    def shown_by(self) -> tuple[Evidence, ...]:
        """The sentences that show the present status: see `Transition`."""
        return self.history[-1].shown_by if self.history else ()
