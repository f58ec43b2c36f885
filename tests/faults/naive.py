"""The pipeline as it is often written, to see what the same faults do to it.

    input ─► stage one ─► naive-tagged ─► stage two ─► Elasticsearch, and a webhook for each article

It has the habits of many tutorials: the consumer commits by itself, every five seconds, what it has
handed out; messages are produced without waiting for an acknowledgement; documents get random ids;
the answer to a bulk request is not read; whatever fails is logged and left.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any

import confluent_kafka as ck
import httpx

TOPIC = "naive-tagged"
INDEX = "naive"
SECONDS = 30.0
"""For one request: it is not to lose by the slowness of the machine."""

BULK = 20
"""Documents that are sent together, at the latest after a second."""


def run(env: Mapping[str, str], dies_after: int) -> None:
    """Run until TERM, or until so many messages were handed on (0: no limit), then die by -9.

    `NAIVE_INPUT`: the topic. `NAIVE_HOOK`: where each article is told.
    """
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    prefix = env["REPORTEDLY_TOPIC_PREFIX"]
    _Naive(env, prefix, dies_after).run(prefix + env["NAIVE_INPUT"])


class _Naive:
    def __init__(self, env: Mapping[str, str], prefix: str, dies_after: int) -> None:
        self._kafka = env["REPORTEDLY_KAFKA_BOOTSTRAP"]
        self._prefix = prefix
        self._index = env["REPORTEDLY_INDEX_PREFIX"] + INDEX
        self._hook = env["NAIVE_HOOK"]
        self._dies_after = dies_after
        self._http = httpx.Client(base_url=env["REPORTEDLY_ELASTIC_URL"], timeout=SECONDS)
        self._waiting: list[bytes] = []
        self._n = 0

    def run(self, source: str) -> None:
        producer = ck.Producer({"bootstrap.servers": self._kafka})
        first, second = self._consumer("naive-1", source), self._consumer("naive-2", self._own)
        sent_at = time.monotonic()
        while True:
            if message := _polled(first):
                producer.produce(self._own, message.value(), message.key())
                producer.poll(0)
                self._count()
            if message := _polled(second):
                self._waiting.append(message.value())
            if len(self._waiting) >= BULK or (self._waiting and time.monotonic() > sent_at + 1):
                self._send(self._waiting)
                self._waiting, sent_at = [], time.monotonic()

    @property
    def _own(self) -> str:
        return self._prefix + TOPIC

    def _consumer(self, group: str, topic: str) -> Any:
        consumer = ck.Consumer(
            {
                "bootstrap.servers": self._kafka,
                "group.id": self._prefix + group,
                "auto.offset.reset": "earliest",
                "session.timeout.ms": 10_000,
                "log_level": 2,
            }
        )
        consumer.subscribe([topic])
        return consumer

    def _count(self) -> None:
        self._n += 1
        if self._n == self._dies_after:
            os.kill(os.getpid(), signal.SIGKILL)

    def _send(self, documents: list[bytes]) -> None:
        lines: list[bytes] = []
        for document in documents:
            lines += [b'{"index":{}}', _few_fields(document)]
        try:
            self._http.post(
                f"/{self._index}/_bulk",
                content=b"\n".join(lines) + b"\n",
                headers={"content-type": "application/x-ndjson"},
            )
        except httpx.HTTPError as error:
            print("can't store", error, file=sys.stderr)  # noqa: T201 - it has no other log
        for document in documents:
            try:
                httpx.post(self._hook, content=_few_fields(document), timeout=SECONDS)
            except httpx.HTTPError as error:
                print("can't tell", error, file=sys.stderr)  # noqa: T201 - it has no other log


def _polled(consumer: Any) -> Any:
    """Return a message; None if there is none, or an error."""
    message = consumer.poll(0.02)
    return None if message is None or message.error() else message


def _few_fields(document: bytes) -> bytes:
    """Return what tells an article from others; {} for what is none."""
    try:
        row = json.loads(document)
        return json.dumps({"article_id": row["article_id"], "version": row["version"]}).encode()
    except (ValueError, KeyError, TypeError):
        return b"{}"
