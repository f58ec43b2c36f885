"""`reportedly fold`: tagged articles to claims, through the same machines as the running tracker."""

import click
import msgspec

from services.commands.jsonl import read_lines, write_line
from services.errors import InvalidMessage
from services.messages import encode
from services.ports import Outgoing, Record
from services.tracker.judgements import route_judgement
from services.tracker.machine import FoldMachine
from services.tracker.route import RouteMachine

BATCH = 1000
"""Articles after which what was put off is let go: only the claims at the end are asked for."""


@click.command()
@click.argument("files", nargs=-1)
@click.option(
    "--judgements", "judged", multiple=True, help="Judgements (JSON Lines, as `claims … --file` writes them); repeatable."
)
def fold(files: tuple[str, ...], judged: tuple[str, ...]) -> None:
    """Fold tagged articles (JSON Lines, files or standard input) into claims, one a line, in order of their ids.

    \b
    Examples:
      reportedly tag articles.jsonl | reportedly fold
      reportedly fold tagged.jsonl | jq 'select(.status == "disputed")'
      reportedly fold tagged.jsonl --judgements judged.jsonl
    """
    route, machine, bad = RouteMachine(), FoldMachine(put_off_from=0), 0
    for name, number, line in read_lines(files):
        try:
            routed = route.step(Record("tagged-articles", 0, number, None, line))
        except InvalidMessage as error:
            bad += 1
            click.echo(f"reportedly: {name}:{number}: {error}", err=True)
            continue
        for out in routed:
            if out.topic == "reports":
                machine.step(_record(out))
        if number % BATCH == 0:
            machine.settle()
    bad += _judge(machine, judged) if judged else 0
    for claim in machine.claims():
        write_line(encode(msgspec.structs.replace(claim, cause=())))
    if bad:
        raise click.exceptions.Exit(1)


def _judge(machine: FoldMachine, files: tuple[str, ...]) -> int:
    """Let the judgements of files hold; return how many lines can't be read, each told on stderr."""
    bad = 0
    for name, number, line in read_lines(files):
        try:
            for out in route_judgement(Record("judgements", 0, number, None, line)):
                machine.step(_record(out))
        except InvalidMessage as error:
            bad += 1
            click.echo(f"reportedly: {name}:{number}: {error}", err=True)
    return bad


def _record(out: Outgoing) -> Record:
    return Record(out.topic, 0, 0, out.key, out.value)
