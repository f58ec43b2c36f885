"""What it costs to be able to forget an article: rewriting topics, against keys that are destroyed.

    python -m bench.forget --articles articles.jsonl
    python -m bench.forget --articles articles.jsonl --standstill 20000 200000

The second one fills the archive of a Kafka of its own with so many articles, forgets one of them,
and gives the seconds of the copy, during which services go on, and those of the standstill.

Rewriting costs time when something is forgotten, keys cost bytes and time for every article.
Kafka's lz4 is not at hand here, so gzip's quickest level stands for it on both sides.
"""

import argparse
import json
import os
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from rich.console import Console

from bench.restart import kafka, patiently
from services import wiring
from services.commands import replacing
from services.commands.forgetting import Forgotten, Words, without
from services.commands.saving import FLUSH_EVERY
from services.messages import Article, decode, encode
from services.ports import Outgoing, Record
from services.runtime.backup_file import FORMAT, Head, check, written
from services.runtime.data_version import bring_up
from services.runtime.waiting import Waiting
from services.settings import Settings

BATCH_BYTES = 16_384
"""Bytes that a producer puts together: librdkafka's `linger.ms` of 5 seldom gathers more."""

KEY_BYTES, NONCE_BYTES = 32, 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--most", type=int, default=20_000)
    parser.add_argument("--standstill", type=int, nargs="+", metavar="N")
    given = parser.parse_args()
    messages = [*_messages(given.articles, given.most)]
    if given.standstill:
        _standing_still(messages, given.standstill)
        return
    size = sum(map(len, messages))
    print(f"{len(messages):,} articles, {size / 1e6:.1f} MB of messages")
    _rewriting(messages, size)
    _keys(messages)


def _messages(path: Path, most: int) -> Iterator[bytes]:
    at = datetime(2031, 5, 2, tzinfo=UTC)
    with path.open(encoding="utf-8") as lines:
        for n, line in zip(range(most), lines, strict=False):
            row = json.loads(line)
            article = Article(
                article_id=f"{n:016x}",
                url_key=f"{n:016x}",
                feed_id="f",
                outlet="Herald",
                version=n + 1,
                content_hash=f"{n:032x}",
                title=(row.get("title") or "")[:1000],
                text=row.get("text") or "",
                first_seen_at=at,
                seen_at=at,
            )
            yield encode(article)


def _standing_still(messages: Sequence[bytes], sizes: Sequence[int]) -> None:
    with tempfile.TemporaryDirectory() as folder, kafka(Path(folder)) as bootstrap:
        for size in sizes:
            settings = Settings(kafka_bootstrap=bootstrap, topic_prefix=f"n{size}-")
            n_bytes = _fill(settings, messages, size)
            one, words = decode(Article, messages[7]), Words()
            words.add(one.title)
            words.add(one.text)
            what = Forgotten(frozenset([one.article_id]), datetime.now(UTC), words)
            with Waiting(Console(stderr=True)) as waiting:
                began = time.monotonic()
                done = replacing.replace_topics(settings, what, lambda: None, waiting)
                copied = time.monotonic() - began - done.seconds
                replacing.remove_former(settings, done.move, waiting)
            print(
                f"{size:,} articles, {n_bytes / 1e9:.2f} GB: copied in {copied:.0f} s, "
                f"stood still for {done.seconds:.1f} s",
                flush=True,
            )


def _fill(settings: Settings, messages: Sequence[bytes], size: int) -> int:
    """Write an archive of so many articles. Return its bytes."""
    broker = wiring.broker(settings)
    patiently(lambda: broker.apply_topics())
    patiently(lambda: bring_up(broker, is_new=True))
    producer, n_bytes = broker.producer(), 0
    for n in range(size):
        value = messages[n % len(messages)].replace(
            f"{n % len(messages):016x}".encode(), f"{n:016x}".encode()
        )
        producer.send(Outgoing("articles", f"{n:016x}", value))
        n_bytes += len(value)
        if n % FLUSH_EVERY == 0:
            producer.flush()
    producer.close()
    return n_bytes


def _rewriting(messages: Sequence[bytes], size: int) -> None:
    what = Forgotten(frozenset([f"{7:016x}"]), datetime.now(UTC))
    rows = (Record("articles", 0, n, f"{n:016x}", m) for n, m in enumerate(messages))
    head = Head(
        reportedly_backup=FORMAT,
        data_version=1,
        program="bench",
        at=what.at,
        partitions={},
        places={},
    )
    with tempfile.TemporaryDirectory() as folder:
        path, began = Path(folder) / "a", time.process_time()
        with written(path, head) as writer:
            for record in without("articles", rows, what):
                writer.add(record)
        copied = time.process_time() - began
        check(path)
        both = time.process_time() - began
    print(f"rewriting: {copied:.2f} s of CPU to copy, {both - copied:.2f} s to check")
    print(
        f"rewriting: {both / size * 1e9:.0f} s of CPU a GB, {len(messages) / both:,.0f} articles/s"
    )


def _keys(messages: Sequence[bytes]) -> None:
    batch, plain, pending = 0, 0, b""
    for message in messages:
        pending += message
        if len(pending) >= BATCH_BYTES:
            plain, batch, pending = plain + len(zlib.compress(pending, 1)), batch + 1, b""
    plain += len(zlib.compress(pending, 1))
    began, sealed = time.process_time(), 0
    for message in messages:
        nonce = os.urandom(NONCE_BYTES)
        some = AESGCM(os.urandom(KEY_BYTES)).encrypt(nonce, zlib.compress(message, 1), None)
        sealed += len(some) + NONCE_BYTES
    seconds = time.process_time() - began
    n = len(messages)
    print(f"as it is: {plain / n:,.0f} bytes an article on disk ({batch:,} batches)")
    print(f"keys: {sealed / n:,.0f} bytes an article, {sealed / plain - 1:+.0%}")
    print(f"keys: {seconds / n * 1e6:.0f} µs of CPU to write an article, the same for each reader")


if __name__ == "__main__":
    main()
