"""`reportedly health`: how every engine and service is doing, judged from outside."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from services.commands import world
from services.commands.running import FULL_BYTES, free_bytes
from services.runtime.health import SERVICES, Pulse, pulses
from services.runtime.verdict import Lag, judge, kept
from services.settings import Settings

if TYPE_CHECKING:
    from services.adapters.kafka import KafkaBroker

# The clients of the engines, and the table, are imported where they are used: every container asks for its own health every few
# seconds, and they would take most of the second that it costs.

GROUPS = {
    "poller": ("poller",),
    "tagger": ("tagger",),
    "tracker": ("tracker-route", "tracker-fold", "tracker-judge"),
    "indexer": ("indexer",),
    "alerter": ("alerter-match", "alerter-fold"),
    "notifier": ("notifier",),
    "api": (),
}
"""Service to its consumer groups."""


@click.command()
@click.argument("service", required=False, type=click.Choice(SERVICES))
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.option("--local", is_flag=True, help="Look only at the heartbeats of this machine (for container health checks).")
def health(service: str | None, as_json: bool, local: bool) -> None:
    """Tell of the engines and of every service: processes, heartbeats, and how far behind they are. Exits 1 if one is not well.

    \b
    Examples:
      reportedly health
      reportedly health tagger --local
    """
    settings = world.settings()
    rows, broker = ([], None) if local else _engines(settings)
    rows += [_service(settings, name, broker) for name in SERVICES if service in (None, name)]
    if as_json:
        click.echo(json.dumps(rows))
    else:
        _show(rows)
    if not all(row["well"] for row in rows):
        raise click.exceptions.Exit(1)


def _engines(settings: Settings) -> "tuple[list[dict[str, Any]], KafkaBroker | None]":
    """Return a row an engine, and the broker if it is up."""
    from services.commands.set_aside import health_row

    broker = world.kafka(settings)
    kafka, elastic = broker.is_up(), world.index(settings).is_up()
    rows = [
        _engine("kafka", settings.kafka_bootstrap, kafka, "REPORTEDLY_KAFKA_BOOTSTRAP"),
        _engine("elasticsearch", settings.elastic_url, elastic, "REPORTEDLY_ELASTIC_URL"),
    ]
    rows += _disk(free_bytes(settings), settings)
    return ([*rows, health_row(broker)], broker) if kafka else (rows, None)


def _disk(free: int | None, settings: Settings) -> list[dict[str, Any]]:
    """Return a row when the disk of the system that runs here is too full for Elasticsearch to write."""
    if free is None or free >= FULL_BYTES:
        return []
    room = f"{free // 1_000_000} MB are free on the disk of {settings.data_dir}"
    detail = f"{room}: Elasticsearch takes no documents until 1 GB is; free some"
    return [{"name": "disk", "state": "full", "well": False, "detail": detail}]


def _engine(name: str, address: str, is_up: bool, setting: str) -> dict[str, Any]:
    hint = f": does not answer; run `reportedly up` in this folder, or name another address in {setting}"
    return {"name": name, "state": "up" if is_up else "down", "well": is_up, "detail": address + ("" if is_up else hint)}


def _service(settings: Settings, name: str, broker: "KafkaBroker | None") -> dict[str, Any]:
    living = [p for p in pulses(settings.run_dir) if p.service == name and p.is_alive]
    lags = {group: broker.lag(group) for group in GROUPS[name]} if broker else {}
    verdict = judge(name, living, lags)
    processes = [_process(p) for p in living]
    behind = [_behind(group, lag, kept(group, living)) for group, lag in lags.items()]
    return {
        "name": name,
        "state": verdict.state,
        "well": verdict.is_well,
        "detail": "; ".join([*verdict.notes, *map(_told, living), *behind]),
        "processes": processes,
        "groups": {
            group: {"lag": max(0, lag[0] - kept(group, living)), "kept": kept(group, living), "members": lag[1]} if lag else None
            for group, lag in lags.items()
        },
    }


def _process(pulse: Pulse) -> dict[str, Any]:
    # JSON has no infinity; a pulse of an earlier boot is not among the living.
    return {"pid": pulse.pid, "part": pulse.part, "state": pulse.state, "age_seconds": round(pulse.age_seconds, 1)}


def _behind(group: str, lag: "Lag | None", held: int) -> str:
    if lag is None:
        return f"{group}: nobody has joined"
    waits = f", {held} kept until their time (digests, quiet hours)" if held else ""
    return f"{group}: {max(0, lag[0] - held)} behind{waits}, {lag[1]} members"


def _told(pulse: Pulse) -> str:
    part = f" {pulse.part}" if pulse.part and pulse.part != pulse.service else ""
    return f"pid {pulse.pid}{part} {pulse.state} {pulse.age_seconds:.0f} s ago"


def _show(rows: list[dict[str, Any]]) -> None:
    if not sys.stdout.isatty():
        for row in rows:
            click.echo(f"{row['name']:<15}{row['state']:<10}{row['detail']}")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("", "", "", show_header=False, box=None)
    for row in rows:
        table.add_row(row["name"], f"[{'green' if row['well'] else 'bold red'}]{row['state']}", row["detail"])
    Console().print(table)
