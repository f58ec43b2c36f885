"""`reportedly restore`: a backup, put into the topics of an empty system."""

from pathlib import Path

import click
from rich.console import Console

from services.commands import saving, topics, world
from services.commands.backup import telling, told
from services.errors import ConfigError
from services.messages import DataVersion
from services.runtime.backup_file import check, head_of
from services.runtime.data_version import refuse_newer
from services.runtime.metric_defs import GROUPS
from services.runtime.waiting import Waiting
from services.settings import Settings
from services.text.counts import counted


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Remove all topics of this system first.")
@click.option("--source-only", is_flag=True, help="Only what all else is made of, as a replay.")
@click.option("--dry-run", is_flag=True, help="Check the file and the system, and change nothing.")
def restore(file: Path, *, replace: bool, source_only: bool, dry_run: bool) -> None:
    """Put the backup FILE into the topics of a system without data.

    No service may run: `reportedly up --engines` runs Kafka and Elasticsearch alone. The whole file
    is checked before anything is written. Afterwards start the services, then
    `reportedly replay` makes the documents of Elasticsearch.

    \b
    Examples:
      reportedly up --engines          # in another shell
      reportedly restore reportedly.backup --dry-run
      reportedly restore reportedly.backup
      reportedly restore reportedly.backup --source-only   # into more partitions
    """
    settings, head = world.settings(), head_of(file)
    refuse_newer(DataVersion(version=head.data_version, written_by=head.program))
    with Waiting(Console(stderr=True)) as waiting:
        waiting.tell(f"checking {file}")
        records = check(file)
    require_no_members(settings)
    what = f"{told(records)}, saved {head.at:%Y-%m-%d %H:%M} UTC"
    if dry_run:
        click.echo(f"{file} is whole: {what}")
        return
    if replace:
        click.echo(f"{counted(len(world.drop_topics(settings)), 'topic')} removed", err=True)
    topics.apply(settings)
    store = world.store(settings)
    saving.require_empty(store)
    if not source_only:
        saving.require_equal_counts(store, head)
    put = saving.restore_source if source_only else saving.restore
    with Waiting(Console(stderr=True)) as waiting:
        sent = put(store, file, telling(waiting, "restored"))
    click.echo(f"{told(sent)} restored: start the services, then run `reportedly replay`")


def require_no_members(settings: Settings) -> None:
    """Raise ConfigError while a service runs."""
    found = world.broker(settings).progress(GROUPS)
    running = [group for group, progress in found.items() if progress.members]
    if running:
        raise ConfigError(
            f"services run ({', '.join(running)}): stop them; `reportedly up --engines` runs the "
            "engines alone"
        )
