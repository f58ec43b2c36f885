"""How the tagger alone scales on this machine: one process, two, and two services.

    python -m bench.tagger_scaling [--articles FILE.jsonl.gz] [--n 1200]

A Kafka of its own with nothing else to do; all articles wait in the topic before a tagger starts.
Counted is the time from a tenth to nine tenths of the tagged articles, by the broker's clock, so
that starts and the last partition count for nothing. All ways must give the same tagged articles.
Exit code 1 if they differ, or if two processes are less than 1.7 times as fast as one.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import msgspec
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import measured
from bench.restart import kafka
from bench.whole_news import made_news
from services.adapters.kafka import KafkaBroker
from services.commands.articles import read_article
from services.errors import TransientError
from services.messages import Article, TaggedArticle, decode, encode
from services.ports import Outgoing, Record, TopicPartition
from services.runtime.data_version import bring_up
from services.runtime.supervisor import service_command
from services.settings import Settings

GOAL = 1.7
"""How many times as fast two processes are as one."""

PARTITIONS = 12
SKIPPED = 0.1
"""The share of the articles at each end that is not counted."""

PATIENCE_SECONDS = 1_800.0
START = datetime(2031, 5, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Way:
    """A number of services with so many processes each."""

    name: str
    services: int
    processes: int


WAYS = (
    Way("one process", 1, 1),
    Way("two processes", 1, 2),
    Way("two services", 2, 1),
)


@dataclass(frozen=True)
class Result:
    """Articles a second, cores in use meanwhile, and article id to what was found in it."""

    rate: float
    cores: float
    found: dict[str, bytes]


def fill(broker: KafkaBroker, articles: Sequence[Article]) -> None:
    """Make the topics of a way, with all articles in them."""
    for _ in range(60):
        try:
            broker.apply_topics(PARTITIONS)
            bring_up(broker, is_new=True)
            break
        except TransientError as error:
            click.echo(f"  {error}", err=True)
            time.sleep(1)
    producer = broker.producer()
    for article in articles:
        producer.send(Outgoing("articles", article.article_id, encode(article)))
    producer.close()


@contextmanager
def taggers(way: Way, bootstrap: str, folder: Path, prefix: str) -> Iterator[list[psutil.Process]]:
    """Run the taggers of a way inside the context."""
    running = []
    for n in range(way.services):
        settings = Settings(
            kafka_bootstrap=bootstrap,
            topic_prefix=prefix,
            data_dir=folder / f"{prefix}{n}",
            run_dir=folder / f"{prefix}{n}" / "run",
            tagger_processes=way.processes,
            log_level="warning",
        )
        (folder / f"{prefix}{n}").mkdir()
        ours = _environment() | settings.environment()
        running.append(subprocess.Popen(service_command("tag-stream"), env=ours))
    try:
        yield [psutil.Process(each.pid) for each in running]
    finally:
        for each in running:
            each.terminate()
        for each in running:
            each.wait(60)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("REPORTEDLY_")}


def measure(way: Way, bootstrap: str, folder: Path, articles: Sequence[Article]) -> Result:
    """Tag all articles in one way."""
    prefix = way.name.replace(" ", "-") + "-"
    broker = KafkaBroker(bootstrap, prefix)
    fill(broker, articles)
    with taggers(way, bootstrap, folder, prefix) as processes:
        records, cores = _followed(broker, processes, len(articles))
    times = sorted(record.timestamp_ms / 1000 for record in records)
    low, high = (int(len(times) * share) for share in (SKIPPED, 1 - SKIPPED))
    found = {record.key or "": _content(record) for record in records}
    return Result((high - low) / max(1e-3, times[high] - times[low]), cores, found)


def _followed(
    broker: KafkaBroker, processes: Sequence[psutil.Process], n: int
) -> tuple[list[Record], float]:
    """Wait until so many articles are tagged. Return their records, and the cores in use.

    An article that was under way when a second service came is tagged twice: its first record
    counts.
    """
    marks, until = list[tuple[float, float]](), time.monotonic() + PATIENCE_SECONDS
    parts = [TopicPartition("tagged-articles", p) for p in range(PARTITIONS)]
    while True:
        time.sleep(1.0)
        reader = broker.reader()
        done = sum(end for _, end in (reader.span(part) for part in parts))
        if SKIPPED * n <= done <= (1 - SKIPPED) * n:
            marks.append((time.monotonic(), sum(map(_cpu, processes))))
        records = _firsts(reader.read_to_end(parts)) if done >= n else []
        reader.close()
        if len(records) == n:
            break
        if time.monotonic() > until or not all(p.is_running() for p in processes):
            raise SystemExit(f"only {done} of {n} articles were tagged")
    seconds = marks[-1][0] - marks[0][0] if len(marks) > 1 else 0.0
    return records, (marks[-1][1] - marks[0][1]) / seconds if seconds else 0.0


def _firsts(records: Iterable[Record]) -> list[Record]:
    firsts: dict[str | None, Record] = {}
    for record in records:
        firsts.setdefault(record.key, record)
    return list(firsts.values())


def _cpu(process: psutil.Process) -> float:
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        times = each.cpu_times()
        total += times.user + times.system
    return total


def _content(record: Record) -> bytes:
    article = decode(TaggedArticle, record.value or b"")
    return encode(msgspec.structs.replace(article, tagged_at=None))


@click.command()
@click.option(
    "--articles",
    type=click.Path(path_type=Path, exists=True),
    help="JSON Lines with `title` and `text`, may be gzipped (default: made-up news).",
)
@click.option("--n", default=1_200, show_default=True, help="Articles.")
@click.option("--record", "is_recorded", is_flag=True, help="Write bench/measured.json.")
def main(articles: Path | None, n: int, is_recorded: bool) -> None:  # fmt: skip
    """Measure how the tagger scales with processes and with services."""
    rows = [
        {"id": each.mark, "title": each.title, "text": each.text, "outlet": "Herald"}
        for each in made_news(articles, n)
    ]
    news = [read_article(row, START + timedelta(seconds=i)) for i, row in enumerate(rows)]
    results = dict[str, Result]()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name, kafka(Path(name)) as bootstrap:
        for way in WAYS:
            results[way.name] = found = measure(way, bootstrap, Path(name), news)
            ratio = found.rate / results[WAYS[0].name].rate
            click.echo(
                f"{way.name:16} {found.rate:7.1f} articles/s  {ratio:5.2f} times one process  "
                f"{found.cores:4.2f} cores"
            )
    rates = {name: round(result.rate, 2) for name, result in results.items()}
    words = sum(len(f"{a.title} {a.text}".split()) for a in news) / n
    click.echo(f"{n} articles of {words:.0f} words")
    if is_recorded:
        measured.record("tagger_scaling", {"articles a second": rates, "words": round(words, 1)})
    wrong = [name for name, each in results.items() if each.found != results[WAYS[0].name].found]
    for way_name in wrong:
        click.echo(f"FAILED: {way_name} gave other tagged articles")
    if rates[WAYS[1].name] < GOAL * rates[WAYS[0].name]:
        click.echo(f"FAILED: two processes are less than {GOAL} times as fast as one")
        wrong.append("scaling")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
