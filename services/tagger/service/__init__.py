"""The tagger's process: a Faust agent from articles to tagged articles.

The CPU work is done in other processes. Faust acknowledges an event if its agent raises, and counts
a message as sent once it is queued. So no exception leaves the agent's loop (the process ends
instead, and the batch is read again), and every delivery is awaited.
"""

import asyncio
import logging
import os
from typing import Any, Literal, get_args

import faust
import structlog

from services.messages import Article
from services.messages.limits import DEAD_LETTER_BYTES, TOPIC_BYTES
from services.runtime.files import map_file
from services.runtime.health import Heartbeat
from services.runtime.workers import LIMIT_SECONDS, Workers
from services.runtime.world import World
from services.settings import Settings
from services.tagger.service.login import credentials
from services.tagger.service.stream import BATCH, BATCHES_AT_ONCE, TagStream, die
from services.tagger.service.worker import Tagged, load_for_long_texts, load_tagger, tag_each

POLL_RECORDS = 200
"""Records that one poll of Faust returns."""

MEMORY_BYTES = 512 * 1024 * 1024
"""Bytes of memory that a worker may take beyond the 0.4 GB that it has once it is loaded.

Source: the worst text of 500,000 characters took 0.3 GB. Two workers with all of it, and one that
is being prepared, fit in the container (2.5 GB).
"""

TAGGING_SECONDS = 2 * BATCHES_AT_ONCE * BATCH * LIMIT_SECONDS
"""Seconds that the articles in hand may take before the group drops the tagger.

Each may end its worker, and once more alone. `allowed_seconds` gives a text up long before, unless
a C library does not return.
"""

STOP_SECONDS = 8.0
"""Seconds that Faust may take to stop; it may hang on a broker that is gone.

The supervisor gives ten seconds.
"""

LONGEST_STEP_SECONDS = LIMIT_SECONDS + 60.0
"""The longest time between two beats, in seconds.

A share of a batch takes at most `LIMIT_SECONDS`, a new worker its time to load the model, and an
acknowledgement twenty seconds.
"""

LOADING_SECONDS = 600.0
"""Seconds that the model may load.

Ten on a quiet machine, minutes if a million names are compiled on a busy one.
"""

_log = structlog.get_logger()


def run(world: World) -> None:
    """Run until told to stop. Raises FatalError.

    Ends the process if anything but a message is wrong.
    """
    settings = world.settings
    _route_logs()
    lexicons = [path for path in settings.lexicon.split(os.pathsep) if path]
    for path in lexicons:
        map_file(path)  # each worker maps it again; an unreadable one ends the service here
    prepared = (settings.spacy_model, lexicons)
    workers = Workers(
        settings.tagger_processes, tag_each, load_tagger, prepared, memory_bytes=MEMORY_BYTES
    )
    # Its process starts with the first long article.
    for_long = Workers(1, tag_each, load_for_long_texts, prepared, memory_bytes=MEMORY_BYTES)
    try:
        asyncio.run(_work(world, workers, for_long))
    finally:
        workers.close()
        for_long.close()


async def _work(
    world: World, workers: "Workers[Article, Tagged]", for_long: "Workers[Article, Tagged]"
) -> None:
    heartbeat = Heartbeat(
        world.settings.run_dir, "tagger", longest_step_seconds=LONGEST_STEP_SECONDS
    )
    # Load the model before joining the group: articles would otherwise wait for the workers.
    await _warm(workers, heartbeat)
    workers.on_progress = for_long.on_progress = heartbeat.beat
    app = make_app(world.settings)
    service = TagStream(world, app, workers.run, for_long.run, heartbeat)
    app.agent(service.articles, concurrency=1)(service.follow)
    await app.start()
    try:
        while not world.stop.is_set():
            if app.should_stop or app.crashed:
                die("faust has stopped by itself", app.crash_reason)
            if service.is_idle:
                heartbeat.beat()
            service.note_lag()
            await asyncio.sleep(0.2)
    finally:
        await _stopped(app)
        heartbeat.remove()


async def _warm(workers: "Workers[Article, Tagged]", heartbeat: Heartbeat) -> None:
    """Return once the model has tagged a sentence. Raises FatalError."""
    loading = asyncio.ensure_future(workers.ready())
    until = asyncio.get_running_loop().time() + LOADING_SECONDS
    while not loading.done():
        if asyncio.get_running_loop().time() < until:
            # After that it hangs, and the heartbeat must show it.
            heartbeat.beat("loading")
        await asyncio.wait([loading], timeout=0.2)
    await loading


async def _stopped(app: Any) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await app.stop()
    except TimeoutError:
        _log.warning(
            "faust did not stop in time; unfinished batches are read again", seconds=STOP_SECONDS
        )
        os._exit(0)


def make_app(settings: Settings) -> Any:
    """Return a Faust app without tables, web server, or topics of its own."""
    datadir = settings.data_dir / "faust"
    datadir.mkdir(parents=True, exist_ok=True)
    brokers = ";".join(
        f"kafka://{address.strip()}" for address in settings.kafka_bootstrap.split(",")
    )
    return faust.App(
        settings.topic_prefix + "tagger",
        broker=brokers,
        broker_credentials=credentials(settings),
        datadir=str(datadir),
        store="memory://",
        processing_guarantee="at_least_once",
        key_serializer="raw",
        value_serializer="raw",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        stream_wait_empty=False,
        broker_max_poll_records=POLL_RECORDS,
        broker_commit_interval=0.5,
        # As in the other services: a killed worker is replaced within seconds, not a minute.
        broker_session_timeout=10.0,
        broker_heartbeat_interval=3.0,
        consumer_auto_offset_reset="earliest",
        broker_max_poll_interval=TAGGING_SECONDS,
        consumer_max_fetch_size=TOPIC_BYTES,
        producer_acks=-1,
        producer_compression_type="lz4",
        producer_max_request_size=DEAD_LETTER_BYTES,
    )


_Library = Literal["faust", "aiokafka", "mode", "asyncio"]
"""Loggers whose warnings are logged."""


class _ToStructlog(logging.Handler):
    """Logs warnings of Faust and its client as lines of our own log."""

    def emit(self, record: logging.LogRecord) -> None:
        _log.log(max(record.levelno, logging.WARNING), record.getMessage(), logger=record.name)


def _route_logs() -> None:
    handler = _ToStructlog(level=logging.WARNING)
    for name in get_args(_Library):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.WARNING)
