"""The figures of a system under attack, in tables, and what is wrong with them."""

import json
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

from rich.console import Console
from rich.table import Table

from bench.hostile_attacks import ONCE
from bench.hostile_seen import N_FEEDS, News, Story, Watched, limits
from bench.hostile_server import Host
from services.runtime.health import SERVICES, pulses

LATEST_SECONDS = 15.0
"""From the moment at which a normal article stands in its feed to its webhook."""

LAST_SECONDS = 60.0
"""How long is waited for what is late, to tell late from lost."""


def unindexed(news: News, folder: Path) -> list[Story]:
    """Return the articles that Elasticsearch does not hold,
    after a wait for those that are late.
    """
    until = time.monotonic() + LAST_SECONDS
    while True:
        there = indexed(folder)
        missing = [story for story in news.stories if story.title not in there]
        if not missing or time.monotonic() > until:
            return missing
        time.sleep(1.0)


def indexed(folder: Path) -> set[str]:
    """Return the titles of the normal articles that Elasticsearch holds."""
    lines = [
        json.loads(line)
        for line in (folder / "up.log").read_text().splitlines()
        if line.startswith("{")
    ]
    elastic = next(line["elasticsearch"] for line in lines if line["event"] == "running")
    outlets = ",".join(f'"Herald {n}"' for n in range(N_FEEDS))
    query = (
        f'{{"size": 10000, "_source": ["title"], "query": {{"terms": {{"outlet": [{outlets}]}}}}}}'
    )
    with urlopen(
        f"{elastic}/articles*/_search?source_content_type=application/json&source={quote(query)}"
    ) as answer:
        return {hit["_source"]["title"] for hit in json.load(answer)["hits"]["hits"]}


def show_services(watched: Watched, folder: Path, console: Console) -> list[str]:
    """Print a row a service. Returns what is wrong."""
    well = dict.fromkeys(SERVICES, True)
    states = defaultdict(list)
    for pulse in pulses(folder / "data" / "run"):
        if pulse.is_alive:
            states[pulse.service].append(pulse.state)
            well[pulse.service] &= pulse.is_well
    table = Table(
        "service", "process", "restarts", "state", "most memory", "limit", title="Services"
    )
    wrong = []
    for service, limit in limits().items():
        restarts, used = max(0, len(watched.pids[service]) - 1), watched.most[service]
        state = ", ".join(sorted(set(states[service]))) or "gone"
        row = (service, " ".join(map(str, sorted(watched.pids[service]))), str(restarts), state)
        table.add_row(*row, f"{used / 2**20:,.0f} MB", f"{limit / 2**20:,.0f} MB")
        if not states[service] or not well[service]:
            wrong.append(f"{service} is not well at the end: {state}")
        if restarts:
            wrong.append(f"{service} ended {restarts} times")
        if used > limit:
            wrong.append(
                f"{service} took {used / 2**20:,.0f} MB, its container has {limit / 2**20:,.0f} MB"
            )
    console.print(table)
    return wrong


def show_hosts(title: str, hosts: Sequence[Host], console: Console, at_least: int) -> list[str]:
    """Print how often each hostile host was asked. Returns what is wrong."""
    table, now, wrong = Table("attack", "asked", "last, s ago", title=title), time.monotonic(), []
    for host in hosts:
        ago = f"{now - host.asked_at[-1]:.0f}" if host.asked_at else "never"
        table.add_row(host.name, str(len(host.asked_at)), ago)
        if len(host.asked_at) < (min(at_least, 1) if host.name in ONCE else at_least):
            wrong.append(f"{title.lower()}: {host.name!r} was asked {len(host.asked_at)} times")
    console.print(table)
    return wrong


def show_news(news: News, folder: Path, console: Console) -> list[str]:
    """Print what became of the normal articles. Returns what is wrong."""
    seconds = sorted(story.seconds for story in news.stories if story.seconds is not None)
    lost = [story.name for story in news.stories if story.told is None]
    late = [s for s in seconds if s > LATEST_SECONDS]
    missing = unindexed(news, folder)
    table = Table(
        "published",
        "told",
        "median",
        "longest",
        f"over {LATEST_SECONDS:.0f} s",
        "indexed",
        title="Normal articles",
    )
    median, longest = (
        (f"{seconds[len(seconds) // 2]:.1f} s", f"{seconds[-1]:.1f} s") if seconds else ("-", "-")
    )
    n = len(news.stories)
    table.add_row(str(n), str(len(seconds)), median, longest, str(len(late)), str(n - len(missing)))
    console.print(table)
    first = news.stories[0].published
    for story in news.stories:
        if story.seconds is None or story.seconds > LATEST_SECONDS:
            told = "never" if story.seconds is None else f"after {story.seconds:.1f} s"
            console.print(
                f"  {story.name}, published at {story.published - first:.0f} s, was told {told}"
            )
    wrong = [f"{len(lost)} articles were never told, the first of {lost[0]}"] if lost else []
    wrong += (
        [f"{len(late)} articles were told after more than {LATEST_SECONDS:.0f} s"] if late else []
    )
    if missing:
        wrong.append(
            f"{len(missing)} articles are not in Elasticsearch, the first of {missing[0].name}"
        )
    return wrong


def events(folder: Path) -> list[str]:
    """Return the lines of the logs that tell of ends and errors,
    each kind once, with how often it came.
    """
    seen: dict[tuple[str, str, str], list[Any]] = {}
    for path in sorted([folder / "up.log", *(folder / "data" / "logs").glob("*.log")]):
        for line in path.read_text(errors="replace").splitlines():
            row = json.loads(line) if line.startswith("{") and line.endswith("}") else {}
            if row.get("level") in ("error", "critical") or "started again" in str(
                row.get("event")
            ):
                key = (path.name, str(row.get("event")), str(row.get("name", "")))
                seen.setdefault(key, [0, line])[0] += 1
            elif line.startswith("reportedly: "):
                seen.setdefault((path.name, line[:60], ""), [0, line])[0] += 1
    return [f"{file} ×{n}: {line[:500]}" for (file, _, _), (n, line) in seen.items()]
