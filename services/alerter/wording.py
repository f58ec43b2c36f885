"""The sentence of a revision: what changed, who, what, where, by whom, who says so, how many.

Now confirmed by the group: Idris Halvane killed in Meris, 9 killed in all (4 independent sources)

What is new is told in the article's own words: its headline, and the quoted sentence if the
headline does not tell the incident or holds no word of the watch. What changes is told in a
sentence of ours:

“Blast kills nine in Meris market”, says Coast Post (1 source)

Where, by whom, and how many is told in ours only if the headline or a quoted sentence says so: what
the claim has from elsewhere the reader cannot check at a glance, and it is wrong more often.
"""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import shorten
from typing import NamedTuple

import msgspec

from services.messages import ChangeKind, Evidence, Status, Told, Wording, WrongReason
from services.text.happening import HEDGED, capital, looks_like_name, what_happened
from services.text.names import fold
from services.text.number_words import numbers_in

_MOST_ALSO = 3
"""Other incidents named in a sentence; the others are counted. A guess, as above."""

_LONGEST_WORDS = 240
"""Characters of a headline or sentence that stands for an alert: three lines of a phone.

A lead of one sentence has 25 to 30 words; with fewer characters it is cut before its news.
"""

_LITTLE = frozenset({"a", "an", "the", "of", "side"})
"""Words of a label that a sentence need not hold: labels put them before or behind a name."""

_SURER: frozenset[Status | None] = frozenset({"claimed", "corroborated", "confirmed"})
"""Statuses that say more than that there is a report."""

_TAKEN_BACK: frozenset[Status | None] = frozenset({"denied", "retracted"})
"""Statuses that words for the event itself would contradict."""


_CORRECTIONS: frozenset[ChangeKind] = frozenset({"retracted", "denied", "corrected"})
"""Kinds of revisions of which the desk may be the cause."""

_BY_DESK: Mapping[Status | None, str] = {
    "retracted": "Taken back by the desk",
    "denied": "Now denied, says the desk",
    "disputed": "Now disputed, says the desk",
}
"""What the desk did, by the status that follows; else it corrected something."""

_WRONG: Mapping[WrongReason, str] = {
    "no-event": "no such event",
    "who": "wrong about who",
    "where": "wrong about where",
    "number": "wrong number",
    "old": "an old event",
    "denied": "the report is a denial",
    "copy": "one source repeats another",
}
"""The desk's reasons in words."""


class Own(NamedTuple):
    """An article's own words for an incident: its headline and a sentence of it, as they are shown.

    Each is in quotation marks, or "".
    """

    headline: str = ""
    sentence: str = ""

    def __str__(self) -> str:
        return ": ".join(filter(None, self))


NO_WORDS = Own()


class Sentence(NamedTuple):
    """The sentence of a revision, and its parts."""

    text: str
    wording: Wording


def sentence(
    kind: ChangeKind,
    before: Told | None,
    now: Told,
    quotes: Sequence[Evidence],
    own: Own = NO_WORDS,
    *,
    outlet: str | None = None,
    desk: WrongReason | None = None,
    others: Iterable[Told] = (),
) -> Sentence:
    """Return one sentence on a revision, what changed first.

    - `quotes`: the sentences that the revision rests on; the first one names who says so.
    - `own`: the article's own words for it, see `own_words`; by default the first quote's.
    - `outlet`: who takes back what rests on no sentence.
    - `desk`: why the desk called it wrong.
    - `others`: the other incidents of the alert that stand. They come last.
    """
    told = before if before is not None and not (now.slots or now.counts) else now
    is_new = kind in ("first", "also") and now.status not in _TAKEN_BACK
    by_default = own if any(own) else own_words("", next(iter(quotes), None))
    in_own = by_default if is_new or not told.event else NO_WORDS
    taker = outlet if now.status == "retracted" else None
    is_own = any(in_own)
    source = _source(quotes[0], now.status, by_outlet=is_own) if quotes else taker
    ground = " ".join((str(own), *(said.quote for said in quotes)))
    if kind == "count" and told.event in told.apart:
        told = _without_names(told)
    core = str(in_own) if is_own else capital(_content(told, now.status, ground))
    change, also = _opening(kind, before, now, source), _also(others)
    if desk and kind in _CORRECTIONS:
        change = f"{_BY_DESK.get(now.status, 'Corrected by the desk')} ({_WRONG[desk]})"
    text = (f"{change}: {core}" if change else core) + _support(now, source, is_own=is_own)
    if also:
        text += f"; {'besides' if kind == 'also' else 'also'}: {'; '.join(also)}"
    return Sentence(text, Wording(change=change, headline=in_own.headline, core=core, also=also))


def _support(now: Told, source: str | None, *, is_own: bool) -> str:
    """Return who says so, and how many; `is_own`: behind an article's own words."""
    is_said = is_own or now.status in HEDGED - {"disputed"}
    text = f", says {source}" if source and is_said and now.status not in _TAKEN_BACK else ""
    if now.n_independent:
        # In ours the status stands at the beginning; a headline says nothing of it.
        level = f"{now.status}, " if is_own and now.status in _SURER else ""
        text += f" ({level}{_sources(now.n_independent)})"
    return text


def own_words(headline: str, said: Evidence | None) -> Own:
    """Return an article's headline and a sentence of it, unless they are the same.

    “Blast kills nine in Meris market”: “The front, which holds the town, said it was a shell.”
    """
    is_more = said is not None and said.quote != headline
    sentence = _in_marks(said.quote, said.mark[1]) if said and is_more else ""
    return Own(_in_marks(headline, 0), sentence)


def _in_marks(words: str, needed: int) -> str:
    """Return words of an article in quotation marks, instead of those that they have around them.

    If they are too long, they are cut so that the character before `needed` is kept.
    """
    start = 0 if needed <= _LONGEST_WORDS else words.find(" ", needed - _LONGEST_WORDS // 2) + 1
    shown = shorten(words[start:], _LONGEST_WORDS, placeholder=" …").strip('"“”')
    return f"“{'… ' if start else ''}{shown}”" if shown else ""


def _source(said: Evidence, status: Status | None, *, by_outlet: bool) -> str | None:
    """Return who says so: of a headline, or of what is taken back, the outlet, not its speaker."""
    by_outlet = by_outlet or (status == "retracted" and bool(said.outlet))
    return said.outlet if by_outlet else said.speaker or said.outlet


def _also(others: Iterable[Told]) -> tuple[str, ...]:
    """Return words for the other incidents: at most _MOST_ALSO, and how many more there are.

    By whom is left out: no sentence that would bear it is at hand.
    """
    named = [_content(_without_agents(told), told.status) for told in others]
    more = len(named) - _MOST_ALSO
    return (*named[:_MOST_ALSO], *([f"and {more} more"] if more > 0 else []))


def _without_agents(told: Told) -> Told:
    slots = {role: labels for role, labels in told.slots.items() if role != "agent"}
    return msgspec.structs.replace(told, slots=slots)


def _without_names(told: Told) -> Told:
    """Return what is told of a toll that is given without the victim who is named."""
    slots = {role: labels for role, labels in told.slots.items() if role == "place"}
    return msgspec.structs.replace(told, slots=slots, apart=())


def _opening(kind: ChangeKind, before: Told | None, now: Told, source: str | None) -> str:
    """Return the words for what changed; "" for a first revision that holds."""
    by = f" by {source}" if source else ""
    if now.status == "retracted":
        return f"Taken back{by}"
    if now.status == "denied":
        return f"{'Now denied' if before else 'Denied'}{by}"
    if kind == "also":
        return "Also"
    if before is None and now.status == "disputed":
        return "Disputed"
    if before is None:
        return "Now" if kind == "status" else ""
    if before.status != now.status:
        return _new_status(before, now, by)
    if kind == "count":
        return "Toll changed"
    if kind == "slot":
        new = [a for a in now.slots.get("agent", ()) if a not in before.slots.get("agent", ())]
        return f"Now also blamed on {' and '.join(new)}"
    return "Corrected" if kind == "corrected" else ""


def _new_status(before: Told, now: Told, by: str) -> str:
    if now.status == "disputed":
        return f"Now disputed, denied{by}" if before.status != "denied" else "Now disputed"
    if before.status == "retracted":
        return f"Again {now.status}" if now.status else "Again"
    if now.status == "confirmed":
        return f"Now confirmed{by}"
    return f"Now {now.status}" if now.status else "Corrected"


def _content(told: Told, status: Status | None, ground: str | None = None) -> str:
    """Return who, what, where, and by whom, as far as `ground` says so; None: all that is known."""
    if ground is not None:
        told = _as_said(told, ground)
    return what_happened(told, status)


def _as_said(told: Told, ground: str) -> Told:
    """Return what sentences say of what is told: of places the first, and of agents.

    Who is named as a victim, and both sides of a dispute, are told all the same.
    """
    text, said = fold(ground), numbers_in(ground)

    def is_said(label: str) -> bool:
        return all(word in text for word in {*fold(label).split()} - _LITTLE)

    slots = dict(told.slots)
    slots["place"] = tuple(filter(is_said, slots.get("place", ())[:1]))
    if "agent" not in told.disputed:
        slots["agent"] = tuple(filter(is_said, slots.get("agent", ())))
    victims = slots.get("patient", ())
    slots["patient"] = tuple(v for v in victims if looks_like_name(v) or is_said(v)) or victims
    return msgspec.structs.replace(
        told,
        slots={role: labels for role, labels in slots.items() if labels},
        counts={event: n for event, n in told.counts.items() if n in said},
    )


def _sources(n: int) -> str:
    return "1 source" if n == 1 else f"{n} independent sources"
