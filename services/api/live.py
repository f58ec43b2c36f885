"""The live stream: every alert that comes from now on, as a server-sent event."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import structlog
from sse_starlette import ServerSentEvent

from services.errors import InvalidMessage, TransientError
from services.messages import Alert, decode
from services.ports import Broker, Record, Stop, TopicPartition, TopicReader

TOPIC = "alerts"
RETRY_SECONDS = 1.0

_log = structlog.get_logger()

T = TypeVar("T")


async def alerts(broker: Broker, stop: Stop) -> AsyncIterator[ServerSentEvent]:
    """Yield one event an alert revision until `stop` is set; the id is `alert_id:version`, the data the alert as JSON.

    While Kafka is away the stream stays open and silent.
    """
    reader = broker.reader()
    try:
        # The first event tells the reader from when on nothing is missed.
        await _patiently(lambda: _skip_what_was(reader, broker), stop)
        yield ServerSentEvent(comment="from now on")
        while not stop.is_set():
            for record in await _patiently(lambda: reader.poll(0.5), stop) or ():
                event = as_event(record)
                if event is not None:
                    yield event
    finally:
        await asyncio.shield(asyncio.to_thread(reader.close))


def as_event(record: Record) -> ServerSentEvent | None:
    """Return the event of a record; None for a tombstone and for what is no alert."""
    if record.value is None:
        return None
    try:
        alert = decode(Alert, record.value)
    except InvalidMessage as error:
        _log.warning("no alert", partition=record.partition, offset=record.offset, reason=str(error))
        return None
    return ServerSentEvent(data=record.value.decode(), event="alert", id=f"{alert.alert_id}:{alert.version}")


async def _patiently(call: Callable[[], T], stop: Stop) -> T | None:
    """Run a blocking call in a thread until it gives an answer, or `stop` is set.

    A reader that leaves cancels us; the thread is waited for all the same, since the client must not be closed under it.
    """
    while not stop.is_set():
        running = asyncio.ensure_future(asyncio.to_thread(call))
        try:
            return await asyncio.shield(running)
        except TransientError as error:
            _log.warning("the live stream waits for Kafka", reason=str(error))
            await asyncio.sleep(RETRY_SECONDS)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise
    return None


def _skip_what_was(reader: TopicReader, broker: Broker) -> None:
    for _ in reader.read_to_end([TopicPartition(TOPIC, p) for p in range(broker.n_partitions(TOPIC))]):
        pass
