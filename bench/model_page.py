"""docs/capacity.md, from what the benches measured and the model predicts."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from string import Template
from typing import Any

from bench.measured import FILE
from bench.model import (
    DAY_SECONDS,
    HOP_SECONDS,
    LOAD,
    PEAK,
    TOLD,
    Run,
    Stage,
    fitted_hop,
    own_nodes,
    stages_of,
)

CORES = 2
"""Of the machine that the measurements were made on."""

NODE_CORES, NODE_GB = 8, 32
"""A common size of node."""

MILLIONS = (1, 10, 100)
PLANNED = (0.05, 0.5, 1, 5, 10)
"""Millions of articles a day: for the model, and for the plan."""

N_SIMULATED = 12_000
KEPT_DAYS = 365
LEAST_MS = 0.01
"""Less CPU time for an article is none."""

COPIES = {"kafka": 3, "elasticsearch": 2}
"""Of each byte: replication 3 (docker-compose.scale.yml), and one replica of each shard."""

DISK_LOAD = 0.7
"""The share of a disk that is filled: Elasticsearch stops to write at 95 %, merges need room."""

SERVICES = ("poller", "tagger", "tracker", "alerter", "indexer", "notifier", "api")
ENGINES = ("Kafka", "Elasticsearch")


def entries() -> dict[str, Any]:
    """Return what bench/measured.json holds. Raises SystemExit without a day's backlog."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    if "media_day" not in found:
        raise SystemExit(f"{FILE} has no figures of bench/media_day.py: run it with --record")
    return found


def hop() -> float:
    """Return the seconds of a hop, fitted to the news of `bench/whole.py` if it was measured."""
    found = entries()
    if "whole" not in found:
        return HOP_SECONDS
    figures = found["whole"]["figures"]
    cpu, p50 = figures["news: CPU ms an article"], figures["news: seen to delivered"]["p50"]
    return fitted_hop(cpu, p50, figures["news: rate"], CORES)


def stages(hop_seconds: float | None = None) -> list[Stage]:
    """Return the stages with the work that the backlog took."""
    cpu = entries()["media_day"]["figures"]["CPU ms an article"]
    return stages_of(cpu, hop() if hop_seconds is None else hop_seconds)


def check() -> list[str]:
    """Return the model beside the measurements, in lines of a Markdown table."""
    found, hop_seconds, rows = (
        entries(),
        hop(),
        ["| run | measured | model |", "| --- | --- | --- |"],
    )
    media = found["media_day"]["figures"]
    most = CORES / sum(media["CPU ms an article"].values()) * 1000
    rate = media["articles"] / media["seconds"]
    rows.append(f"| backlog: articles a second | {rate:.1f} | at most {most:.1f} |")
    if "whole" not in found:
        return [*rows, "", "`bench/whole.py` has not been recorded: the hop is 0.05 s, unfitted."]
    figures = found["whole"]["figures"]
    for part, latency in (("news", "seen to delivered"), ("burst", "sent to delivered")):
        told = TOLD if part == "news" else TOLD[1:]
        model = stages_of(figures[f"{part}: CPU ms an article"], hop_seconds, told)
        n, seen = max(1_000, figures[f"{part}: articles"]), figures[f"{part}: {latency}"]
        run = Run(model, figures[f"{part}: rate"], n, CORES).play()
        what = f"{part}, {figures[f'{part}: rate']:g} a second: p50, p99 (s)"
        cells = f"{seen['p50']:.2f}, {seen['p99']:.2f} | {run.p(0.5):.2f}, {run.p(0.99):.2f}"
        rows.append(f"| {what} | {cells} |")
    return [*rows, "", f"The hop is {hop_seconds:.3f} s."]


def predicted(hop_seconds: float) -> Iterator[str]:
    """Yield rows: what the model says of ever more articles, and of a replica too few."""
    base = stages(hop_seconds)
    for millions in MILLIONS:
        rate = PEAK * millions * 1e6 / DAY_SECONDS
        planned = own_nodes(base, millions * 1e6)
        run = Run(planned, rate, N_SIMULATED).play()
        few = [_fewer(stage) if stage.name == "tagger" else stage for stage in planned]
        short = Run(few, rate, N_SIMULATED).play()
        tagger = next(stage for stage in planned if stage.name == "tagger")
        late = short.left / (N_SIMULATED / rate) * 3600
        yield (
            f"| {millions} million | {rate:,.0f} | {tagger.replicas} of {tagger.partitions} | "
            f"{run.p(0.5):.2f}, {run.p(0.99):.2f} | {max(run.behind.values()):,} | {late:,.0f} |"
        )


def _fewer(stage: Stage) -> Stage:
    """Return a stage with half of its replicas."""
    return replace(stage, replicas=max(1, stage.replicas // 2))


def planned(millions: float, cpu: Mapping[str, float], kept: Mapping[str, float]) -> str:
    """Return a row of the plan: replicas, partitions, cores, nodes, and disks."""
    rate = PEAK * millions * 1e6 / DAY_SECONDS
    replicas = {name: max(1, math.ceil(rate * cpu.get(name, 0.0) / LOAD)) for name in SERVICES[:-1]}
    partitions = 12 * math.ceil(max(replicas.values()) / 12)
    engines = {name: max(1, math.ceil(rate * cpu.get(name, 0.0) / LOAD)) for name in ENGINES}
    cores = sum(replicas.values()) + 1 + sum(engines.values())
    disks = {
        name: millions * 1e6 * each * KEPT_DAYS * COPIES[name] / DISK_LOAD / 1e12
        for name, each in kept.items()
    }
    shown_disks = ", ".join(f"{disks[name]:.1f}" if name in disks else "unknown" for name in COPIES)
    cells = (f"{replicas[name]}" for name in replicas)
    shown = f"{millions:g} million" if millions >= 1 else f"{millions * 1e6:,.0f}"
    return (
        f"| {shown} | {rate:,.1f} | {' | '.join(cells)} | {partitions} | "
        f"{engines['Kafka']}, {engines['Elasticsearch']} | {cores} | "
        f"{math.ceil(cores / NODE_CORES)} | {shown_disks} |"
    )


def _measured_rows(entry: Mapping[str, Any]) -> Iterator[str]:
    figures = entry["figures"]
    cpu, memory = figures["CPU ms an article"], figures["memory MB"]
    for name in (*SERVICES, *ENGINES):
        most = (1000 / cpu[name] * LOAD) if cpu.get(name) else math.inf
        rate = f"{most:,.0f}" if most < 100_000 else "more than 100,000"
        yield f"| {name} | {cpu.get(name, 0.0):.1f} | {memory.get(name, 0):,} | {rate} |"


def page() -> str:
    """Return docs/capacity.md."""
    found, hop_seconds = entries(), hop()
    media, machine = found["media_day"]["figures"], found["media_day"]["machine"]
    cpu = {name: each / 1000 for name, each in media["CPU ms an article"].items()}
    kept = media["bytes kept an article"]
    loads = (f"{name} {entry['machine']['load']:g}" for name, entry in found.items())
    values = {
        "n": f"{media['articles']:,}",
        "words": media["words"],
        "seconds": f"{media['seconds']:.0f}",
        "rate": f"{media['articles'] / media['seconds']:.1f}",
        "cores": machine["cores"],
        "cpu": machine["cpu"],
        "gb": machine["memory_gb"],
        "python": machine["python"],
        "date": found["media_day"]["date"],
        "loads": ", ".join(loads),
        "load": f"{LOAD:g}",
        "peak": f"{PEAK:g}",
        "node_cores": NODE_CORES,
        "node_gb": NODE_GB,
        "disk_load": f"{DISK_LOAD:g}",
        "days": KEPT_DAYS,
        "kafka": _kilobytes(kept.get("kafka")),
        "elastic": _kilobytes(kept.get("elasticsearch")),
        "measured": "\n".join(measured_rows(media)),
        "plan": "\n".join(planned(millions, cpu, kept) for millions in PLANNED),
        "check": "\n".join(check()),
        "predicted": "\n".join(predicted(hop_seconds)),
    }
    template = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")
    return Template(template).substitute(values)


def _kilobytes(size: float | None) -> str:
    return "a number of kB, which was not measured," if size is None else f"{size / 1e3:.0f} kB"


def measured_rows(figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield rows: work and memory of each part, and what a core of it takes."""
    cpu, memory = figures["CPU ms an article"], figures["memory MB"]
    for name in (*SERVICES, *ENGINES):
        work = cpu.get(name, 0.0)
        rate = f"{1000 / work * LOAD:,.0f}" if work >= LEAST_MS else "any number"
        yield f"| {name} | {work:.1f} | {memory.get(name, 0):,} | {rate} |"
