"""The version of the data: checked at every start, and raised by `reportedly topics apply`."""

from collections.abc import Callable, Mapping

import msgspec
import structlog

from services import __version__
from services.errors import ConfigError, InvalidMessage, TransientError
from services.messages import DataVersion, decode, encode
from services.ports import Broker, Outgoing, TopicPartition
from services.runtime.by_family import move_to_families
from services.runtime.health import Heartbeat
from services.runtime.told_before import remember_what_was_told
from services.runtime.world import World

TOPIC = "data-version"

DATA_VERSION = 3
"""The version of messages and state that this program writes.

Raise it if an older program can't read what is written now, or this one can't read older data. A
new field with a default does neither.
"""

UNMARKED = 1
"""The version of data without a mark, as written by programs that set none."""

UNFINISHED = 0
"""The mark of topics into which a backup is being put. No program works on them."""

MOVED = 1_000_000
"""The version in the mark of the first generation while a later one is in use.

Programs that know of no generation refuse it as newer data.
"""

Migration = Callable[[Broker], None]

MIGRATIONS: Mapping[int, Migration] = {1: move_to_families, 2: remember_what_was_told}
"""Version to the function that brings data of that version to the next one.

It must be idempotent. No service runs meanwhile.
"""

_KEY = "data"
_WAY_OUT = (
    "or start with an empty data folder (REPORTEDLY_DATA_DIR) "
    "or new topics (REPORTEDLY_TOPIC_PREFIX)"
)

STANDSTILL = (
    "all services stand still while `reportedly forget` ends: if it broke off, run it again"
)

_log = structlog.get_logger()


def marked(broker: Broker) -> DataVersion | None:
    """Return the mark, or None if there is none.

    Raises TransientError, also if the topic does not exist; ConfigError if the mark can't be read.
    """
    broker.n_partitions(TOPIC)
    reader, found = broker.reader(), None
    try:
        for record in reader.read_to_end([TopicPartition(TOPIC, 0)]):
            found = record if record.value is not None else None
    finally:
        reader.close()
    if found is None:
        return None
    try:
        return decode(DataVersion, found.value)
    except InvalidMessage as error:
        raise ConfigError(
            f"the mark on topic {TOPIC} at offset {found.offset} can't be read ({error}): remove "
            "it with care"
        ) from error


def refuse_newer(found: DataVersion | None, known: int = DATA_VERSION) -> None:
    """Raise ConfigError for data that a newer program wrote, and for half a backup."""
    if found is not None and found.version == UNFINISHED:
        raise ConfigError(
            "a backup was not put back whole: run `reportedly restore FILE --replace` again"
        )
    if found is not None and found.version > known:
        raise ConfigError(
            f"the data was written by data version {found.version} (Reportedly "
            f"{found.written_by or 'unknown'}), this program "
            f"knows data versions up to {known}: install that version or a newer one, {_WAY_OUT}"
        )


def refuse(found: DataVersion | None, known: int = DATA_VERSION) -> None:
    """Raise ConfigError for data of another version than the one that this program writes."""
    refuse_newer(found, known)
    version = found.version if found is not None else UNMARKED
    if version < known:
        raise ConfigError(
            f"the data is of data version {version}, this program needs {known}: stop all services "
            "and run "
            f"`reportedly topics apply`, which migrates it, {_WAY_OUT}"
        )


def bring_up(
    broker: Broker,
    *,
    is_new: bool,
    known: int = DATA_VERSION,
    migrations: Mapping[int, Migration] = MIGRATIONS,
) -> list[int]:
    """Migrate the data to this program's version and mark it. Return the versions migrated from.

    `is_new`: the topics were just created, so there is nothing to migrate.

    Raises ConfigError for newer data, and for older data without a migration; then nothing is
    changed.
    """
    found = marked(broker)
    refuse_newer(found, known)
    version = found.version if found is not None else known if is_new else UNMARKED
    steps = range(version, known)
    for missing in (step for step in steps if step not in migrations):
        raise ConfigError(
            f"the data is of data version {version} and can't be migrated: there is no way from "
            f"{missing} to {missing + 1}; "
            f"install a version of Reportedly that has one, {_WAY_OUT}"
        )
    for step in steps:
        _log.info("migrating the data", of=step, to=step + 1)
        migrations[step](broker)
        mark(broker, step + 1)
    if found is None and not steps:
        mark(broker, known)
    return list(steps)


def check(world: World, service: str) -> None:
    """Return once the data is known to have this program's version.

    Waits while Kafka is away, and while all services stand still. Raises ConfigError.
    """
    heartbeat = Heartbeat(world.settings.run_dir, service, part=TOPIC)
    said = ""
    try:
        while not world.stop.is_set():
            try:
                if (base := marked(world.broker.base())) is not None and base.stands_still:
                    raise TransientError(STANDSTILL)
                refuse(marked(world.broker))
                return
            except TransientError as error:
                heartbeat.beat("waiting", reason=str(error))
                if str(error) != said:
                    _log.warning("waiting for Kafka's topics", reason=str(error))
                said = str(error)
                world.stop.wait(1.0)
    finally:
        heartbeat.remove()


def mark(broker: Broker, version: int) -> None:
    """Write the mark of a version. Raises TransientError."""
    _write(broker, DataVersion(version=version, written_by=__version__))


def point(
    base: Broker, generation: int, *, stands_still: bool = False, forgetting: tuple[str, ...] = ()
) -> None:
    """Name the generation in use, in the mark of the first one. Raises TransientError.

    `base`: the first generation. The other two are fields of `DataVersion`.
    """
    found = marked(base) or DataVersion(version=UNMARKED)
    written = msgspec.structs.replace(
        found,
        version=MOVED if generation else found.version,
        generation=generation,
        stands_still=stands_still,
        forgetting=forgetting,
    )
    _write(base, written)


def _write(broker: Broker, found: DataVersion) -> None:
    producer = broker.producer()
    producer.send(Outgoing(TOPIC, _KEY, encode(found)))
    producer.close()
