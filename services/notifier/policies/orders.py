"""What readers asked for: acknowledge, snooze, mute, and no more of a watch."""

from dataclasses import dataclass, field
from datetime import datetime

from services.messages import Alert, Command, OptOut, Revision
from services.notifier.policies.recipients import Recipient
from services.orders import EVERYBODY, Books, is_seen, rings, rung_since
from services.text.links import opt_out_key


@dataclass
class Orders:
    """The commands of readers. The last of a kind counts, by its time `at`."""

    _books: Books = field(default_factory=Books)
    _off: set[str] = field(default_factory=set)
    n_taken: int = 0
    """Commands taken so far. If it has grown, held revisions may be due."""

    def take(self, command: Command) -> None:
        """Apply a command. One that is older than a known one changes nothing."""
        self.n_taken += 1
        self._books.take(command)

    def take_opt_out(self, key: str, opt_out: OptOut | None) -> None:
        """Apply a row of `opt-outs`: no more of a watch for a recipient; None: again."""
        self.n_taken += 1
        if opt_out is None:
            self._off.discard(key)
        else:
            self._off.add(key)

    def is_off(self, watch_id: str, recipient: Recipient) -> bool:
        """Return True if a recipient wants no more of a watch."""
        return opt_out_key(watch_id, recipient.key) in self._off

    def snoozed_until(self, alert: Alert, recipient: Recipient) -> datetime | None:
        """Return until when nothing goes to a recipient; None if nobody asked for that."""
        asked = self._asked("snooze", alert, recipient)
        return max((c.until for c in asked if c.until is not None), default=None)

    def is_muted(self, alert: Alert, revision: Revision, recipient: Recipient) -> bool:
        """Return True while only details have come since a mute, this revision with them."""
        return any(
            _is_after(command, revision) and not _has_rung(command, alert, revision)
            for command in self._asked("mute", alert, recipient)
        )

    def is_acknowledged(self, alert: Alert, revision: Revision, recipient: Recipient) -> bool:
        """Return True if somebody has seen an alert, and only details have come since."""
        asked = self._asked("acknowledge", alert, recipient)
        return any(not _has_rung(command, alert, revision) for command in asked)

    def unseen_since(
        self, alert: Alert, revision: Revision, recipient: Recipient
    ) -> datetime | None:
        """Return when the first change came that rings, up to a revision, and that nobody has
        acknowledged; None if there is none."""
        asked = self._asked("acknowledge", alert, recipient)
        times = [
            r.at
            for r in alert.revisions
            if r.number <= revision.number
            and r.at is not None
            and rings(r)
            and not any(is_seen(command, r) for command in asked)
        ]
        return min(times, default=None)

    def _asked(self, action: str, alert: Alert, recipient: Recipient) -> list[Command]:
        """Return the commands in force of an action, on an alert or on its watch."""
        whom = (EVERYBODY, recipient.owner, recipient.key)
        return self._books.in_force(action, alert.alert_id, alert.watch_id, whom)


def _is_after(command: Command, revision: Revision) -> bool:
    return revision.at is None or revision.at > command.at


def _has_rung(command: Command, alert: Alert, revision: Revision) -> bool:
    """Return True if a change that rings has come since a command, up to a revision."""
    return bool(rung_since(command, alert.revisions, revision.number))
