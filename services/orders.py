"""Orders of readers about alerts, and which of them are in force. Pure.

The notifier holds messages back by them, and the desk shows them: both ask the same books.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.messages import Command, Revision

MINOR = frozenset({"independent", "count", "slot"})
"""Kinds of change that disturb nobody: more voices, numbers, and answers."""

BOOKS: Mapping[str, tuple[str, ...]] = {
    "acknowledge": ("acknowledge",),
    "reopen": ("acknowledge",),
    "snooze": ("snooze",),
    "mute": ("mute",),
    "resume": ("acknowledge", "snooze", "mute"),
    "redrive": (),
}
"""The books that a command is written into. The last entry of a book counts."""

EVERYBODY = ""
"""The recipient of an order that holds for all."""

About = tuple[str, str]
"""The id of an alert, else of a watch, and a recipient."""


def rings(revision: Revision) -> bool:
    """Return True if people should be disturbed by a revision: it is no detail, or it corrects."""
    return revision.corrects or revision.kind not in MINOR


def is_seen(command: Command, revision: Revision) -> bool:
    """Return True if whoever gave a command had seen a revision."""
    if command.revision and command.alert_id is not None:
        return revision.number <= command.revision
    return revision.at is not None and revision.at <= command.at


def rung_since(
    command: Command, revisions: Sequence[Revision], until: int | None = None
) -> tuple[Revision, ...]:
    """Return the changes that ring and that whoever gave a command had not seen.

    `until`: the number of the last revision that counts; None: all.
    """
    return tuple(
        r
        for r in revisions
        if rings(r) and not is_seen(command, r) and (until is None or r.number <= until)
    )


@dataclass
class Books:
    """The last order of each kind, by what it is about.

    An order that undoes another one takes back that one alone: if somebody gave another order
    since, that stands. All of it holds in whatever order the commands come.
    """

    _last: dict[str, dict[About, Command]] = field(
        default_factory=lambda: {name: {} for name in BOOKS["resume"]}
    )
    _undone: set[tuple[About, str]] = field(default_factory=set)

    def take(self, command: Command) -> None:
        """Apply a command. One that is older than a known one changes nothing."""
        about = (command.alert_id or command.watch_id, command.recipient)
        if command.undoes:
            self._undone.add((about, command.undoes))
            return
        for name in BOOKS[command.action]:
            book = self._last[name]
            known = book.get(about)
            if known is None or order_of(known) <= order_of(command):
                book[about] = command

    def in_force(
        self, action: str, alert_id: str, watch_id: str, whom: Iterable[str]
    ) -> list[Command]:
        """Return the orders in force of an action, on an alert or on its watch."""
        book, to = self._last[action], tuple(dict.fromkeys(whom))
        abouts = [(of, each) for of in (alert_id, watch_id) for each in to]
        found = ((about, book[about]) for about in abouts if about in book)
        return [
            command
            for about, command in found
            if command.action == action and (about, command.command_id) not in self._undone
        ]


def order_of(command: Command) -> tuple[datetime, str]:
    """Return what orders commands: their time, then their id."""
    return command.at, command.command_id
