"""What a claim answers to each question, by whom, and what is disputed: both sides side by side."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.desk.naming import UNKNOWN
from services.desk.words import question, slot_order
from services.messages import Claim, Evidence, Slot, SlotAnswer

MOST_ANSWERS = 8
"""Answers of a question that are shown. A guess: more are a list that nobody compares."""

MOST_OPEN = 3
"""Answers of an undisputed question that are shown without a click."""

MOST_SPEAKERS = 4
"""Names of those who give an answer; the others are counted."""

MOST_QUOTES = 2
"""Sentences of an answer that are shown: a claim keeps the first three."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and who gives it.

    - `by`: names, at most `MOST_SPEAKERS`; `more`: how many others.
    - `quotes`: sentences that give it. `is_latest`: of several numbers, the one given last.
    """

    label: str
    by: tuple[str, ...]
    more: int
    quotes: tuple[Evidence, ...]
    is_latest: bool = False

    @property
    def speakers(self) -> str:
        """Who gives it, in words: "the Salt Front, Coast Post and 3 more"."""
        if not self.by:
            return "no known source"
        return f"{', '.join(self.by)} and {self.more} more" if self.more else _listed(self.by)


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a claim with its answers. Nothing is averaged.

    - `summary`: of several numbers, the least, the most, and the latest.
    - `is_disputed`: answers of different sources exclude each other. `left_out`: how many more.
    """

    slot: str
    asked: str
    answers: tuple[Said, ...]
    summary: str = ""
    is_disputed: bool = False
    left_out: int = 0

    @property
    def n_open(self) -> int:
        """How many of the answers are shown without a click: of a dispute, all."""
        return len(self.answers) if self.is_disputed else MOST_OPEN


@dataclass(frozen=True, slots=True)
class Sides:
    """A dispute about whether it happened: a sentence that says so, and one that denies it."""

    affirmed: Evidence
    denied: Evidence


def questions_of(claim: Claim, names: Mapping[str, str]) -> tuple[Question, ...]:
    """Return the questions that a claim answers, in the order in which one asks."""
    slots = sorted(claim.slots, key=slot_order)
    return tuple(_question(name, claim.slots[name], names) for name in slots if _has(claim, name))


def sides_of(claim: Claim) -> Sides | None:
    """Return both sides of a claim that is disputed as a whole; None for any other."""
    shown = claim.shown_by
    if claim.status != "disputed" or len(shown) < 2:
        return None
    return Sides(shown[0], shown[1])


def range_of(slot: Slot) -> str:
    """Return "7 to 12, the latest 9"; "" for fewer than two numbers. Nothing is averaged."""
    numbers = [answer for answer in slot.answers if answer.min is not None]
    if len(numbers) < 2:
        return ""
    highest = [answer.max for answer in numbers]
    most = "any number" if None in highest else max(n or 0 for n in highest)
    return f"{min(a.min or 0 for a in numbers)} to {most}, the latest {_latest(numbers).label}"


def speakers_of(answer: SlotAnswer, names: Mapping[str, str]) -> list[str]:
    """Return the names of those who give an answer, each once."""
    return list(dict.fromkeys(names.get(key, UNKNOWN) for key in answer.origins))


def _has(claim: Claim, name: str) -> bool:
    return bool(claim.slots[name].answers)


def _question(name: str, slot: Slot, names: Mapping[str, str]) -> Question:
    numbers = [answer for answer in slot.answers if answer.min is not None]
    latest = _latest(numbers) if len(numbers) > 1 else None
    ordered = sorted(slot.answers, key=lambda answer: -len(answer.origins))
    shown = _with_latest(ordered, latest)
    return Question(
        slot=name,
        asked=question(name),
        answers=tuple(_said(answer, names, is_latest=answer is latest) for answer in shown),
        summary=range_of(slot),
        is_disputed=slot.disputed,
        left_out=len(ordered) - len(shown),
    )


def _with_latest(ordered: Sequence[SlotAnswer], latest: SlotAnswer | None) -> list[SlotAnswer]:
    """Return the answers that are shown: of numbers, the latest is among them."""
    shown = list(ordered[:MOST_ANSWERS])
    if latest is not None and not any(answer is latest for answer in shown):
        shown[-1] = latest
    return shown


def _said(answer: SlotAnswer, names: Mapping[str, str], *, is_latest: bool) -> Said:
    by = speakers_of(answer, names)
    return Said(
        label=answer.label,
        by=tuple(by[:MOST_SPEAKERS]),
        more=max(0, len(by) - MOST_SPEAKERS),
        quotes=tuple(_distinct(answer.evidence))[:MOST_QUOTES],
        is_latest=is_latest,
    )


def _latest(numbers: Iterable[SlotAnswer]) -> SlotAnswer:
    return max(numbers, key=lambda a: max((e.at for e in a.evidence if e.at), default=_LONG_AGO))


def _distinct(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """Yield sentences, each wording once."""
    seen: set[str] = set()
    for said in evidence:
        if said.quote not in seen:
            seen.add(said.quote)
            yield said


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
