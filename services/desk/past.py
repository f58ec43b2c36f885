"""Alerts of a watch as they were told, and what a changed watch would have told of them. Pure.

A change is tried on the alerts of the past by their sentences, the rules that read these, types of
event, and confidence. It can only take alerts away, so what it would have told follows from these
alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.desk.figures import Outcome
from services.messages import Watch
from services.text.counts import counted
from services.text.phrases import holds_phrase


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
