"""`reportedly health`: how every engine and service is doing, judged from outside."""

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from services.runtime.health import SERVICES, Pulse, pulses
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
    settings = Settings.parse(os.environ)
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
    from services.adapters.elastic import ElasticIndex
    from services.adapters.kafka import KafkaBroker
    from services.commands.set_aside import health_row

    broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    kafka = broker.is_up()
    elastic = ElasticIndex(settings.elastic_url, settings.elastic_user, settings.elastic_password).is_up()
    rows = [_engine("kafka", settings.kafka_bootstrap, kafka), _engine("elasticsearch", settings.elastic_url, elastic)]
    return ([*rows, health_row(broker)], broker) if kafka else (rows, None)


def _engine(name: str, address: str, is_up: bool) -> dict[str, Any]:
    return {"name": name, "state": "up" if is_up else "down", "well": is_up, "detail": address}


def _service(settings: Settings, name: str, broker: "KafkaBroker | None") -> dict[str, Any]:
    found = [p for p in pulses(settings.run_dir) if p.service == name]
    living = [p for p in found if p.is_alive]
    lags = {group: broker.lag(group) for group in GROUPS[name]} if broker else {}
    details = [_told(p) for p in living]
    details += [f"{g}: {lag[0]} behind, {lag[1]} members" if lag else f"{g}: nobody has joined" for g, lag in lags.items()]
    is_well = bool(living) and all(p.is_well for p in living)
    states = sorted({p.state for p in living} - {"running"}) or ["running"]
    state = ", ".join(states) if is_well else "stuck" if living else "down"
    return {
        "name": name,
        "state": state,
        "well": is_well,
        "detail": "; ".join(details),
        "processes": [{"pid": p.pid, "part": p.part, "state": p.state, "age_seconds": round(p.age_seconds, 1)} for p in living],
        "groups": {group: {"lag": lag[0], "members": lag[1]} if lag else None for group, lag in lags.items()},
    }


def _told(pulse: Pulse) -> str:
    part = f" {pulse.part}" if pulse.part and pulse.part != pulse.service else ""
    reason = f": {pulse.reason}" if pulse.reason else ""
    return f"pid {pulse.pid}{part} {pulse.state} {pulse.age_seconds:.0f} s ago{reason}"


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
