"""`reportedly health`: the state of every engine and service, judged from outside."""

import json
import sys
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

import click

from services.commands import world
from services.commands.choices import OneOf
from services.commands.health_text import detail
from services.commands.running import FULL_BYTES, free_bytes, shown
from services.ports import JsonObject
from services.runtime.health import SERVICES, Pulse, living
from services.runtime.program import program
from services.runtime.verdict import Lag, judge, start
from services.settings import Settings

if TYPE_CHECKING:
    from services.adapters.kafka import KafkaBroker


class _Engine(Protocol):
    def is_up(self) -> bool: ...

    def login_refusal(self) -> str: ...


WIDTH = 100
"""Columns of a line where there is no terminal."""

ELSEWHERE = (
    "those elsewhere: by who reads; `reportedly health SERVICE --local` tells more where one runs"
)

T = TypeVar("T", bound=_Engine)

# The clients of the engines and the table are imported where they are used. Every container
# checks its health every few seconds, and they would take most of that time.

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
@click.argument("service", required=False, type=OneOf("SERVICE", lambda: SERVICES))
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.option(
    "--local",
    is_flag=True,
    help="Look only at the heartbeats of this machine (for container health checks).",
)
def health(service: str | None, as_json: bool, local: bool) -> None:
    """Show the engines and every service: processes, heartbeats, and lag.

    Exits 1 if one is not well.

    
    Examples:
      reportedly health
      reportedly health tagger --local
    """
    settings = world.settings()
    rows, broker = ([], None) if local else _engines(settings)
    beats = living(settings.run_dir)
    rows += [_service(name, beats[name], broker) for name in SERVICES if service in (None, name)]
    if as_json:
        click.echo(json.dumps(rows))
    elif nothing := _nothing_runs(rows):
        click.echo(nothing)
    else:
        _show(_in_short(rows))
        if not local and world.found_here() is None:
            click.echo(f"services: by the heartbeats in {shown(settings.run_dir)}")
            if any(row["state"] == "elsewhere" for row in rows):
                click.echo(ELSEWHERE)
    if not all(row["well"] for row in rows):
        raise click.exceptions.Exit(1)


def _engines(settings: Settings) -> "tuple[list[JsonObject], KafkaBroker | None]":
    """Return a row for each engine, and the broker if it is up."""
    from services.commands.reach import shown_address
    from services.commands.set_aside import health_row

    broker, kafka = _asked("kafka", shown_address("Kafka", settings), lambda: world.kafka(settings))
    _, elastic = _asked(
        "elasticsearch", shown_address("Elasticsearch", settings), lambda: world.index(settings)
    )
    rows = [kafka, elastic, *_disk(free_bytes(settings), settings)]
    return ([*rows, health_row(broker)], broker) if broker else (rows, None)


def _asked(name: str, address: str, connect: "Callable[[], T]") -> "tuple[T | None, JsonObject]":
    """Return an engine, or None if it is down, and its row."""
    from services.commands.reach import Unreachable

    row = {"name": name, "state": "down", "well": False, "address": address}
    try:
        engine = connect()
    except Unreachable as error:
        detail = f"{error.address} does not answer ({error.why}): {error.what_to_do}"
        return None, row | {
            "detail": detail,
            "address": error.address,
            "why": error.why,
            "do": error.what_to_do,
        }
    if not engine.is_up():
        if line := engine.login_refusal():
            return None, row | {"state": "refused", "detail": line}
        silent = f"{address} takes connections, but does not answer"
        return None, row | {"detail": f"{silent}: it starts, is ill, or is no {name}"}
    return engine, row | {"state": "up", "well": True, "detail": address}


def _disk(free: int | None, settings: Settings) -> list[JsonObject]:
    """Return a row if this machine's disk is too full for Elasticsearch to write."""
    if free is None or free >= FULL_BYTES:
        return []
    room = f"{free // 1_000_000} MB are free on the disk of {settings.data_dir}"
    detail = f"{room}: Elasticsearch takes no documents until 1 GB is; free some"
    return [{"name": "disk", "state": "full", "well": False, "detail": detail}]


def _service(name: str, of_it: list[Pulse], broker: "KafkaBroker | None") -> JsonObject:
    lags = {group: broker.lag(group) for group in GROUPS[name]} if broker else {}
    is_apart = broker is not None and world.found_here() is None
    verdict = judge(name, of_it, lags, program(), is_apart=is_apart)
    processes = [_process(p) for p in of_it]
    return {
        "name": name,
        "state": verdict.state,
        "well": verdict.is_well,
        "detail": detail(verdict, of_it, lags),
        "processes": processes,
        "groups": {group: _group(lag) for group, lag in lags.items()},
    }


def _group(lag: "Lag | None") -> JsonObject | None:
    if lag is None:
        return None
    return {"lag": lag[0], "members": lag[1]}


def _process(pulse: Pulse) -> JsonObject:
    # JSON has no infinity; pulses of an earlier boot are not among the living.
    return {
        "pid": pulse.pid,
        "part": pulse.part,
        "state": pulse.state,
        "age_seconds": round(pulse.age_seconds, 1),
    }


def _nothing_runs(rows: list[JsonObject]) -> str | None:
    """Return two lines if no service runs and no engine is reachable.

    None if the engines are unreachable for different reasons.
    """
    why = {(row.get("why"), row.get("do")) for row in rows if "address" in row}
    if len(why) != 1 or any(row.get("processes") for row in rows):
        return None
    ((reason, what_to_do),) = why
    addresses = " nor ".join(row["address"] for row in rows if "address" in row)
    if not reason:
        return None
    return f"nothing runs: neither {addresses} answers ({reason}):\n{what_to_do}"


def _in_short(rows: list[JsonObject]) -> list[JsonObject]:
    """Return the rows; if none of several services runs, one row stands for all of them."""
    services = [row for row in rows if "processes" in row]
    others = [row for row in rows if "processes" not in row]
    has_sign = any(row["processes"] or any(row["groups"].values()) for row in services)
    if len(services) < 2 or has_sign:
        return rows
    detail = f"none of the {len(services)} runs here: {start(program())}, or look into logs/"
    return [*others, {"name": "services", "state": "down", "detail": detail, "well": False}]


def _show(rows: list[JsonObject]) -> None:
    if not sys.stdout.isatty():
        for row in rows:
            click.echo(_wrapped(f"{row['name']:<15}{row['state']:<10}{row['detail']}"))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("", "", "", show_header=False, box=None)
    for row in rows:
        table.add_row(
            row["name"], f"[{'green' if row['well'] else 'bold red'}]{row['state']}", row["detail"]
        )
    Console().print(table)


def _wrapped(line: str) -> str:
    """Return a line of at most WIDTH columns, as far as its words allow, and what follows below."""
    return textwrap.fill(
        line, WIDTH, subsequent_indent=" " * 25, break_long_words=False, break_on_hyphens=False
    )
