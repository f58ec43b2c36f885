"""The live stream as sse-starlette is commonly used: a queue for each listener, an event at a time.

    python bench/live_plain.py PORT BOOTSTRAP

What it has of ours is the reader of Kafka and the events, so that the rest can be compared.
"""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from sse_starlette import EventSourceResponse, ServerSentEvent

sys.path.insert(0, str(Path(__file__).parents[1]))

from services.adapters.kafka import KafkaBroker
from services.api.stream.updates import KINDS, update
from services.ports import TopicPartition

app = FastAPI()
queues: set[asyncio.Queue[ServerSentEvent]] = set()


@app.get("/v1/live")
async def live() -> EventSourceResponse:
    return EventSourceResponse(events(), ping=15)


async def events() -> AsyncIterator[ServerSentEvent]:
    queue: asyncio.Queue[ServerSentEvent] = asyncio.Queue()
    queues.add(queue)
    try:
        yield ServerSentEvent(comment="from now on")
        while True:
            yield await queue.get()
    finally:
        queues.discard(queue)


def put(told: list[ServerSentEvent]) -> None:
    for queue in queues:
        for each in told:
            queue.put_nowait(each)


def read(bootstrap: str, loop: asyncio.AbstractEventLoop) -> None:
    broker = KafkaBroker(bootstrap)
    reader = broker.reader()
    reader.start_at_end(
        [TopicPartition(topic, p) for topic in KINDS for p in range(broker.n_partitions(topic))]
    )
    while True:
        told = [
            ServerSentEvent(data=made.data.decode(), event=made.kind, id=str(record.offset))
            for record in reader.poll(0.1)
            if (made := update(record)) is not None
        ]
        if told:
            loop.call_soon_threadsafe(put, told)


async def serve(port: int, bootstrap: str) -> None:
    threading.Thread(target=read, args=(bootstrap, asyncio.get_running_loop()), daemon=True).start()
    config = uvicorn.Config(app, port=port, log_level="error", access_log=False)
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
