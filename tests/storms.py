"""A notifier without a world, in a storm: it is killed between any two effects and starts again.

alerts ──► book ──► rows on a topic
             └────► services, whose messages people see
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

import msgspec
from builders import START

from services.errors import InvalidMessage
from services.messages import (
    Alert,
    ChangeKind,
    Channel,
    Policy,
    Revision,
    Subscriber,
    Told,
    decode,
    encode,
)
from services.notifier.deliveries.asking import About
from services.notifier.deliveries.book import Book
from services.notifier.deliveries.changes import Changes, row_of
from services.notifier.deliveries.rows import stub
from services.notifier.deliveries.shelf import Shelf
from services.notifier.deliveries.steps import Effect, Now
from services.notifier.deliveries.surroundings import Surroundings
from services.notifier.targets.target import Done, Later, Outcome, Refused
from services.ports import Outgoing
from services.rows import MemoryRows

Weather = Literal[
    "fair", "away", "lost-answer", "busy", "message-gone", "overtaken", "moved", "moved-away"
]
"""What becomes of an effect; in a lost answer the service has taken it, and we don't know. One that
is overtaken is refused, and the next version comes while it runs. Where people moved, they are
saved anew while it runs; then it is refused, or nobody answers."""

CORRECTING = frozenset({"denied", "corrected", "retracted"})


class Killed(Exception):
    """The process is dead."""


@dataclass
class Fuse:
    """Kills at the steps that it was set for. Steps are counted over all lives."""

    at: frozenset[int]
    n_steps: int = 0
    n_kills: int = 0

    def step(self) -> None:
        self.n_steps += 1
        if self.n_steps in self.at:
            self.n_kills += 1
            raise Killed


@dataclass
class Topic:
    """The rows of a compacted topic, and a count of all that was ever written."""

    rows: dict[str, bytes] = field(default_factory=dict)
    n_written: int = 0

    def write(self, messages: Sequence[Outgoing]) -> None:
        for message in messages:
            self.n_written += 1
            if message.topic != "delivery-states" or message.key is None:
                continue
            if message.value is None:
                self.rows.pop(message.key, None)
            else:
                self.rows[message.key] = message.value


@dataclass
class Service:
    """A service with visible state. It drops what comes under a key that it knows."""

    can_edit: bool
    can_thread: bool
    tells_each: bool = False
    takes_digests: bool = True
    messages: dict[str, list[int]] = field(default_factory=dict)
    """By handle: the revisions that the message has shown, the last of them visible now."""
    told: list[tuple[str, str, int]] = field(default_factory=list)
    """Alert, verb, and revision of each effect that it took, in order."""
    keys: Counter[str] = field(default_factory=Counter)

    def take(self, effect: Effect) -> Outcome:
        key, alert_id = effect.key, effect.state.alert_id
        number, handle = effect.revision.number, effect.state.handle
        self.keys[key] += 1
        if effect.verb != "post" and handle not in self.messages:
            return Refused("no such message", is_lost=True)
        if self.keys[key] == 1:
            self.told.append((alert_id, effect.verb, number))
            if effect.verb == "post":
                self.messages[f"{alert_id}/{key}"] = [number]
            elif effect.verb == "edit" or not self.can_edit:
                # A note in the thread of a message that is edited leaves the message as it is.
                self.messages[handle].append(number)
        return Done(f"{alert_id}/{key}" if effect.verb == "post" else "")

    def sees(self, alert_id: str) -> int:
        """Return the newest revision that a reader of an alert sees; 0: none."""
        seen = [shown[-1] for handle, shown in self.messages.items() if handle.startswith(alert_id)]
        return max(seen, default=0)


@dataclass
class Storm:
    """Lives of a notifier on one partition. `weather`: of its effects in order; then fair."""

    services: dict[str, Service]
    fuse: Fuse = field(default_factory=lambda: Fuse(frozenset()))
    weather: Iterator[Weather] = field(default_factory=lambda: iter(()))
    topic: Topic = field(default_factory=Topic)
    now: Now = field(default_factory=lambda: Now(START, START))
    alerts: list[Alert] = field(default_factory=list)
    committed: int = 0
    subscribers: dict[str, Subscriber] = field(default_factory=dict)
    coming: list[Alert] = field(default_factory=list)
    """Versions that come while effects run."""
    moves: list[dict[str, Subscriber]] = field(default_factory=list)
    """What is saved of subscribers next, once a life has taken its alerts, or while effects run."""

    def around(self) -> Surroundings:
        target_of = lambda to: self.services.get(to.partition(":")[0])  # noqa: E731
        return Surroundings(target_of, subscribers=dict(self.subscribers))

    def live(self, pause: timedelta = timedelta(0)) -> None:
        """Take what came, and do what is due, over as many lives as it takes."""
        self.now = Now(self.now.news + pause, self.now.machine + pause)
        while True:
            try:
                self._one_life()
                return
            except Killed:
                continue

    def _one_life(self) -> None:
        shelf = Shelf(MemoryRows())
        for key, value in self.topic.rows.items():
            self._restore(shelf, key, value)
        self._life = self.around()
        book = Book(shelf, self._life)
        self._take(book)
        self._move(book)
        while turns := book.ripe(self.now):
            for turn in turns:
                while self._turn(book, turn.keys):
                    pass

    def _restore(self, shelf: Shelf, key: str, value: bytes) -> None:
        """Load a row; one that can't be read is set aside, and a stub takes its place."""
        try:
            shelf.restore(key, value)
        except InvalidMessage:
            if (row := stub(key)) is not None:
                shelf.put(row)
                self.topic.rows[key] = encode(row_of(row))

    def _take(self, book: Book) -> None:
        while self.committed < len(self.alerts):
            self._write(book.take(self.alerts[self.committed], self.now))
            self.committed += 1

    def _move(self, book: Book) -> None:
        if self.moves:
            self.subscribers = self.moves.pop(0)
            self._life.subscribers.clear()
            self._life.subscribers.update(self.subscribers)
            book.asking.ask(About(subscribers={*self.subscribers}))

    def _turn(self, book: Book, keys: Sequence[str]) -> bool:
        changes, effects = book.begin(keys, self.now)
        self._write(changes)
        is_well = bool(effects)
        for effect in effects:
            self.fuse.step()
            outcome = self._effect(book, effect)
            self.fuse.step()
            if isinstance(outcome, Done):
                self._write(book.done([effect], outcome.handle, self.now))
            else:
                self._write(book.failed([effect], outcome, self.now, chance=1.0))
                is_well = is_well and not isinstance(outcome, Later) and outcome.is_lost
        return is_well

    def _effect(self, book: Book, effect: Effect) -> Outcome:
        service = self.services[effect.state.to.partition(":")[0]]
        weather = next(self.weather, "fair")
        if weather == "away":
            return Later("no answer")
        if weather == "busy":
            return Later("too many", wait_seconds=60.0, is_busy=True)
        if weather == "overtaken" and self.coming:
            self.alerts.append(self.coming.pop(0))
            self._take(book)
            return Refused("no such form")
        if weather in ("moved", "moved-away"):
            self._move(book)
            alert, to = effect.state.alert, effect.state.to
            if alert is not None and self._life.place(alert, to, None) is None:
                return Refused("no such form") if weather == "moved" else Later("no answer")
        if weather == "message-gone" and effect.verb != "post":
            service.messages.pop(effect.state.handle, None)
        outcome = service.take(effect)
        return Later("the answer was lost") if weather == "lost-answer" else outcome

    def _write(self, changes: Changes) -> None:
        """Write changes one after another; the process may die before, between, and after."""
        if changes:
            self.fuse.step()
        for message in changes.messages(0):
            self.topic.write([message])
            self.fuse.step()


def story(
    kinds: Sequence[ChangeKind],
    channels: Sequence[Channel],
    alert_id: str = "a",
    policy: Policy | None = None,
    at: Callable[[int], timedelta] = lambda n: timedelta(minutes=n),
) -> list[Alert]:
    """Return the versions of an alert, one a revision. Denials and retractions correct."""
    revisions = tuple(
        Revision(
            id=f"{alert_id}{n}",
            number=n,
            kind=kind,
            corrects=kind in CORRECTING,
            text=f"Told {n}.",
            at=START + at(n),
            told=Told(status="retracted" if kind == "retracted" else "reported"),
        )
        for n, kind in enumerate(kinds, 1)
    )
    whole = Alert(
        alert_id=alert_id,
        watch_id="w",
        watch_version=1,
        watch_name="W",
        channels=tuple(channels),
        policy=policy or Policy(),
    )
    versions = (
        msgspec.structs.replace(whole, revisions=revisions[:n], version=n)
        for n in range(1, len(revisions) + 1)
    )
    return [decode(Alert, encode(version)) for version in versions]


def services() -> dict[str, Service]:
    """Return one service of each kind, by the scheme that stands for it here."""
    return {
        "slack": Service(can_edit=True, can_thread=True),
        "telegram": Service(can_edit=True, can_thread=False),
        "mail": Service(can_edit=False, can_thread=True),
        "ntfy": Service(can_edit=False, can_thread=False),
        "webhook": Service(can_edit=False, can_thread=False, tells_each=True),
    }


ADDRESSES = {
    "slack": "slack:desk/C1",
    "telegram": "telegram:desk/-1",
    "mail": "mail:ann@example.org",
    "ntfy": "ntfy:alerts",
    "webhook": "webhook:https://a.example/hook",
}
"""A channel of each kind."""
