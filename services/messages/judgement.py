"""What an analyst decides about a claim: an element of the fold like any report, so it holds whenever it comes."""

from typing import Literal

from services.messages.base import Message, Timestamp

JudgementKind = Literal["split", "merge", "dismiss", "note", "undo"]


class Judgement(Message, frozen=True, kw_only=True):
    """Who decided what, when, and why.

    Claims are meant by reports in them, since a late report may change a claim's id: `reports` are of the claim judged,
    `other_reports` of the one it is merged with. `articles` are those that a split sets apart, `undoes` the id of the
    judgement that no longer holds. `claim_id` is what the claim was called when it was judged.
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
