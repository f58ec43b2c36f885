"""An analyst's decision about a claim.

The fold treats it like a report, so it may come in any order.
"""

from typing import Literal

from services.messages.base import Message, Timestamp

JudgementKind = Literal["split", "merge", "dismiss", "note", "undo"]


class Judgement(Message, frozen=True, kw_only=True):
    """One decision: its author, its time, and its reason.

    A late report may change a claim's id, so claims are identified by reports in them.

    - `reports`: ids of reports of the claim judged. `other_reports`: of the claim to merge it with.
    - `articles`: ids of the articles that a split separates.
    - `undoes`: the id of the judgement that this one revokes.
    - `claim_id`: the claim's id at the time of the judgement.
    """

    judgement_id: str
    kind: JudgementKind
    block: str
    claim_id: str
    reports: tuple[str, ...] = ()
    other_reports: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    undoes: str | None = None
    by: str
    at: Timestamp
    why: str
