"""The part of a claim that alerts are made of.

A claim of many articles is mostly quotations, origins, and history, which no watch asks for.
"""

from collections.abc import Sequence

import msgspec

from services.messages import Claim, Slot, Transition, Verdict

LISTED = 200
"""Articles, and incidents, of a claim that are listed: the first and the last of them.

A guess: a hit comes within seconds of its claim, while few articles join in between. It bounds an
update to about 10 kB.
"""


def projected(claim: Claim) -> Claim:
    """Return a claim without what alerts do not need. It is its own projection."""
    causes = [cause.article_id for cause in claim.cause]
    return msgspec.structs.replace(
        claim,
        origins=(),
        history=tuple(map(_without_cause, claim.history[-1:])),
        judgements=(),
        verdicts=tuple(map(_only_why, claim.verdicts)),
        slots={name: _without_evidence(slot) for name, slot in claim.slots.items()},
        evidence=claim.evidence[:1],
        article_ids=listed(claim.article_ids, causes),
        incident_ids=listed(claim.incident_ids),
    )


def listed(ids: Sequence[str], needed: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the first and last ids, at most `LISTED`, and those needed, in their order."""
    if len(ids) <= LISTED:
        return tuple(ids)
    half = LISTED // 2
    kept = {*ids[:half], *ids[-half:], *needed}
    return tuple(id for id in ids if id in kept)


def _without_cause(step: Transition) -> Transition:
    """Return a step with the sentences that show its status, without the one that caused it."""
    return msgspec.structs.replace(step, evidence=None)


def _only_why(verdict: Verdict) -> Verdict:
    """Return a verdict with what a sentence tells of it: its time and its reason."""
    return msgspec.structs.replace(verdict, blocks=(), reports=(), rules=(), keys=(), note="")


def _without_evidence(slot: Slot) -> Slot:
    answers = (msgspec.structs.replace(a, origins=(), evidence=()) for a in slot.answers)
    return msgspec.structs.replace(slot, answers=tuple(answers))
