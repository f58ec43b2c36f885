"""Names in place of keys: events, statuses, and questions, as people read them."""

from textwrap import shorten

from services.messages import Claim, Status
from services.text.happening import capital, told_of_claim, what_happened, words

STATUS_NAMES: dict[str, str] = {
    "reported": "Reported",
    "claimed": "Claimed",
    "corroborated": "Corroborated",
    "confirmed": "Confirmed",
    "disputed": "Disputed",
    "denied": "Denied",
    "retracted": "Taken back",
}
"""Status to its name."""

_QUESTIONS = {
    "patient": "Who was affected",
    "target": "What was hit",
    "place": "Where",
    "agent": "By whom",
    "instrument": "By what means",
}
"""Slot to its question, in the order in which they are shown."""

LONGEST_QUOTE = 140
"""Characters of a sentence that stands for a claim: two lines of a phone."""

_COUNT = "count."


def claim_sentence(claim: Claim) -> str:
    """Return what a claim says, the subject first: "Idris Halvane reportedly killed in Meris".

    One that nothing is left of has no answers: its first sentence stands for them.
    """
    return sentence_of(claim, claim.status)


def sentence_of(claim: Claim, status: Status) -> str:
    """Return the same as it would be told under a status."""
    told = told_of_claim(claim)
    if not (told.slots or told.counts) and claim.evidence:
        return by_quote(claim.event, claim.evidence[0].quote)
    return capital(what_happened(told, status))


def by_quote(event: str, quote: str) -> str:
    """Return what stands for an event of which no answer is left: 'Arrests: “…”'."""
    return f"{capital(event_name(event))}: “{shorten(quote, LONGEST_QUOTE, placeholder=' …')}”"


def event_name(event: str) -> str:
    """Return the name of a type of event: "use of force", "deaths"."""
    known = words().get(event)
    return known.noun if known else event.replace("-", " ")


def question(slot: str) -> str:
    """Return the question that a slot answers: "Where", "How many killed"."""
    if slot.startswith(_COUNT):
        return f"How many {befallen(slot.removeprefix(_COUNT))}"
    return _QUESTIONS.get(slot, capital(slot.replace("-", " ")))


def befallen(event: str) -> str:
    """Return what befell people in an event: "killed", "evacuated"."""
    known = words().get(event)
    return (known.befell if known else None) or event.replace("-", " ")


def slot_order(slot: str) -> tuple[int, str]:
    """Return what slots are sorted by: who, what, where, how many, by whom, by what means."""
    order = ("patient", "target", "place", _COUNT, "agent", "instrument")
    name = _COUNT if slot.startswith(_COUNT) else slot
    return (order.index(name) if name in order else len(order)), slot
