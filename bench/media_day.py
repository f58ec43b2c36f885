"""A Media Cloud day: a quarter of an hour of 500,000 articles a day, worked off as a backlog.

    python -m bench.media_day [--articles FILE.jsonl.gz] [--n 5200]

Media Cloud takes in 500,000 articles a day, 5.8 a second. So many as come in a quarter of an hour
all stand in the feeds at once, and pass the whole stack: polled, tagged, folded, matched against
100,000 watches, delivered, and indexed. They must be through within six minutes, 14.4 a second, so
that a backlog melts two and a half times as fast as news comes. Every article has a watch that must
alert exactly once, and every article must be found in Elasticsearch. Exit code 1 if not.

Printed: articles a second of each stage by the broker's clock, CPU time and memory of each service,
and the bytes that Kafka and Elasticsearch keep.
"""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import httpx
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import measured
from bench.whole import tag, warm
from bench.whole_news import News, made_news
from bench.whole_seen import spent
from bench.whole_system import Bench, Plan, running
from services.adapters.elastic import ElasticIndex
from services.ports import TopicPartition

N_ARTICLES = 5_200
A_SECOND = 500_000 / 86_400
LIMIT_SECONDS = 360.0
ITEMS_A_FEED = 20
PATIENCE = 5.0
"""How many times the limit is waited for the last article, to tell late from lost."""

STAGES = ("articles", "tagged-articles", "reports", "claims", "hits", "alerts", "deliveries")


def n_indexed(bench: Bench) -> int:
    """Return the articles that Elasticsearch finds."""
    index = ElasticIndex(bench.system.settings.elastic_url)
    index.refresh()
    body = {"size": 0, "track_total_hits": True, "query": {"match_all": {}}}
    found: int = index.search("articles", body)["hits"]["total"]["value"]
    return found


def rates(bench: Bench) -> dict[str, tuple[int, float, float]]:
    """Return topic to messages, and to the broker's times of its first and its last one."""
    broker, found = bench.broker(), dict[str, tuple[int, float, float]]()
    for topic in STAGES:
        reader = broker.reader()
        parts = [TopicPartition(topic, p) for p in range(broker.n_partitions(topic))]
        times = [record.timestamp_ms / 1000 for record in reader.read_to_end(parts)]
        reader.close()
        if times:
            found[topic] = (len(times), min(times), max(times))
    return found


def sizes(bench: Bench) -> dict[str, int]:
    """Return the bytes that Kafka's files take on the disk, and Elasticsearch's indices."""
    settings, kafka = bench.system.settings, 0
    for where, _, files in os.walk(settings.data_dir / "kafka"):
        for name in files:
            try:
                kafka += (Path(where) / name).stat().st_blocks * 512
            except FileNotFoundError:
                continue  # it was merged meanwhile
    found = httpx.get(f"{settings.elastic_url}/_stats/store", timeout=30).json()
    return {"kafka": kafka, "elasticsearch": found["_all"]["total"]["store"]["size_in_bytes"]}


def play(bench: Bench, news: Sequence[News]) -> tuple[float, list[str]]:
    """Let all articles appear. Return the seconds until all are through, and what is wrong."""
    marks, n_before = [each.mark for each in news], n_indexed(bench)
    begin = bench.begin()
    wrong = []
    if not bench.wait_for(marks, PATIENCE * LIMIT_SECONDS):
        reasons = bench.held_back()
        missing = bench.told.missing(mark.lower() for mark in marks)
        lost = [watch for watch in missing if watch not in reasons]
        wrong += [f"{len(lost)} alerts never came, such as {lost[0]}"] if lost else []
    doubled = bench.told.doubled(mark.lower() for mark in marks)
    wrong += [f"{len(doubled)} first alerts came twice"] if doubled else []
    if not bench.wait(
        "all is indexed", lambda: n_indexed(bench) >= n_before + len(news), LIMIT_SECONDS
    ):
        wrong.append(f"{n_indexed(bench) - n_before} of {len(news)} articles are indexed")
    return time.time() - begin, wrong


def show(bench: Bench, cpu: dict[str, float], n: int, begin: float, console: Console) -> None:
    """Print what each stage and each service did."""
    table = Table("topic", "messages", "first after", "last after", "a second")
    for topic, (count, first, last) in rates(bench).items():
        since = max(1.0, last - max(first, begin))
        cells = f"{max(0.0, first - begin):.0f} s", f"{last - begin:.0f} s", f"{count / since:.1f}"
        table.add_row(topic, f"{count:,}", *cells)
    console.print(table)
    table = Table("service", "CPU ms an article", "cores", "most memory")
    seconds = max(1.0, time.time() - begin)
    for service, used in sorted(cpu.items(), key=lambda row: -row[1]):
        memory = f"{bench.usage.most.get(service, 0) / 2**20:,.0f} MB"
        table.add_row(service, f"{1000 * used / n:.1f}", f"{used / seconds:.2f}", memory)
    console.print(table)


@click.command()
@click.option(
    "--articles",
    type=click.Path(path_type=Path, exists=True),
    help="JSON Lines with `title` and `text`, may be gzipped (default: made-up news).",
)
@click.option("--n", default=N_ARTICLES, show_default=True, help="Articles.")
@click.option("--watches", "n_watches", default=100_000, show_default=True)
@click.option("--processes", default=2, show_default=True, help="Of the tagger.")
@click.option("--record", "is_recorded", is_flag=True, help="Write bench/measured.json.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where data and logs stay.")
def main(**given: Any) -> None:
    """Work off a quarter of an hour of a Media Cloud day."""
    n, console = given["n"], Console(width=110)
    news = made_news(given["articles"], n + 1)
    limit, feeds = LIMIT_SECONDS * n / N_ARTICLES, max(1, -(-n // ITEMS_A_FEED))
    plan = Plan(news[:n], 0.0, feeds, given["n_watches"], interval=10.0, later=news[n:])
    with tempfile.TemporaryDirectory(prefix="media-", dir="/var/tmp") as own:
        at = (given["folder"] or Path(own)).resolve()
        at.mkdir(parents=True, exist_ok=True)
        last = tag(plan.later)[0]
        with running(plan, at, {"tagger_processes": given["processes"]}) as bench:
            warm(bench, last)
            figures, wrong = _measured(bench, plan, console)
    seconds = figures["seconds"]
    console.print(
        f"{n:,} articles of {figures['words']} words were through after {seconds:.0f} s: "
        f"{n / seconds:.1f} a second, {n / seconds / A_SECOND:.1f} times as fast as they come "
        f"(goal: {limit:.0f} s)"
    )
    if given["is_recorded"]:
        measured.record("media_day", figures)
    wrong += [f"it took {seconds:.0f} s, not {limit:.0f}"] if seconds > limit else []
    for line in wrong:
        console.print(f"FAILED: {line}", markup=False, style="bold red")
    sys.exit(1 if wrong else 0)


def _measured(bench: Bench, plan: Plan, console: Console) -> tuple[dict[str, Any], list[str]]:
    """Play. Return the figures, and what is wrong."""
    n, old = len(plan.news), sizes(bench)
    before, begin = bench.usage.by_part(), time.time()
    seconds, wrong = play(bench, plan.news)
    bench.usage.look()
    cpu = spent(before, bench.usage.by_part())
    show(bench, cpu, n, begin, console)
    kept = {name: round((size - old[name]) / n) for name, size in sizes(bench).items()}
    console.print(f"bytes kept an article: {kept}")
    return {
        "articles": n,
        "words": round(sum(each.n_words for each in plan.news) / n),
        "seconds": round(seconds, 1),
        "CPU ms an article": {name: round(1000 * each / n, 2) for name, each in cpu.items()},
        "memory MB": {name: round(most / 2**20) for name, most in bench.usage.most.items()},
        "bytes kept an article": kept,
    }, wrong


if __name__ == "__main__":
    main()
