"""`reportedly fold`: tagged articles to claims, by the code of the running tracker."""

import click
import msgspec

from services.commands.jsonl import InputFile, Unread, read_lines, write_line
from services.errors import InvalidMessage
from services.messages import encode
from services.ports import Outgoing, Record
from services.tracker.block.machine import FoldMachine
from services.tracker.grouping.judgements import route_judgement
from services.tracker.route import RouteMachine

BATCH = 1000
"""Articles after which deferred output is dropped: only the final claims are printed."""


@click.command()
@click.argument("files", nargs=-1, type=InputFile())
@click.option(
    "--judgements",
    "judged",
    type=InputFile(),
    multiple=True,
    help="Judgements, as printed by `claims … --file`; repeatable.",
)
def fold(files: tuple[str, ...], judged: tuple[str, ...]) -> None:
    """Fold tagged articles (JSON Lines) into claims, one a line, in order of their ids.

    \b
    Examples:
      reportedly tag articles.jsonl | reportedly fold
      reportedly fold tagged.jsonl | jq 'select(.status == "disputed")'
      reportedly fold tagged.jsonl --judgements judged.jsonl
    """
    route, machine, unread = (
        RouteMachine(),
        FoldMachine(put_off_from=0),
        Unread("tagged", "judgement"),
    )
    for name, number, line in read_lines(files):
        try:
            routed = route.step(Record("tagged-articles", 0, number, None, line))
        except InvalidMessage as error:
            unread.tell(name, number, line, error)
            continue
        for out in routed:
            if out.topic == "reports":
                machine.step(_record(out))
        if number % BATCH == 0:
            machine.settle()
    if judged:
        _judge(machine, judged, unread)
    machine.settle()
    for claim in machine.claims():
        write_line(encode(msgspec.structs.replace(claim, cause=())))
    unread.end()


def _judge(machine: FoldMachine, files: tuple[str, ...], unread: Unread) -> None:
    """Apply the judgements of files."""
    for name, number, line in read_lines(files):
        try:
            for out in route_judgement(Record("judgements", 0, number, None, line)):
                machine.step(_record(out))
        except InvalidMessage as error:
            unread.tell(name, number, line, error)


def _record(out: Outgoing) -> Record:
    return Record(out.topic, 0, 0, out.key, out.value)
