"""Slots: every answer that a claim's reports give to who, to whom, how many, where, and by what means."""

from collections.abc import Sequence

from services.messages import BlockReports, ClaimReport, Slot, SlotAnswer
from services.tracker.evidence import evidence
from services.tracker.independence import origin_key

MAX_EVIDENCE = 3
"""Quoted sentences kept an answer."""

_ROLES = ("agent", "patient", "place", "instrument", "target")
_EXCLUSIVE = frozenset({"agent"})
"""Slots in which answers of different origins exclude each other: one act has one perpetrator's side."""

Said = tuple[BlockReports, ClaimReport]


def slots(said: Sequence[Said]) -> dict[str, Slot]:
    """Return the slots of reports given in canonical order; an empty slot is left out."""
    found = {role: _role_slot(role, said) for role in _ROLES}
    for event in sorted({count.of for _, report in said for count in report.counts}):
        found[f"count.{event}"] = _count_slot(event, said)
    return {name: slot for name, slot in found.items() if slot.answers}


def _role_slot(role: str, said: Sequence[Said]) -> Slot:
    answers: dict[str, SlotAnswer] = {}
    for article, report in said:
        for answer in getattr(report, role):
            answers[answer.key] = _add(answers.get(answer.key), answer.key, answer.label, article, report)
    sides = [set(a.origins) for a in answers.values()]
    apart = any(a and b and not a & b for i, a in enumerate(sides) for b in sides[:i])
    return Slot(answers=tuple(answers.values()), disputed=role in _EXCLUSIVE and apart)


def _count_slot(event: str, said: Sequence[Said]) -> Slot:
    """Return all numbers said; disputed when the last words of different origins leave no common number."""
    answers: dict[str, SlotAnswer] = {}
    last: dict[str, tuple[int, int]] = {}
    for article, report in said:
        for count in (c for c in report.counts if c.of == event and c.min is not None):
            low, high = count.min or 0, count.max
            key = f"{low}" if high == low else f"{low}-{high if high is not None else ''}"
            answers[key] = _add(answers.get(key), key, key, article, report, low, high)
            last[origin_key(article, report)[1] or article.article_id] = (low, high if high is not None else 10**9)
    disputed = bool(last) and max(low for low, _ in last.values()) > min(high for _, high in last.values())
    return Slot(answers=tuple(answers.values()), disputed=disputed)


def _add(
    known: SlotAnswer | None,
    key: str,
    label: str,
    article: BlockReports,
    report: ClaimReport,
    low: int | None = None,
    high: int | None = None,
) -> SlotAnswer:
    origin = origin_key(article, report)[1]
    origins = dict.fromkeys((*(known.origins if known else ()), *([origin] if origin else [])))
    quotes = known.evidence if known else ()
    if len(quotes) < MAX_EVIDENCE:
        quotes = (*quotes, evidence(article, report))
    return SlotAnswer(key=key, label=known.label if known else label, min=low, max=high, origins=tuple(origins), evidence=quotes)
