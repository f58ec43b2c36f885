"""The desk's verdict on what the program told: right, wrong and why, or right and not wanted.

The fold treats a wrong one like a report, so it may come in any order.
"""

from typing import Annotated, Literal, get_args

import msgspec

from services.messages.base import Message, Timestamp

About = Literal["incident", "claim", "alert"]
"""What a verdict judges."""

VerdictAnswer = Literal["right", "wrong", "unwanted", "undo"]
"""`unwanted`: it is right, but the watch should not have told it. `undo` takes a verdict back."""

WrongReason = Literal["no-event", "who", "where", "number", "old", "denied", "copy"]
"""What is wrong.

- no-event: nothing of the kind happened, or the article does not say so.
- who, where, number: an answer is wrong; `keys` say which.
- old: it is an earlier event told again.
- denied: the article denies it.
- copy: the article repeats another one, and is no voice of its own.
"""

WRONG_REASONS: tuple[WrongReason, ...] = get_args(WrongReason)

MAX_REPORTS = 64
"""Reports that a verdict names. One is enough to find its claim; 64 ids have 1.5 kB."""

MAX_NAMED = 16
"""Blocks, rules, or wrong answers that a verdict names. A guess: an incident has a few."""

NOTE_CHARS = 500
"""Characters of a remark: a short paragraph."""

REALLY_CHARS = 200
"""Characters of a name that a verdict gives."""

_Id = Annotated[str, msgspec.Meta(max_length=200)]
_Name = Annotated[str, msgspec.Meta(max_length=1_000)]
_Reports = Annotated[tuple[_Id, ...], msgspec.Meta(max_length=MAX_REPORTS)]
_Named = Annotated[tuple[_Name, ...], msgspec.Meta(max_length=MAX_NAMED)]
_Week = Annotated[str, msgspec.Meta(pattern="^[0-9]{4}-W[0-9]{2}$")]


class Verdict(Message, frozen=True, kw_only=True, omit_defaults=True):
    """One verdict: its author, its time, and what it is about.

    A late report may change a claim's id, so a claim is found by reports in it.

    - `about`, `id`: what is judged. `article_id`, `claim_id`, `watch_id`: where it was seen.
    - `blocks`: those of the reports; the verdict is sent to each.
    - `reports`: ids of the incident's reports, or of some of the claim's.
    - `event`: the type of event. `rules`: those that made the incident's reports.
    - `reason`: of a wrong one. `keys`: the wrong answers as `slot:key` ("patient:ada brenn",
      "count.killed:5"); none: all of that kind.
    - `labels`: what the wrong answers are called, in the order of `keys`.
    - `really`: who the wrong one really is, by name; of one wrong "who" alone.
    - `undoes`: the id of the verdict that this one takes back; of an undo only.
    - `sample`: the ISO week whose sample holds the claim.

    Raises ValueError if the fields contradict each other.
    """

    verdict_id: _Id
    about: About
    id: _Id
    article_id: _Id | None = None
    claim_id: _Id | None = None
    watch_id: _Id | None = None
    blocks: _Named = ()
    reports: _Reports = ()
    event: _Id = ""
    rules: _Named = ()
    answer: VerdictAnswer
    reason: WrongReason | None = None
    keys: _Named = ()
    labels: _Named = ()
    really: Annotated[str, msgspec.Meta(max_length=REALLY_CHARS)] = ""
    note: Annotated[str, msgspec.Meta(max_length=NOTE_CHARS)] = ""
    by: _Id
    at: Timestamp
    undoes: _Id | None = None
    sample: _Week | None = None

    def __post_init__(self) -> None:
        if (self.answer == "wrong") != (self.reason is not None):
            raise ValueError("a reason belongs to a wrong verdict, and each wrong one has one")
        if (self.answer == "undo") != (self.undoes is not None):
            raise ValueError("an undo names the verdict that it takes back, and no other does")
        if self.really and (self.reason != "who" or len(self.keys) != 1):
            raise ValueError("only of one wrong name it is said who it really is")
        if self.answer == "unwanted" and self.watch_id is None:
            raise ValueError("what is not wanted is not wanted by a watch")

    @property
    def is_whole(self) -> bool:
        """True if it judges a whole claim, False for the incident of one article."""
        return self.about == "claim" or (self.about == "alert" and self.claim_id is not None)
