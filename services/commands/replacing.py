"""Replaces all topics by copies without what is forgotten, in a standstill of seconds.

    services run    all is copied into the next generation of the topics, and caught up
    standstill      services end; the last records, notices, and places of groups are copied
    the mark        names the next generation: services start, and work on it
    services run    what a command wrote late is copied, and the former generation is removed

Up to the mark the topics in use are as they were, and whatever breaks off is begun anew. After it
all that is left to do is in the mark, and is done again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.commands import world
from services.commands.backup import telling
from services.commands.forgetting import Forgotten
from services.commands.moving import MoreToForgetError, Move
from services.commands.saving import Store, order
from services.errors import ConfigError, TransientError
from services.runtime.data_version import DATA_VERSION, mark, marked, point, refuse
from services.runtime.metric_defs import GROUPS
from services.runtime.waiting import Waiting
from services.settings import Settings

if TYPE_CHECKING:
    from services.adapters.kafka import KafkaBroker

STOP_SECONDS = 90.0
"""Seconds that services may take to end.

Source: the supervisor gives each 15; a member that was killed stays in its group for 10. The rest
is for a busy machine.
"""

FEW = 2_000
"""Records that may be left for the standstill: less than a second of work."""

ROUNDS = 50
"""Rounds of catching up, at most. Each is a small part of the one before."""

_LOOK_SECONDS = 0.2


@dataclass
class Replaced:
    """What replaced the topics: the copy, and the seconds in which services had to stand still.

    The seconds begin when services are told to end.
    """

    move: Move
    seconds: float


def replace_topics(
    settings: Settings, what: Forgotten, clean: Callable[[], None], waiting: Waiting
) -> Replaced:
    """Replace the topics in use. `clean` removes what else services hold open, while none runs.

    Raises ConfigError, TransientError, and MoreToForgetError; then all is as it was before.
    """
    old = world.kafka(settings)
    refuse(marked(old))
    new = _next(old, settings, waiting)
    move = Move(old, new, what, GROUPS, telling(waiting, "copied"))
    move.copy()
    for _ in range(ROUNDS):
        if move.catch_up() <= FEW:
            break
    began = time.monotonic()
    with _standstill(old, waiting):
        clean()
        move.catch_up()
        move.end()
    point(old.base(), new.generation, forgetting=tuple(sorted(what.ids)))
    return Replaced(move, time.monotonic() - began)


def remove_former(settings: Settings, move: Move | None, waiting: Waiting) -> None:
    """Remove the generation before the one in use. `move`: its copy, if this process made it."""
    waiting.tell("removing the former topics")
    kafka = world.kafka(settings)
    if move is not None:
        # A command that had begun before may have written there. Of the articles it counts nothing.
        with suppress(MoreToForgetError):
            move.catch_up()
    kafka.of_generation(kafka.generation - 1).drop_topics()
    _give_rights(kafka)


def ended(settings: Settings) -> None:
    """Take note that nothing holds the articles any more."""
    kafka = world.kafka(settings)
    point(kafka.base(), kafka.generation)


def lift(base: Store) -> None:
    """End a standstill that a run left behind. `base`: the first generation."""
    found = marked(base)
    if found is not None and found.stands_still:
        point(base, found.generation)


def _next(old: "KafkaBroker", settings: Settings, waiting: Waiting) -> "KafkaBroker":
    """Make the topics of the next generation, empty."""
    waiting.tell("making new topics")
    new = old.of_generation(old.generation + 1)
    new.drop_topics()
    new.apply_topics(settings.partitions)
    for name in order():
        if old.has(name) and (then := old.n_partitions(name)) != new.n_partitions(name):
            raise ConfigError(
                f"topic {name} has {then} partitions, not {new.n_partitions(name)}: set "
                "REPORTEDLY_PARTITIONS to what it was"
            )
    mark(new, DATA_VERSION)
    _give_rights(old, new.generation)
    return new


def _give_rights(broker: "KafkaBroker", *more: int) -> None:
    with suppress(ConfigError):  # a cluster that keeps no rules
        broker.apply_rights(*more)


@contextmanager
def _standstill(broker: "KafkaBroker", waiting: Waiting) -> Iterator[None]:
    """Run the block once no service runs. If it raises, services go on as before."""
    base, generation = broker.base(), broker.generation
    try:
        point(base, generation, stands_still=True)
        _wait_for_services(broker, waiting)
        yield
    except BaseException:
        with suppress(TransientError):  # then the next run does it
            point(base, generation)
        raise


def _wait_for_services(broker: "KafkaBroker", waiting: Waiting) -> None:
    until = time.monotonic() + STOP_SECONDS
    while running := [name for name, of in broker.progress(GROUPS).items() if of.members]:
        if time.monotonic() > until:
            raise ConfigError(
                f"services run ({', '.join(running)}) and did not end by themselves: stop them, "
                "and run it again"
            )
        waiting.tell(f"services end: {', '.join(running)}")
        time.sleep(_LOOK_SECONDS)
