"""For tests of the notifier: a poster with a script, and a notifier around a broker in memory."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from builders import START
from loops import everything, send
from stand_ins import stand_in
from streams import eventually

from services.adapters.memory import MemoryBroker
from services.messages import (
    Alert,
    ChangeKind,
    Channel,
    Command,
    Delivery,
    DeliveryState,
    Policy,
    Revision,
    decode,
    encode,
)
from services.messages.delivery import DeliveryRow
from services.notifier.service.notifier import Notifier
from services.ports import (
    Clock,
    HttpAnswer,
    Mailer,
    Method,
    Outgoing,
    Poster,
    Record,
    Stop,
    TopicPartition,
    partition_of,
)
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


@dataclass
class MovingClock:
    at: datetime = START + timedelta(minutes=5)

    def now(self) -> datetime:
        return self.at


OPEN: list["Harness"] = []
Outcome = tuple[str, str, int]
"""Channel, outcome, and number of tries of a delivery."""

_RUN_DIR = TemporaryDirectory(prefix="reportedly-notifier-")
"""Where notifiers of tests beat: no health of a real system shall count them."""


class Harness(Notifier):
    """A notifier that owns all partitions of a broker in memory."""

    def __init__(self, world: World, broker: MemoryBroker) -> None:
        # Without chance a first failure is tried again at once.
        super().__init__(world, chance=lambda: 0.0)
        self.broker = broker
        self.gain([TopicPartition("alerts", n) for n in range(broker.n_partitions("alerts"))])
        OPEN.append(self)

    def tell(self, *alerts: Alert, n: int) -> list[Outcome]:
        """Take alerts. Return all outcomes once there are `n`."""
        self.handle([record(alert, self.broker) for alert in alerts])
        return self.outcomes(n)

    def outcomes(self, n: int) -> list[Outcome]:
        """Return all outcomes once there are `n`."""

        def are_there() -> bool:
            self.idle()
            return len(history(self.broker)) >= n

        eventually(are_there, 20)
        return outcomes(history(self.broker))

    def leave(self) -> None:
        """End, as a process does that is told to stop."""
        OPEN.remove(self)
        self.close()


def notifier(
    poster: Poster | None = None,
    broker: MemoryBroker | None = None,
    clock: Clock | None = None,
    stop: Stop | None = None,
    mailer: Mailer | None = None,
    **settings: Any,
) -> Harness:
    own = broker or MemoryBroker(partitions=2)
    world = World(
        Settings(**{"run_dir": Path(_RUN_DIR.name)} | settings),
        clock or MovingClock(),
        own,
        stand_in(),
        stand_in(),
        poster or ScriptedPoster(),
        stop or NoPause(),
        mailer=mailer,
    )
    return Harness(world, own)


def alert(
    *channels: str,
    kinds: Sequence[ChangeKind] = ("first",),
    alert_id: str = "a",
    watch_id: str = "w",
    policy: Policy | None = None,
) -> Alert:
    revisions = tuple(
        Revision(id=f"{alert_id}{n}", number=n, kind=kind, text=f"Told {n}.", at=START)
        for n, kind in enumerate(kinds, 1)
    )
    return Alert(
        alert_id=alert_id,
        watch_id=watch_id,
        watch_version=1,
        watch_name="W",
        revisions=revisions,
        channels=tuple(Channel(to=to) for to in channels),
        policy=policy or Policy(),
    )


def record(alert: Alert, broker: MemoryBroker) -> Record:
    partition = partition_of(alert.watch_id, broker.n_partitions("alerts"))
    return Record("alerts", partition, 0, alert.alert_id, encode(alert))


def history(broker: MemoryBroker) -> list[Delivery]:
    return [decode(Delivery, record.value) for record in everything(broker, "deliveries")]


def outcomes(deliveries: Iterable[Delivery]) -> list[Outcome]:
    return sorted((d.channel, d.outcome, d.attempt) for d in deliveries)


def rows(broker: MemoryBroker) -> dict[str, DeliveryState]:
    """Return the last row of each delivery, by key."""
    found: dict[str, DeliveryState] = {}
    for one in everything(broker, "delivery-states"):
        row = decode(DeliveryRow, one.value) if one.value is not None else DeliveryRow()
        if row.delivery is not None:
            found[row.delivery.key] = row.delivery
    return found


def order(broker: MemoryBroker, command: Command) -> None:
    """Put a command on its topic."""
    send(broker, Outgoing("commands", command.command_id, encode(command)))


def later(alert: Alert, **changed: Any) -> Alert:
    """Return an alert with other fields."""
    return msgspec.structs.replace(alert, **changed)
