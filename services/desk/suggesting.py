"""What a watch may learn from the desk's verdicts, and what each change would have done. Pure.

alerts of a watch, some of them judged ─► changes that can only narrow it ─► the difference of each

A change is tried on the alerts of the past as they were told: by their sentences, the rules that
read these, types of event, and confidence. It can only take alerts away, so what it would have told
follows from these alone.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import msgspec

from services.desk.figures import Outcome
from services.desk.words import event_name
from services.messages import ClaimCondition, Watch
from services.messages.watch import DEFAULT_CONFIDENCE
from services.text.counts import counted
from services.text.phrases import holds_phrase
from services.text.tokens import words

LEAST_HELD = 2
"""Wrong alerts that must hold an exception: what one alone holds is chance."""

MOST_PHRASES = 8
"""Exceptions of one suggestion. A guess: a reader can weigh as many at a glance."""

MOST_TRIED = 2_000
"""Phrases that are tried for one watch, those that most wrong alerts hold. It bounds the work."""

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

CHANCE = 0.05
"""The greatest chance that no right alert would hold a phrase as common as in the wrong ones.

So few wrong alerts need many right ones: "said" is in every second sentence of all news.
"""

LEAST_LETTERS = 4
"""Letters of the longest word of a phrase: "of the" is in every sentence."""

_COMMON_WORDS = """
about above after again against almost along also although always among another around because
been before behind being below between both came come could does doing done down during each
either else even ever every everywhere from gave give goes have having here hers high himself
into itself just less like liked long made make many more most much must near need never next
nobody none noon nothing often once only onto other others over past same says seen several
should since some soon still such take than that their them then there these they this those
through till took towards twice under until upon used very want wants well went were what when
where which while whom whose will with within without would year years your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words of every text: a sentence does not go wrong by one of them alone."""

_STEP = 0.01
"""The step in which a confidence is suggested."""

Kind = Literal["unless", "rule", "confidence", "event", "alias"]


@dataclass(frozen=True, slots=True)
class PastAlert:
    """An alert of a watch as it was told. `outcome` None: nobody judged it.

    - `sentences`: those of its first revision. `events`: the types of its claim; none: it was told
      for its words alone.
    - `rules`: names of those that read the sentences; none in data of older versions.
    - `confidence`: that of its claim; None if it has none, which passes every bar.
    - `is_denial`: it began with a denial, and those open no alert on a claim.
    """

    alert_id: str
    outcome: Outcome | None = None
    sentences: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    confidence: float | None = None
    is_denial: bool = False

    @property
    def is_bad(self) -> bool:
        return self.outcome in ("wrong", "unwanted")


@dataclass(frozen=True, slots=True)
class Difference:
    """What a changed watch would have told of the same past.

    - `before`, `after`: alerts. `gone`: those that it would not have told.
    - `bad`, `bad_gone`: those judged wrong or unwanted. `good`, `good_lost`: those judged right.
    """

    before: int
    after: int
    bad: int
    bad_gone: int
    good: int
    good_lost: int
    gone: tuple[str, ...] = ()

    @property
    def unjudged_gone(self) -> int:
        return len(self.gone) - self.bad_gone - self.good_lost

    @property
    def about(self) -> str:
        """The difference in one sentence."""
        others = f", and {self.unjudged_gone:,} that nobody judged" if self.unjudged_gone else ""
        lost = (
            f"{self.good_lost:,} of {self.good:,} judged right"
            if self.good_lost
            else "No right one"
        )
        return (
            f"{counted(self.before, 'alert')} become {self.after:,}: {self.bad_gone:,} of "
            f"{self.bad:,} judged wrong or unwanted go{others}. {lost} would be lost."
        )


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


def still_told(watch: Watch, alert: PastAlert) -> bool:
    """True if a watch with these exceptions, types of event, and confidence tells an alert."""
    if any(holds_phrase(sentence, watch.unless) for sentence in alert.sentences):
        return False
    if not set(alert.rules).isdisjoint(watch.not_rules):
        return False
    if watch.claim is None:
        return True
    if alert.is_denial or not alert.events:
        return False
    if watch.claim.event and set(alert.events).isdisjoint(watch.claim.event):
        return False
    return alert.confidence is None or alert.confidence >= watch.claim.confidence


def difference(watch: Watch, changed: Watch, past: Sequence[PastAlert]) -> Difference:
    """Return what a changed watch would have told otherwise of what the watch told."""
    told = [alert for alert in past if still_told(watch, alert)]
    gone = [alert for alert in told if not still_told(changed, alert)]
    return Difference(
        before=len(told),
        after=len(told) - len(gone),
        bad=sum(alert.is_bad for alert in told),
        bad_gone=sum(alert.is_bad for alert in gone),
        good=sum(alert.outcome == "right" for alert in told),
        good_lost=sum(alert.outcome == "right" for alert in gone),
        gone=tuple(alert.alert_id for alert in gone),
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


def exceptions(
    watch: Watch, bad: Sequence[PastAlert], good: Sequence[PastAlert]
) -> tuple[str, ...]:
    """Return phrases that bad alerts hold and no right one does, the most useful first.

    One after the other, that which most bad alerts hold that are still told; of equals the longer
    one, which takes fewer others with it. A word that the watch asks for is none.
    """
    asked = {*words(watch.query or "")}
    held, spoilt = _held(bad, asked), _held(good, asked)
    candidates = sorted(
        (
            p
            for p, ids in held.items()
            if p not in spoilt and is_no_chance(len(ids), len(bad), len(good))
        ),
        key=lambda p: (-len(held[p]), p),
    )[:MOST_TRIED]
    chosen, left = list[str](), {alert.alert_id for alert in bad}
    while candidates and len(chosen) < MOST_PHRASES:
        best = min(candidates, key=lambda p: (-len(held[p] & left), -len(p.split()), p))
        if len(held[best] & left) < LEAST_HELD:
            break
        chosen.append(best)
        left -= held[best]
    return tuple(chosen)


def is_no_chance(n_held: int, n_bad: int, n_right: int) -> bool:
    """True if that no right alert holds a phrase of some bad ones is hardly chance."""
    return n_held >= LEAST_HELD and (1 - n_held / n_bad) ** n_right <= CHANCE


def _held(alerts: Iterable[PastAlert], asked: set[str]) -> dict[str, set[str]]:
    """Return by phrase of one or two words the alerts whose sentences hold it."""
    found: dict[str, set[str]] = {}
    for alert in alerts:
        for sentence in alert.sentences:
            said = words(sentence)
            for phrase in (*((word,) for word in said), *pairwise(said)):
                is_told = any(map(_says_something, phrase))
                if is_told and not asked.issuperset(phrase):
                    found.setdefault(" ".join(phrase), set()).add(alert.alert_id)
    return found


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


def _says_something(word: str) -> bool:
    return len(word) >= LEAST_LETTERS and word.isalpha() and word not in _COMMON


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
