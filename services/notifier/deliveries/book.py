"""All deliveries of one partition: what was told to whom, what is due, and what came of it.

    alert ──► take ──► changes      due ──► begin ──► effects ──► done or failed ──► changes

The changes that a call returns are written before the next effect of the destination. So a crash
repeats at most one effect for each.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from services.channels import subscriber_of
from services.messages import Alert, Command, DeliveryState, Destination
from services.notifier.deliveries import history, versions
from services.notifier.deliveries import rows as after
from services.notifier.deliveries.asking import Asking
from services.notifier.deliveries.changes import Changes
from services.notifier.deliveries.planner import Planner
from services.notifier.deliveries.planning import Settle, Wait
from services.notifier.deliveries.probes import Probes
from services.notifier.deliveries.shelf import Shelf
from services.notifier.deliveries.steps import Effect, Now
from services.notifier.deliveries.surroundings import Surroundings
from services.notifier.deliveries.trouble import in_trouble, not_told, told
from services.notifier.deliveries.wanted import pending, unsettled
from services.notifier.targets.target import Later, Refused


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
        self.probes = Probes(shelf)
        self._planner = Planner(shelf, around)
        self.asking = Asking(shelf, self._planner.is_nowhere)

    # An alert comes

    def take(self, alert: Alert, now: Now) -> Changes:
        """Apply a version of an alert. One that is known, or older, changes nothing."""
        changes = Changes()
        known = {state.to: state for state in self.shelf.of_alert(alert.alert_id)}
        owners = {channel.to: subscriber_of(channel.to) or "" for channel in alert.channels}
        owners |= {r.to: r.subscriber_id for r in self._around.recipients(alert)}
        before = versions.before(alert, known, owners)
        leaving = [known[to] for to in known if self._leaves(alert, to, owners)]
        # New rows first: if only some are written, the others still tell what was before.
        for to in sorted(owners, key=known.__contains__):
            row = known.pop(to, None) or versions.new_row(alert, to, before)
            state = versions.heir(row, owners[to], leaving)
            if versions.seen_by(state) < versions.last_of(alert):
                self._follow(changes, state, alert, now)
        for state in known.values():
            if versions.seen_by(state) >= versions.last_of(alert):
                continue
            if self._around.may_come_back(alert, state.to):
                self._follow(changes, state, alert, now)
            elif state.alert is not None:
                self._save(changes, after.left(state, "its channel was removed"))
        return changes

    def forget(self, alert_id: str) -> Changes:
        """Delete the rows of an alert that is gone."""
        keys = [state.key for state in self.shelf.of_alert(alert_id)]
        for key in keys:
            self.shelf.delete(key)
            self.probes.forget(key)
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
        keys = self.shelf.of_watch(command.watch_id) if command.watch_id else self.shelf.given_up
        for state in filter(None, map(self.shelf.get, sorted(self.shelf.given_up & {*keys}))):
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
        state = replace(
            after.reopened(state), alert=alert, watch_id=alert.watch_id, outcome="waiting"
        )
        if any(r.number > seen for r in pending(state, self._planner.kinds(state), now.news)):
            state = after.begun_anew(state)
        planned = self._planner.plan(state, now)
        if isinstance(planned, Settle):
            self._settle(changes, state, planned, now)
        elif isinstance(planned, Wait):
            self._wait(changes, state, planned, now)
        else:
            self._save(changes, state)

    def _leaves(self, alert: Alert, to: str, named: Container[str]) -> bool:
        """Return True if a row leaves what it has not told to the present channels."""
        return to not in named and not self._around.may_come_back(alert, to)

    # Something is due

    def ripe(self, now: Now) -> list[Turn]:
        """Return what is to be worked on now, and take it off the agenda."""
        turns: list[Turn] = []
        digests: dict[tuple[str, str], list[str]] = {}
        self.asking.go_on()
        for key in self.shelf.agenda.take_due(now):
            state = self.shelf.get(key)
            if state is not None and self._planner.is_in_digests(state):
                digests.setdefault((state.watch_id, state.to), []).append(key)
            elif state is not None or key in self.shelf.troubles:
                turns.append(Turn(self.shelf.lane(key), (key,)))
        for (watch_id, to), keys in digests.items():
            # What failed before goes with what is new: one digest, not two.
            keys += [
                key
                for key in self.shelf.of_watch(watch_id)
                if self.shelf.lane(key) == to and self.shelf.agenda.clock_of(key) == "machine"
            ]
            turns.append(Turn(to, tuple(sorted(keys))))
        return turns

    def put_off(self, keys: Sequence[str], at: datetime) -> list[str]:
        """Make keys due later, as nothing passes to their destination. Return those that need not.

        What has no place any more goes to whoever has it now.
        """
        nowhere = [key for key in keys if self._planner.is_nowhere(key)]
        for key in keys:
            if key not in nowhere:
                self.shelf.agenda.put(key, "machine", at)
        return nowhere

    def begin(self, keys: Iterable[str], now: Now) -> tuple[Changes, list[Effect]]:
        """Return the effects that are due for rows, and what is to be written before them."""
        changes, effects = Changes(), list[Effect]()
        for key in keys:
            state = self.shelf.get(key)
            if state is None or state.alert is None or state.outcome != "waiting":
                continue
            planned = self._planner.plan(state, now)
            if isinstance(planned, Settle | Wait):
                self._rest(changes, state, planned, now)
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
            kinds = self._planner.kinds(state)
            self.probes.forget(state.key)
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
            if self._around.place(row.alert, row.to, None) is None:
                # Its channel was changed while the effect ran: its answer says nothing of the new.
                planned = self._planner.without_place(row, row.alert, now)
                self._rest(changes, after.begun_anew(row), planned, now)
                continue
            # What came while the effect ran was not tried.
            state = replace(row, alert=effect.state.alert)
            kinds = self._planner.kinds(state)
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
        missed = pending(before, self._planner.kinds(before), now.news)
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

    def _rest(
        self, changes: Changes, state: DeliveryState, planned: Settle | Wait, now: Now
    ) -> None:
        """Apply a plan without an effect."""
        if isinstance(planned, Wait):
            self._wait(changes, state, planned, now)
            return
        if planned.is_nowhere:
            # First, so that who dies between two rows has told it to somebody.
            self._open_others(changes, state)
        self._settle(changes, state, planned, now)

    def _settle(self, changes: Changes, state: DeliveryState, settle: Settle, now: Now) -> None:
        record = history.failed if settle.is_failure else history.skipped
        changes.history += record(state, settle.skipped, settle.reason, now)
        alert = state.alert if settle.is_nowhere else None
        if alert is not None and self._around.has_left(alert, state.to):
            self._save(changes, after.left(state, settle.reason))
        else:
            self._save(changes, after.closed(state, settle.outcome, settle.reason))

    def _open_others(self, changes: Changes, state: DeliveryState) -> None:
        """Let the present channels of an alert tell what one that has no place any more did not."""
        alert = state.alert
        if alert is None:
            return
        known = {row.to: row for row in self.shelf.of_alert(state.alert_id)}
        for recipient in self._around.recipients(alert):
            if state.owner not in ("", recipient.subscriber_id):
                continue
            row = known.get(recipient.to) or versions.new_row(alert, recipient.to, state.settled)
            if recipient.to not in known or versions.seen_by(row) < versions.last_of(alert):
                row = versions.heir(row, recipient.subscriber_id, [state])
                self._save(changes, replace(after.reopened(row), outcome="waiting", alert=alert))

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
            self.probes.forget(state.key)
        before = self.shelf.get(state.key)
        self.shelf.put(state)
        if state != before:
            changes.rows.append(state)


def _is_gone(answer: Later | Refused) -> bool:
    return isinstance(answer, Refused) and answer.is_gone


def _means(command: Command, watch_id: str, to: str) -> bool:
    return command.watch_id in ("", watch_id) and command.to in ("", to)
