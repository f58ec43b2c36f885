"""For tests of the notifier: a poster with a script, a ledger, a notifier that tells outcomes."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from builders import START
from stand_ins import stand_in

from services.errors import TransientError
from services.messages import (
    Alert,
    ChangeKind,
    Channel,
    Delivery,
    Policy,
    Revision,
    decode,
    encode,
)
from services.notifier.memory import Memory
from services.notifier.service import Notifier
from services.ports import Clock, HttpAnswer, Method, Outgoing, Poster, Record, Stop
from services.runtime.world import World
from services.settings import Settings

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class ScriptedPoster:
    """Answers each host with its list of answers, the last one for ever; an exception is raised.

    Nothing is answered before `may_answer` is true.
    """

    answers: dict[str, list[Any]] = field(default_factory=dict)
    posts: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    may_answer: Callable[[], bool] = lambda: True

    async def call(
        self,
        method: Method,
        url: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        answer_bytes: int = 0,
    ) -> HttpAnswer:
        while not self.may_answer():
            await asyncio.sleep(0.001)
        self.posts.append((url, headers, body))
        script = self.answers.get(url, [200])
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        return HttpAnswer(answer, url, {})


class NoPause:
    def is_set(self) -> bool:
        return False

    def wait(self, timeout_seconds: float) -> bool:
        return False


class FixedClock:
    def now(self) -> datetime:
        return START


class Remembered:
    def __init__(self) -> None:
        self.memory = Memory()

    def refresh(self) -> None:
        """Nothing comes from elsewhere."""


@dataclass
class Book:
    """A ledger that fails with each of `failures` before it takes a row."""

    rows: list[Delivery] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    is_away: bool = False

    def write(self, messages: Sequence[Outgoing]) -> None:
        if self.is_away:
            raise TransientError("Kafka is away")
        if self.failures:
            raise self.failures.pop(0)
        self.rows += [decode(Delivery, message.value) for message in messages]


OPEN: list[Notifier] = []
Outcome = tuple[str, str, int]
"""Channel, outcome, and number of tries of a delivery."""


class Harness(Notifier):
    """A notifier whose calls return the outcomes of what they began, once all of it is done."""

    def __init__(self, world: World, past: Remembered, book: Book) -> None:
        super().__init__(world, past, stand_in(book))
        self.book = book
        OPEN.append(self)

    def tell(self, *records: Record) -> list[Outcome]:
        return self._told(lambda: self.handle(records))

    def ripen(self) -> list[Outcome]:
        return self._told(self.idle)

    def _told(self, act: Callable[[], object]) -> list[Outcome]:
        n_before = len(self.book.rows)
        act()
        until = time.monotonic() + 20
        while self._open:
            assert time.monotonic() < until
            self._lanes.wait(set(self._open.values()), 1.0)
            self._collect()
        return outcomes(self.book.rows[n_before:])


_RUN_DIR = TemporaryDirectory(prefix="reportedly-notifier-")
"""Where notifiers of tests beat: no health of a real system shall count them."""


def notifier(
    poster: Poster | None = None,
    settled: Remembered | None = None,
    book: Book | None = None,
    clock: Clock | None = None,
    stop: Stop | None = None,
    **settings: Any,
) -> Harness:
    world = World(
        Settings(**{"run_dir": Path(_RUN_DIR.name)} | settings),
        clock or FixedClock(),
        stand_in(),
        stand_in(),
        stand_in(),
        poster or ScriptedPoster(),
        stop or NoPause(),
    )
    return Harness(world, settled or Remembered(), book or Book())


def record(
    *channels: str, kinds: Sequence[ChangeKind] = ("first",), alert_id: str = "a", offset: int = 0
) -> Record:
    revisions = tuple(
        Revision(id=f"{alert_id}{n}", number=n, kind=kind, text="Told.")
        for n, kind in enumerate(kinds)
    )
    alert = Alert(
        alert_id=alert_id,
        watch_id="w",
        watch_version=1,
        watch_name="W",
        revisions=revisions,
        channels=tuple(Channel(to=to) for to in channels),
    )
    return Record("alerts", 0, offset, alert_id, encode(alert))


def outcomes(deliveries: Iterable[Delivery]) -> list[Outcome]:
    return sorted((d.channel, d.outcome, d.attempt) for d in deliveries)


class Stopped(NoPause):
    """Asks to stop once it is set."""

    def __init__(self) -> None:
        self.is_stopped = False

    def is_set(self) -> bool:
        return self.is_stopped

    def set(self) -> None:
        self.is_stopped = True


class MovingClock:
    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at


def patient(poster: Poster, settled: Remembered | None = None) -> tuple[Harness, MovingClock]:
    clock = MovingClock()
    return notifier(poster, settled, clock=clock), clock


def in_policy(
    policy: Policy,
    kinds: Sequence[ChangeKind],
    alert_id: str = "a",
    offset: int = 0,
    to: str = "webhook:https://a.example",
) -> Record:
    whole = decode(Alert, record(to, kinds=kinds, alert_id=alert_id).value)
    revisions = tuple(msgspec.structs.replace(r, at=START) for r in whole.revisions)
    return Record(
        "alerts",
        3,
        offset,
        alert_id,
        encode(msgspec.structs.replace(whole, policy=policy, revisions=revisions)),
    )
