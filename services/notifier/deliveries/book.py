"""All deliveries of one partition: what was told to whom, what is due, and what came of it.

    alert ──► take ──► changes      due ──► begin ──► effects ──► done or failed ──► changes

The changes that a call returns are written before the next effect of the destination. So a crash
repeats at most one effect for each.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from services.channels import SUBSCRIBER
from services.messages import Alert, Command, DeliveryState, Destination
from services.notifier.deliveries import history, versions
from services.notifier.deliveries import rows as after
from services.notifier.deliveries.asking import IsMeant, everything
from services.notifier.deliveries.changes import Changes
from services.notifier.deliveries.planning import Plan, Settle, Wait, plan
from services.notifier.deliveries.shelf import AT_ONCE, Shelf
from services.notifier.deliveries.steps import Effect, Now
from services.notifier.deliveries.surroundings import Surroundings
from services.notifier.deliveries.trouble import in_trouble, not_told, told
from services.notifier.deliveries.wanted import Kinds, fresh_until, pending, unsettled
from services.notifier.targets.target import Later, Refused

MOST_NUDGES = 20
"""Probes of a row because its destination took another one.

Where every second message is refused, one of a million fails so often.
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """Rows to work on for one destination: one, or all that go into a digest of a watch."""

    to: str
    keys: tuple[str, ...]


class Book:
    """The deliveries of a partition. `around`: what all partitions share."""

    def __init__(self, shelf: Shelf, around: Surroundings) -> None:
        self.shelf = shelf
        self._around = around
        self._nudges: Counter[str] = Counter()

    # An alert comes

    def take(self, alert: Alert, now: Now) -> Changes:
        """Apply a version of an alert. One that is known, or older, changes nothing."""
        changes = Changes()
        known = {state.to: state for state in self.shelf.of_alert(alert.alert_id)}
        named = {channel.to: "" for channel in alert.channels}
        named |= {r.to: r.subscriber_id for r in self._around.recipients(alert)}
        before = versions.before(alert, known, named)
        # New rows first: if only some are written, the others still tell what was before.
        for to in sorted(named, key=known.__contains__):
            since = versions.since(before, known.get(f"{SUBSCRIBER}:{named[to]}"))
            state = known.pop(to, None) or versions.new_row(alert, to, since)
            if versions.seen_by(state) < versions.last_of(alert):
                self._follow(changes, state, alert, now)
        for state in known.values():
            if versions.seen_by(state) >= versions.last_of(alert):
                continue
            if self._around.may_come_back(alert, state.to):
                self._follow(changes, state, alert, now)
            elif state.alert is not None:
                self._save(changes, after.closed(state, "settled", "its channel was removed"))
        return changes

    def forget(self, alert_id: str) -> Changes:
        """Delete the rows of an alert that is gone."""
        keys = [state.key for state in self.shelf.of_alert(alert_id)]
        for key in keys:
            self.shelf.delete(key)
            self._nudges.pop(key, None)
        return Changes(gone=keys)

    def redrive(self, command: Command) -> Changes:
        """Try again what was given up before a command. Applied twice, it changes nothing."""
        changes = Changes()
        # One alert that is asked for says nothing of its destinations.
        troubles = list(self.shelf.troubles.values()) if command.alert_id is None else []
        for trouble in troubles:
            if _means(command, trouble.watch_id, trouble.to) and trouble.since < command.at:
                self.shelf.delete(trouble.key)
                changes.gone.append(trouble.key)
        for state in filter(None, map(self.shelf.get, sorted(self.shelf.given_up))):
            is_meant = _means(command, state.watch_id, state.to)
            is_meant &= command.alert_id in (None, state.alert_id)
            if is_meant and state.ended_at is not None and state.ended_at < command.at:
                self._save(changes, after.reopened(state, command.at))
        return changes

    def _follow(self, changes: Changes, state: DeliveryState, alert: Alert, now: Now) -> None:
        """Apply a newer version of an alert to a row. What was given up begins again.

        A revision that the recipient wants gets a series of tries of its own.
        """
        seen = versions.seen_by(state)
        state = replace(after.reopened(state), alert=alert, outcome="waiting")
        if any(r.number > seen for r in pending(state, self._kinds(state), now.news)):
            state = after.begun_anew(state)
        planned = self._plan(state, now)
        if isinstance(planned, Settle):
            self._settle(changes, state, planned, now)
        elif isinstance(planned, Wait):
            self._wait(changes, state, planned, now)
        else:
            self._save(changes, state)

    # Something is due

    def ripe(self, now: Now) -> list[Turn]:
        """Return what is to be worked on now, and take it off the agenda."""
        turns: list[Turn] = []
        digests: dict[tuple[str, str], list[str]] = {}
        for key in self.shelf.agenda.take_due(now):
            state = self.shelf.get(key)
            if state is not None and self._in_digests(state):
                digests.setdefault((state.watch_id, state.to), []).append(key)
            elif state is not None or key in self.shelf.troubles:
                turns.append(Turn(self.shelf.lane(key), (key,)))
        for (watch_id, to), keys in digests.items():
            # What failed before goes with what is new: one digest, not two.
            keys += [k for k in self.shelf.waiting_for(to) if self._watch(k) == watch_id]
            turns.append(Turn(to, tuple(sorted(keys))))
        return turns

    def ask_again(self, is_meant: IsMeant = everything) -> None:
        """Make due what waits by order and is meant: a reader has given another one."""
        for key in filter(is_meant, self.shelf.agenda.waiting("news")):
            self.shelf.agenda.put(key, "machine", AT_ONCE)

    def answers_again(self, to: str) -> None:
        """Make everything due that waits for a destination that answers again."""
        for key in list(self.shelf.waiting_for(to)):
            self.shelf.agenda.put(key, "machine", AT_ONCE)

    def nudge(self, to: str, at: datetime) -> None:
        """Probe what a destination did not take while it takes other messages.

        A message that it never takes is probed so a few times, and then only at its own times.
        """
        for key in sorted(self.shelf.failing.get(to, ())):
            if self._nudges[key] < MOST_NUDGES:
                self._nudges[key] += 1
                self.probe([key], at)

    def probe(self, keys: Iterable[str], at: datetime) -> None:
        """Make rows due before their next try: whether their destination is back. It is no try."""
        for key in keys:
            state = self.shelf.get(key)
            if state is not None and state.due_at is not None and at < state.due_at:
                self.shelf.agenda.put(key, "machine", at)

    def begin(self, keys: Iterable[str], now: Now) -> tuple[Changes, list[Effect]]:
        """Return the effects that are due for rows, and what is to be written before them."""
        changes, effects = Changes(), list[Effect]()
        for key in keys:
            state = self.shelf.get(key)
            if state is None or state.alert is None or state.outcome != "waiting":
                continue
            planned = self._plan(state, now)
            if isinstance(planned, Settle):
                self._settle(changes, state, planned, now)
                if planned.is_nowhere:
                    self._open_others(changes, state)
            elif isinstance(planned, Wait):
                self._wait(changes, state, planned, now)
            else:
                if not state.tried:
                    # From here on the recipient may have seen it, whatever is written later.
                    self._save(changes, replace(state, tried=True))
                self.shelf.agenda.remove(key)
                effects.append(planned)
        return changes, effects

    # An effect ends

    def done(self, effects: Sequence[Effect], handle: str, now: Now) -> Changes:
        """Record effects that went out in one message."""
        changes = Changes()
        for effect, state in self._current(effects):
            kinds = self._kinds(state)
            self._nudges.pop(state.key, None)
            settled = after.done(state, effect, handle, kinds, now)
            changes.history += history.told(state, settled, kinds, now)
            self._save(changes, settled)
            trouble = self.shelf.trouble(state)
            if trouble is not None and trouble.trouble == "failing":
                self.shelf.delete(trouble.key)
                changes.gone.append(trouble.key)
        return changes

    def failed(
        self, effects: Sequence[Effect], answer: Later | Refused, now: Now, chance: float
    ) -> Changes:
        """Record effects that did not happen, or may not have."""
        changes = Changes()
        for effect, row in self._current(effects):
            if row.alert is None:
                continue  # It was settled while the effect ran, so nothing waits.
            # What came while the effect ran was not tried.
            state = replace(row, alert=effect.state.alert)
            kinds = self._kinds(state)
            if isinstance(answer, Later) and state.due_at and now.machine < state.due_at:
                later = after.asking(state, answer, now)
            elif isinstance(answer, Later):
                later = after.failed(state, answer, kinds, now, chance)
            elif answer.is_lost and state.handle:
                later = after.lost(state)
            else:
                later = after.given_up(state, answer.reason, kinds, now)
            if later.outcome == "given-up":
                self._give_up(changes, state, later, now, is_gone=_is_gone(answer))
                later = self.shelf.get(row.key) or later
            if row.alert != state.alert and later.outcome != "off":
                later = after.reopened(replace(later, alert=row.alert))
            self._save(changes, later)
        return changes

    def broke(self, keys: Iterable[str], reason: str, now: Now) -> Changes:
        """Give up rows whose work failed by a fault of ours: asked again, they would fail again."""
        changes = Changes()
        for key in keys:
            state = self.shelf.get(key)
            if state is not None and state.alert is not None and state.outcome == "waiting":
                changes.history += history.failed(state, unsettled(state), reason, now)
                self._save(changes, after.broken(state, reason, now))
        return changes

    def trouble(self, key: str) -> Destination | None:
        """Return a destination in trouble whose owner is to be told; None if it is none now."""
        found = self.shelf.troubles.get(key)
        return found if found is not None and not found.is_told else None

    def noticed(self, trouble: Destination, *, is_told: bool, now: Now, chance: float) -> Changes:
        """Record whether the owner of a destination was told of its trouble."""
        if self.shelf.troubles.get(trouble.key) != trouble:
            return Changes()
        later = told(trouble) if is_told else not_told(trouble, now, chance)
        self.shelf.put_trouble(later)
        return Changes(rows=[later])

    def _give_up(
        self, changes: Changes, before: DeliveryState, state: DeliveryState, now: Now, *,
        is_gone: bool,
    ) -> None:  # fmt: skip
        missed = pending(before, self._kinds(before), now.news)
        changes.history += history.failed(before, missed, state.reason, now, state.earlier_attempts)
        known = self.shelf.trouble(state)
        if known is None or (is_gone and known.trouble != "off"):
            others = self._around.others(state.alert, state.to) if state.alert is not None else ()
            trouble = in_trouble("off" if is_gone else "failing", state, others, now)
            self.shelf.put_trouble(trouble)
            changes.rows.append(trouble)
        self._save(changes, after.closed(state, "off", state.reason) if is_gone else state)

    def _current(self, effects: Sequence[Effect]) -> list[tuple[Effect, DeliveryState]]:
        """Return effects with their rows as they are by now, without rows that are gone."""
        found = ((effect, self.shelf.get(effect.state.key)) for effect in effects)
        return [(effect, state) for effect, state in found if state is not None]

    # Plans

    def _plan(self, state: DeliveryState, now: Now) -> Plan:
        trouble = self.shelf.trouble(state)
        if trouble is not None and trouble.trouble == "off":
            return Settle(trouble.reason, outcome="off")
        if state.alert is None:
            return Settle()
        place = self._around.place(state.alert, state.to, self.shelf.last_digest(state))
        if place is not None:
            return plan(state, place, now)
        why, until = self._around.why_nowhere(state.alert, state.to), fresh_until(state)
        may_come_back = self._around.may_come_back(state.alert, state.to)
        if may_come_back and until is not None and until > now.news:
            return Wait(until, why, is_ordered=False)
        missed = unsettled(state) if why else ()
        return Settle(why, skipped=missed, is_failure=True, is_nowhere=True)

    def _settle(self, changes: Changes, state: DeliveryState, settle: Settle, now: Now) -> None:
        record = history.failed if settle.is_failure else history.skipped
        changes.history += record(state, settle.skipped, settle.reason, now)
        self._save(changes, after.closed(state, settle.outcome, settle.reason))

    def _open_others(self, changes: Changes, state: DeliveryState) -> None:
        """Let the present channels of an alert tell what one that has no place any more did not."""
        known = {row.to for row in self.shelf.of_alert(state.alert_id)}
        alert = state.alert
        for recipient in self._around.recipients(alert) if alert is not None else ():
            if alert is not None and recipient.to not in known:
                row = versions.new_row(alert, recipient.to, state.settled)
                self._save(changes, replace(row, alert=alert))

    def _wait(self, changes: Changes, state: DeliveryState, wait: Wait, now: Now) -> None:
        """Wait by order, or for a place. By order, the age of what waits counts from the end."""
        if wait.is_ordered:
            state = replace(state, held=True, fresh_from=wait.until)
        elif state.reason != wait.reason:
            changes.history += history.failed(state, unsettled(state), wait.reason, now)
            state = replace(state, reason=wait.reason)
        self._save(changes, state)
        self.shelf.agenda.put(state.key, "news", wait.until)

    def _save(self, changes: Changes, state: DeliveryState) -> None:
        if state.outcome != "waiting":
            self._nudges.pop(state.key, None)
        before = self.shelf.get(state.key)
        self.shelf.put(state)
        if state != before:
            changes.rows.append(state)

    def _kinds(self, state: DeliveryState) -> Kinds:
        if state.alert is None:
            return ()
        place = self._around.place(state.alert, state.to, None)
        return place.recipient.when if place is not None else ()

    def _in_digests(self, state: DeliveryState) -> bool:
        place = state.alert and self._around.place(state.alert, state.to, None)
        return bool(place and place.in_digests)

    def _watch(self, key: str) -> str:
        state = self.shelf.get(key)
        return state.watch_id if state is not None else ""


def _is_gone(answer: Later | Refused) -> bool:
    return isinstance(answer, Refused) and answer.is_gone


def _means(command: Command, watch_id: str, to: str) -> bool:
    return command.watch_id in ("", watch_id) and command.to in ("", to)
