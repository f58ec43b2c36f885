"""`reportedly replay`: the documents of Elasticsearch, made anew from Kafka."""

import time

import click
from rich.console import Console

from services.commands import templates, world
from services.indexer.replay import Replay, Replayed
from services.runtime.retry import delay
from services.runtime.waiting import Steps
from services.text.counts import counted


@click.command()
@click.option("--keep", is_flag=True, help="Keep the former indices, which nobody reads.")
@click.option("--restart", is_flag=True, help="Remove what a killed replay left, and begin anew.")
def replay(*, keep: bool, restart: bool) -> None:
    """Make all documents anew, and put them in place of those in use, in one step.

    Services and readers go on meanwhile. Use it after a version that changes documents, or after an
    index was lost. Documents whose messages have left Kafka are copied. If it ends early, run it
    again. Beside another replay it ends at once.

    \b
    Examples:
      reportedly replay
      reportedly replay --keep
      reportedly replay --restart     # after one that was killed
    """
    settings = world.settings()
    templates.apply(settings)
    with Steps(Console(stderr=True)) as steps:
        work = Replay(
            world.broker(settings),
            world.index(settings),
            world.index_admin(settings),
            steps,
            lambda tries: time.sleep(delay(tries)),
        )
        done = work.run(keep=keep, restart=restart)
    for line in told(done, keep=keep):
        click.echo(line)
    if refused := done.outcomes["refused"]:
        click.echo(f"{counted(refused, 'message')} or documents refused, as:", err=True)
        for reason in dict.fromkeys(done.reasons):
            click.echo(f"  {reason}", err=True)


def told(done: Replayed, *, keep: bool) -> list[str]:
    """Return what a replay did, one thing a line."""
    stored = counted(done.outcomes["stored"], "document")
    lines = [f"{counted(done.n_messages, 'message')} read, {stored} written"]
    if done.n_copied:
        copied = counted(done.n_copied, "document")
        lines.append(f"{copied} copied, whose messages Kafka no longer has")
    made = counted(len(done.made), "new index", "new indices")
    former = counted(len(done.replaced), "former one")
    return [*lines, f"{made} in use; {former} {'kept' if keep else 'removed'}"]
