"""`reportedly backup`: all that is state or source, in one file."""

from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console

from services.commands import world
from services.commands.saving import Store, Tell, save
from services.runtime.metric_defs import GROUPS
from services.runtime.waiting import Waiting
from services.text.counts import counted

_TELL_EVERY = 500
"""Records between two lines of progress."""


@click.command()
@click.argument("out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
def backup(out: Path) -> None:
    """Save the topics of a system into FILE, which only its owner can read.

    Services go on meanwhile. Elasticsearch is left out: `reportedly replay` makes it anew. Secrets
    are in no topic, so save their files yourself.

    \b
    Examples:
      reportedly backup reportedly-2031-05-02.backup
      reportedly restore reportedly-2031-05-02.backup
    """
    settings = world.settings()
    store: Store = world.store(settings)
    with Waiting(Console(stderr=True)) as waiting:
        records = save(store, out, GROUPS, world.now(settings), telling(waiting, "saved"))
    size = out.stat().st_size / 1e6
    click.echo(f"{told(records)} saved in {out} ({size:,.1f} MB)")


def telling(waiting: Waiting, what: str) -> Tell:
    """Return what shows every so many records of a topic."""

    def tell(topic: str, n: int) -> None:
        if n % _TELL_EVERY == 0:
            waiting.tell(f"{topic}: {n:,} {what}")

    return tell


def told(records: Mapping[str, int]) -> str:
    """Return `2,034 messages of 21 topics`."""
    of = sum(1 for n in records.values() if n)
    return f"{counted(sum(records.values()), 'message')} of {counted(of, 'topic')}"
