"""Schedules of faults, drawn from a seed. Pure: a seed always gives the same schedule."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "killed at a point",
    "killed at any time",
    "rebalance storm",
    "Kafka paused",
    "Kafka killed",
    "Kafka slow",
    "Kafka reset",
    "Elasticsearch paused",
    "Elasticsearch killed",
    "Elasticsearch slow",
    "Elasticsearch reset",
    "Elasticsearch read-only",
    "Elasticsearch refuses items",
    "Elasticsearch busy",
    "disk full for rows",
    "poison",
    "clock steps",
    "twice and out of order",
    "replay",
    "receiver in trouble",
]
"""What goes wrong."""

KINDS: tuple[Kind, ...] = get_args(Kind)

Service = Literal["tagger", "tracker", "indexer", "alerter", "notifier"]
SERVICES: tuple[Service, ...] = ("tracker", "indexer", "alerter", "notifier")
"""The services that every schedule runs. The tagger runs where articles are not tagged yet."""

POINTS: Mapping[Service, tuple[str, ...]] = {
    "tagger": ("tagged",),
    "tracker": ("polled", "sent", "before-commit", "after-commit"),
    "indexer": ("polled", "stored", "before-commit", "after-commit"),
    "alerter": ("polled", "sent", "flushed", "before-commit", "after-commit"),
    "notifier": ("polled", "posted", "sent", "flushed", "before-commit", "after-commit"),
}
"""Where a service can be killed, in the order of its work (`deadly.py`)."""

GROUPS: Mapping[Service, tuple[str, ...]] = {
    "tagger": ("tagger",),
    "tracker": ("tracker-route", "tracker-judge", "tracker-fold"),
    "indexer": ("indexer",),
    "alerter": ("alerter-match", "alerter-fold"),
    "notifier": ("notifier",),
}
"""The consumer groups of a service."""

EXCLUSIVE: frozenset[Kind] = frozenset(
    {"Kafka paused", "Kafka killed", "Elasticsearch paused", "Elasticsearch killed"}
)
"""Faults of an engine that all schedules share: such a schedule runs alone."""

NEEDS_OWN_KAFKA: frozenset[Kind] = frozenset({"Kafka slow", "Kafka reset"})
"""Faults on the way to Kafka, which needs a listener for the proxy."""

REPLAYED = ("tracker-route", "tracker-fold", "alerter-match", "alerter-fold", "indexer", "notifier")
"""Groups that read their topics again from the first message."""

EXTRA = 0.4
"""The share of schedules with a fault of a second kind."""

TAGGER = 0.1
"""The share of schedules that run the tagger, which takes seconds to load."""

PAUSE_SECONDS = (3.0, 13.0)
"""How long an engine stands still. Members leave their group after ten seconds."""

SPELL_SECONDS = (1.0, 4.0)
"""How long any other trouble lasts."""


@dataclass(frozen=True)
class Fault:
    """One fault.

    - `at`: how much of the input has been sent when it begins, 0 to 1.
    - `seconds`: how long it lasts. `target`: a service or a consumer group.
    - `point`, `nth`: where the target is killed: when it comes to this point for the nth time.
    """

    kind: Kind
    at: float
    seconds: float = 0.0
    target: str = ""
    point: str = ""
    nth: int = 0


@dataclass(frozen=True)
class Schedule:
    """What happens to one stream.

    - `kind`: the kind that it is about; `faults` may hold another one.
    - `with_tagger`: the articles come untagged.
    """

    seed: int
    kind: Kind
    with_tagger: bool
    faults: tuple[Fault, ...]

    @property
    def is_exclusive(self) -> bool:
        return any(fault.kind in EXCLUSIVE for fault in self.faults)

    @property
    def services(self) -> tuple[Service, ...]:
        return services(self.with_tagger)


def services(with_tagger: bool) -> tuple[Service, ...]:
    """Return the services that a schedule runs."""
    return ("tagger", *SERVICES) if with_tagger else SERVICES


def draw(seed: int) -> Schedule:
    """Return the schedule of a seed. Twenty seeds in sequence have a schedule of each kind."""
    chance = random.Random(f"faults {seed}")
    kind = KINDS[seed % len(KINDS)]
    with_tagger = chance.random() < TAGGER
    running = services(with_tagger)
    faults = _of_kind(kind, chance, running)
    if chance.random() < EXTRA:
        others = [each for each in KINDS if each != kind and each not in EXCLUSIVE]
        faults += _of_kind(chance.choice(others), chance, running)
    return Schedule(seed, kind, with_tagger, tuple(sorted(faults, key=lambda fault: fault.at)))


def _of_kind(kind: Kind, chance: random.Random, running: tuple[Service, ...]) -> list[Fault]:
    several: dict[Kind, Callable[[], list[Fault]]] = {
        "killed at a point": lambda: [
            _killed_at_a_point(chance, running) for _ in range(chance.randint(1, 3))
        ],
        "killed at any time": lambda: [
            Fault(kind, chance.random(), target=chance.choice(running))
            for _ in range(chance.randint(1, 3))
        ],
        "clock steps": lambda: [
            Fault(kind, chance.random(), target=chance.choice(("+3600", "-3600", "+60", "-60")))
            for _ in range(chance.randint(1, 4))
        ],
        "poison": lambda: [Fault(kind, chance.random()) for _ in range(chance.randint(1, 4))],
    }
    return several[kind]() if kind in several else [_single(kind, chance)]


def _single(kind: Kind, chance: random.Random) -> Fault:
    at, spell = round(chance.uniform(0.0, 0.9), 3), round(chance.uniform(*SPELL_SECONDS), 1)
    match kind:
        case "Kafka paused" | "Elasticsearch paused":
            return Fault(kind, at, round(chance.uniform(*PAUSE_SECONDS), 1))
        case "rebalance storm":
            return Fault(kind, at, 2 * spell, target=chance.choice(SERVICES))
        case "disk full for rows":
            return Fault(kind, 0.0, spell, target=chance.choice(("tracker", "alerter")))
        case "twice and out of order":
            return Fault(kind, 0.0)
        case "replay":
            return Fault(kind, at, target=chance.choice(REPLAYED))
    return Fault(kind, at, spell)


def _killed_at_a_point(chance: random.Random, running: tuple[Service, ...]) -> Fault:
    target = chance.choice(running)
    point = chance.choice(POINTS[target])
    return Fault("killed at a point", 0.0, target=target, point=point, nth=chance.randint(1, 8))
