"""What a watch may learn from the desk's verdicts, and what each change would have done. Pure.

alerts of a watch, some of them judged ─► changes that can only narrow it ─► the difference of each
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from services.desk.exceptions import LEAST_HELD, exceptions
from services.desk.past import Difference, PastAlert, difference, still_told
from services.desk.words import event_name
from services.messages import ClaimCondition, Watch
from services.messages.watch import DEFAULT_CONFIDENCE
from services.text.counts import counted

LEAST_RIGHT = 6
"""Right alerts of a watch without which it is not narrowed to events.

If one of five told no event, six would all tell one once in four times: so bench/verdicts.py holds
that no story is missed for it.
"""

LEAST_OF_RULE = 3
"""Wrong alerts by one rule from which a watch may leave it out, and more than its right ones.

A guess: a rule reads a whole construction of English, so one or two mistakes say little of it.
"""

MOST_RULES = 3
"""Rules that are suggested for one watch. A guess: a reader weighs each by itself."""

_STEP = 0.01
"""The step in which a confidence is suggested."""

Kind = Literal["unless", "rule", "confidence", "event", "alias"]


@dataclass(frozen=True, slots=True)
class Wider:
    """What a watch that also finds another name would have told: it can only tell more.

    Tried by a backtest on `n_read` of `n_found` articles. `problem`: why it could not be tried.
    """

    before: int = 0
    after: int = 0
    more: int = 0
    fewer: int = 0
    n_read: int = 0
    n_found: int = 0
    problem: str = ""

    @property
    def about(self) -> str:
        """The difference in one sentence."""
        if self.problem:
            return f"It can't be tried now: {self.problem}."
        read = (
            f"{counted(self.n_read, 'article')} read"
            if self.n_read >= self.n_found
            else f"{self.n_read:,} of {counted(self.n_found, 'article')} read"
        )
        return (
            f"In the last 30 days it would have sent {counted(self.after, 'alert')} in place of "
            f"{self.before:,}: {self.more:,} more, {self.fewer:,} fewer; {read}."
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A change of a watch. `id`: which of the watch's it is, for as long as it is offered.

    - `phrases`: the exceptions that it adds. `rule`: the name of the rule that it leaves out.
    """

    id: str
    kind: Kind
    text: str
    watch: Watch
    difference: Difference | Wider
    phrases: tuple[str, ...] = field(default=())
    rule: str = ""

    @property
    def is_safe(self) -> bool:
        """True if no alert that was judged right is lost."""
        return self.lost == 0

    @property
    def lost(self) -> int:
        """Alerts judged right that are lost; of a wider watch, all that are."""
        d = self.difference
        return d.fewer if isinstance(d, Wider) else d.good_lost

    @property
    def spared(self) -> int:
        """Alerts judged wrong or unwanted that go."""
        return 0 if isinstance(self.difference, Wider) else self.difference.bad_gone


def suggestions(
    watch: Watch, past: Sequence[PastAlert], elsewhere: Sequence[PastAlert] = ()
) -> list[Suggestion]:
    """Return the changes that would have spared the desk alerts judged wrong or unwanted.

    Those that lose no right one come first, then those that spare most. `elsewhere` are alerts of
    other watches: the right ones show which words all news has.
    """
    right = [alert for alert in elsewhere if alert.outcome == "right"]
    return sorted(
        _suggested(watch, past, right),
        key=lambda s: (not s.is_safe, -s.spared, s.lost, s.id),
    )


_Change = tuple[Kind, str, Watch, tuple[str, ...]]


def _suggested(
    watch: Watch, past: Sequence[PastAlert], right: Sequence[PastAlert]
) -> Iterator[Suggestion]:
    """Yield each change that takes more bad alerts than right ones."""
    for kind, text, changed, phrases in _changes(watch, past, right):
        found = difference(watch, changed, past)
        if found.bad_gone > found.good_lost:
            yield Suggestion(kind, kind, text, changed, found, phrases)
    for rule in _rules_to_leave_out(watch, past):
        changed = msgspec.structs.replace(watch, not_rules=(*watch.not_rules, rule))
        found = difference(watch, changed, past)
        if found.bad_gone > found.good_lost:
            text = f"Not what the rule {rule} reads"
            yield Suggestion(f"rule:{rule}", "rule", text, changed, found, rule=rule)


def _rules_to_leave_out(watch: Watch, past: Sequence[PastAlert]) -> list[str]:
    """Return the rules that read most wrong alerts of a watch, at least LEAST_OF_RULE of each."""
    told = [alert for alert in past if still_told(watch, alert)]
    wrong = Counter(rule for alert in told if alert.outcome == "wrong" for rule in {*alert.rules})
    often = (rule for rule, n in wrong.items() if n >= LEAST_OF_RULE)
    return sorted(often, key=lambda rule: (-wrong[rule], rule))[:MOST_RULES]


def _changes(
    watch: Watch, past: Sequence[PastAlert], right: Sequence[PastAlert]
) -> Iterator[_Change]:
    told = [alert for alert in past if still_told(watch, alert)]
    bad = [alert for alert in told if alert.is_bad]
    good = [alert for alert in told if alert.outcome == "right"]
    yield from _with_exceptions(watch, bad, [*good, *right])
    if watch.claim is None and len(good) >= LEAST_RIGHT:
        yield from _with_events_only(watch, good)
    if watch.claim is not None:
        yield from _with_confidence(watch, watch.claim, bad, good)
        yield from _with_events(watch, watch.claim, bad, good)


def _with_exceptions(
    watch: Watch, bad: Sequence[PastAlert], good: Sequence[PastAlert]
) -> Iterator[_Change]:
    chosen = exceptions(watch, bad, good)
    if chosen:
        named = ", ".join(f"“{phrase}”" for phrase in chosen)
        changed = msgspec.structs.replace(watch, unless=(*watch.unless, *chosen))
        yield "unless", f"Not if the sentence holds {named}", changed, chosen


def _with_events_only(watch: Watch, good: Sequence[PastAlert]) -> Iterator[_Change]:
    """Yield the watch that also wants an event told where its words stand.

    It is offered if every right alert had one, with the default bar unless one of them was less
    sure.
    """
    if all(alert.events for alert in good):
        sure = (alert.confidence for alert in good if alert.confidence is not None)
        bar = min(DEFAULT_CONFIDENCE, _floored(min(sure, default=DEFAULT_CONFIDENCE)))
        changed = msgspec.structs.replace(watch, claim=ClaimCondition(confidence=bar))
        yield "event", "Only where the words tell of an event", changed, ()


def _floored(confidence: float) -> float:
    """Return a confidence in whole percents, none higher than it was."""
    return int(confidence * 100) / 100


def _with_confidence(
    watch: Watch, asks: ClaimCondition, bad: Sequence[PastAlert], good: Sequence[PastAlert]
) -> Iterator[_Change]:
    """Yield the highest bar that loses no right alert, if it takes a bad one."""
    sure = [alert.confidence for alert in good if alert.confidence is not None]
    unsure = [alert.confidence for alert in bad if alert.confidence is not None]
    if not unsure:
        return
    least = min(sure, default=1.0)
    # Just above the surest of the bad ones that lie below all right ones: no higher than needed.
    below = [one for one in unsure if one < least]
    if not below:
        return
    bar = _floored(min(least, max(below) + _STEP))
    if bar > max(asks.confidence, DEFAULT_CONFIDENCE if asks.confidence == 0 else 0):
        claim = msgspec.structs.replace(asks, confidence=bar)
        changed = msgspec.structs.replace(watch, claim=claim)
        yield "confidence", f"Only what is {bar:.0%} sure", changed, ()


def _with_events(
    watch: Watch, asks: ClaimCondition, bad: Sequence[PastAlert], good: Sequence[PastAlert]
) -> Iterator[_Change]:
    """Yield the types of event without those of which every judged alert was bad."""
    kept = {event for alert in good for event in alert.events}
    wrong = [event for alert in bad for event in alert.events[:1] if event not in kept]
    spoilt = {event for event in wrong if wrong.count(event) >= LEAST_HELD}
    left = tuple(event for event in asks.event if event not in spoilt)
    if not left or left == asks.event:
        return
    names = " and ".join(event_name(event) for event in asks.event if event in spoilt)
    claim = msgspec.structs.replace(asks, event=left)
    yield "event", f"No {names}", msgspec.structs.replace(watch, claim=claim), ()
