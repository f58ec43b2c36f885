"""Ends a service when the topics that it works on are about to be replaced by others.

The mark of the first generation says so. Whoever runs the services starts it again; then it waits
until the standstill is over (`data_version.check`), and works on the generation in use.
"""

import threading

import structlog

from services.errors import FatalError, InvalidMessage, TransientError
from services.messages import DataVersion, decode
from services.ports import Broker, Record, Stop, TopicPartition
from services.runtime.data_version import TOPIC
from services.runtime.shutdown import SignalStop

LOOK_SECONDS = 1.0
"""Seconds that one look at the mark takes at most; a new one is seen at once."""

_AT = TopicPartition(TOPIC, 0)

_log = structlog.get_logger()


def watch(broker: Broker, stop: SignalStop) -> None:
    """Set `stop` once services have to stand still, or other topics are in use. In a thread."""
    threading.Thread(target=_watch, args=(broker, stop), name="standstill", daemon=True).start()


def _watch(broker: Broker, stop: SignalStop) -> None:
    while not stop.is_set():
        try:
            if _has_to_end(broker, stop):
                _log.info("the topics are about to be replaced, the service ends")
                stop.set()
        except TransientError:
            stop.wait(LOOK_SECONDS)
        except FatalError as error:
            _log.error("standstills are not seen", reason=str(error))
            return


def _has_to_end(broker: Broker, stop: Stop) -> bool:
    """Return True once the mark says so, and False once the service ends by itself."""
    reader = broker.base().reader()
    try:
        # The last mark may have come since the service looked at it.
        reader.start_at_end([_AT], back=1)
        while not stop.is_set():
            for record in reader.poll(LOOK_SECONDS):
                if is_other(record, broker.generation):
                    return True
        return False
    finally:
        reader.close()


def is_other(record: Record, generation: int) -> bool:
    """Return True for a mark under which no service may work on this generation."""
    try:
        found = decode(DataVersion, record.value)
    except InvalidMessage:
        return False  # each start refuses it
    return found.stands_still or found.generation != generation
